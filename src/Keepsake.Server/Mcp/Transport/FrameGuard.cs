using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>Lets one message in, or says why not: strict UTF-8, strict JSON, no member twice, bounded depth, no half characters.</summary>
/// <remarks>
/// The SDK's reader takes the last of two equal members and leaves invalid text for whoever reads it later. Two readers of such a message
/// may see two different calls, so it is refused before anybody does.
/// </remarks>
internal static class FrameGuard
{
    /// <summary>Deepest nesting of objects and lists.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    /// <summary>Reads a message.</summary>
    /// <param name="utf8">The bytes of one message.</param>
    /// <param name="error">What to answer when there is no message; <see langword="null"/> when there is.</param>
    /// <returns>The message, or <see langword="null"/>.</returns>
    public static JsonRpcMessage? Read(ReadOnlySpan<byte> utf8, out FrameError? error)
    {
        var id = "null";
        error = null;
        try
        {
            if (!Utf8.IsValid(utf8))
            {
                id = FindId(utf8);
                throw new FrameException(McpErrorCode.ParseError, "The message is not valid UTF-8. Encode its text as UTF-8.");
            }

            Walk(utf8, ref id);
            return JsonSerializer.Deserialize(utf8, MessageType)
                ?? throw new FrameException(McpErrorCode.InvalidRequest, "The message is null. Send a JSON-RPC 2.0 request, notification or response.");
        }
        catch (FrameException refused)
        {
            error = new(refused.Code, refused.Message, id);
        }
        catch (JsonException)
        {
            error = new(
                McpErrorCode.InvalidRequest,
                "The message is JSON and not JSON-RPC 2.0. Send \"jsonrpc\": \"2.0\", \"method\", and for a request an \"id\" that is a string or a whole number.",
                id);
        }

        return null;
    }

    /// <summary>Makes the error for a message that is longer than its transport takes.</summary>
    /// <param name="start">How the message starts, where its id may be found.</param>
    /// <param name="limit">The most bytes.</param>
    public static FrameError TooLong(ReadOnlySpan<byte> start, int limit) =>
        new(McpErrorCode.InvalidRequest, $"The message is larger than {limit >> 20} MB. Send less in one call.", FindId(start));

    /// <summary>Walks the whole message once.</summary>
    /// <param name="utf8">The message.</param>
    /// <param name="id">The message's id, as soon as it is met, as it stands in the message.</param>
    private static void Walk(ReadOnlySpan<byte> utf8, ref string id)
    {
        // One level more than is allowed, so that the depth is refused in words of ours.
        var reader = new Utf8JsonReader(utf8, new() { MaxDepth = MaxDepth + 1 });
        List<HashSet<string>> names = [];
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartArray when reader.CurrentDepth == 0:
                        throw new FrameException(McpErrorCode.InvalidRequest, "Batches are not taken. Send each message alone.");
                    case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= MaxDepth:
                        throw new FrameException(McpErrorCode.ParseError, $"The message nests deeper than {MaxDepth} levels. Send it flatter.");
                    case JsonTokenType.StartObject:
                        Enter(names, reader.CurrentDepth);
                        break;
                    case JsonTokenType.PropertyName:
                        var name = Text(ref reader);
                        if (!names[reader.CurrentDepth - 1].Add(name))
                        {
                            throw new FrameException(McpErrorCode.ParseError, $"The member '{Shown(name)}' stands twice in one object. Send it once.");
                        }

                        break;
                    case JsonTokenType.String or JsonTokenType.Number when reader.CurrentDepth == 1 && id == "null":
                        // Only the value right after the name "id" can be the id; the set of names tells when that is.
                        id = names[0].Count > 0 && IsId(utf8, reader.TokenStartIndex) ? Raw(reader) : id;
                        Text(ref reader);
                        break;
                    case JsonTokenType.String:
                        Text(ref reader);
                        break;
                }
            }
        }
        catch (JsonException)
        {
            throw new FrameException(McpErrorCode.ParseError, $"The message is not valid JSON: see byte {reader.BytesConsumed}.");
        }
    }

    private static void Enter(List<HashSet<string>> names, int depth)
    {
        // Objects of one depth follow each other, so they share a set; arrays leave theirs unused.
        while (names.Count <= depth)
        {
            names.Add(new(StringComparer.Ordinal));
        }

        names[depth].Clear();
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number || (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped))
        {
            return "";
        }

        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new FrameException(
                McpErrorCode.ParseError, "The message holds half of a surrogate pair, such as \\ud83d alone. Send whole characters.");
        }
    }

    /// <summary>Whether the value that starts at a place follows the name <c>id</c>.</summary>
    private static bool IsId(ReadOnlySpan<byte> utf8, long start)
    {
        var before = utf8[..(int)start].TrimEnd(" \t\r\n"u8);
        return before.EndsWith(":"u8) && before[..^1].TrimEnd(" \t\r\n"u8).EndsWith("\"id\""u8);
    }

    private static string Raw(Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String
        ? $"\"{Encoding.UTF8.GetString(reader.ValueSpan)}\""
        : Encoding.UTF8.GetString(reader.ValueSpan);

    /// <summary>Finds the id of a message that cannot be read to its end.</summary>
    private static string FindId(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, isFinalBlock: false, new(new() { MaxDepth = MaxDepth + 1 }));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number && reader.CurrentDepth == 1
                    && IsId(utf8, reader.TokenStartIndex) && Utf8.IsValid(reader.ValueSpan))
                {
                    return Raw(reader);
                }
            }
        }
        catch (JsonException)
        {
            // As far as it can be known.
        }

        return "null";
    }

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "…";

#pragma warning disable CA1032 // Never leaves this class.
    private sealed class FrameException(McpErrorCode code, string message) : Exception(message)
#pragma warning restore CA1032
    {
        public McpErrorCode Code { get; } = code;
    }
}

/// <summary>What to answer to a message that was not let in.</summary>
/// <param name="Code">The JSON-RPC error code.</param>
/// <param name="Message">What is wrong and what would have worked.</param>
/// <param name="Id">The message's id as JSON; <c>null</c> where it is not known.</param>
internal sealed record FrameError(McpErrorCode Code, string Message, string Id)
{
    /// <summary>Writes an id as JSON.</summary>
    public static string IdOf(RequestId id) => id.Id is string text ? $"\"{JsonEncodedText.Encode(text)}\"" : id.ToString();

    /// <summary>Writes the JSON-RPC error.</summary>
    public byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc"u8, "2.0"u8);
            writer.WritePropertyName("id"u8);
            writer.WriteRawValue(Id);
            writer.WriteStartObject("error"u8);
            writer.WriteNumber("code"u8, (int)Code);
            writer.WriteString("message"u8, Message);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
