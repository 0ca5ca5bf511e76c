using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keepsake.Server.Mcp.Tools;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>Answers <c>initialize</c> and <c>tools/list</c> while the SDK's server is still being built.</summary>
/// <remarks>
/// An agent waits for these two whenever it starts, and building the server takes longer than they do. They are what the server itself
/// answers, which a test holds them to. What is in the least unusual is left to the server.
/// </remarks>
internal sealed class FirstAnswers
{
    private const int NotAsked = 0;
    private const int Answered = 1;
    private const int Done = 2;

    private RequestId _initialize;
    private int _state;

    /// <summary>Answers a request.</summary>
    /// <returns>The answer, or <see langword="null"/> to leave it to the server.</returns>
    public FirstAnswer? TryAnswer(JsonRpcRequest request)
    {
        if (_state == NotAsked && request.Method == RequestMethods.Initialize && VersionOf(request.Params) is { } version)
        {
            _initialize = request.Id;
            Volatile.Write(ref _state, Answered);
            return new(Line(request.Id, writer => WriteInitializeResult(writer, version)), ServerNeedsIt: true);
        }

        // Without a handshake it is a request of the protocol without sessions, which is checked and answered otherwise.
        return _state != NotAsked && request.Method == RequestMethods.ToolsList && request.Params is null or JsonObject { Count: 0 }
            ? new(Line(request.Id, static writer => writer.WriteRawValue(ToolFile.ListResult, skipInputValidation: true)), ServerNeedsIt: false)
            : null;
    }

    /// <summary>Whether the answer that the server now gives has been given. Once: a client may use an id again.</summary>
    public bool TakeGiven(RequestId id) =>
        Volatile.Read(ref _state) == Answered && _initialize.Equals(id) && Interlocked.CompareExchange(ref _state, Done, Answered) == Answered;

    /// <summary>The version to speak, where the params are what any client sends.</summary>
    private static string? VersionOf(JsonNode? parameters) =>
        parameters is JsonObject given
        && given["capabilities"] is JsonObject
        && given["clientInfo"] is JsonObject client && IsText(client["name"]) && IsText(client["version"])
        && IsText(given["protocolVersion"])
            ? ProtocolVersions.WithSessions.FirstOrDefault(version => version == given["protocolVersion"]!.GetValue<string>())
            : null;

    private static bool IsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;

    private static void WriteInitializeResult(Utf8JsonWriter writer, string version)
    {
        writer.WriteStartObject();
        writer.WriteString("protocolVersion"u8, version);
        writer.WriteStartObject("capabilities"u8);
        foreach (var capability in (string[])["logging", "prompts", "resources", "tools", "completions"])
        {
            writer.WriteStartObject(capability);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartObject("serverInfo"u8);
        writer.WriteString("name"u8, McpDoor.Name);
        writer.WriteString("title"u8, McpDoor.Title);
        writer.WriteString("version"u8, McpDoor.Version);
        writer.WriteEndObject();
        writer.WriteString("instructions"u8, McpDoor.Instructions);
        writer.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Line(RequestId id, Action<Utf8JsonWriter> writeResult)
    {
        var buffer = new ArrayBufferWriter<byte>(16 << 10);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc"u8, "2.0"u8);
            writer.WritePropertyName("id"u8);
            writer.WriteRawValue(FrameError.IdOf(id));
            writer.WritePropertyName("result"u8);
            writeResult(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}

/// <summary>An answer that is ready before the server.</summary>
/// <param name="Line">The message.</param>
/// <param name="ServerNeedsIt">Whether the server must see the request all the same; its own answer is then dropped.</param>
internal sealed record FirstAnswer(ReadOnlyMemory<byte> Line, bool ServerNeedsIt);
