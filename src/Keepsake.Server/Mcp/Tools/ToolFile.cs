using System.Buffers;
using System.Text.Json;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>The embedded <c>tools.json</c> as the result of <c>tools/list</c>.</summary>
internal static class ToolFile
{
    /// <summary>How long a client may keep the list. It only changes with the program.</summary>
    private const int TimeToLiveMilliseconds = 3_600_000;

    /// <summary>Gets the result in UTF-8, without white space.</summary>
    public static byte[] ListResult { get; } = Read();

    private static byte[] Read()
    {
        using var stream = typeof(ToolFile).Assembly.GetManifestResourceStream("Keepsake.Server.Mcp.tools.json")!;
        using var file = JsonDocument.Parse(stream);
        var buffer = new ArrayBufferWriter<byte>(16 << 10);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("tools"u8);
            file.RootElement.GetProperty("tools"u8).WriteTo(writer);
            writer.WriteNumber("ttlMs"u8, TimeToLiveMilliseconds);
            writer.WriteString("cacheScope"u8, "public"u8);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
