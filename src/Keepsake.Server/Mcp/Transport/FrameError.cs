using System.Buffers;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Transport;

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
