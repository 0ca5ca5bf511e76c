using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Opens the files of a collection, compressed or not, and explains one that is not what it should be.</summary>
internal static class EvalFile
{
    /// <summary>Reads a file as a whole.</summary>
    /// <param name="path">The file; gzip is recognised by its content.</param>
    /// <param name="layout">What each part of it is, for a message: <c>a conversation has …</c>.</param>
    /// <param name="read">Reads the plain bytes, part by part.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is missing, or not such a file.</exception>
    public static IReadOnlyList<T> Read<T>(string path, string layout, Func<Stream, IEnumerable<T>> read)
    {
        using var plain = Open(path);
        try
        {
            return [.. read(plain)];
        }
        catch (Exception e) when (IsOfContent(e))
        {
            throw Bad("The file", e is JsonException syntax ? (int)(syntax.LineNumber ?? 0) + 1 : null, Fault(e, layout), e);
        }
    }

    /// <summary>Reads a file line by line, blank lines left out.</summary>
    /// <param name="path">The file; gzip is recognised by its content.</param>
    /// <param name="name">What a message calls it, such as <c>The file</c>.</param>
    /// <param name="layout">What a line is, for a message: <c>a line is …</c>.</param>
    /// <param name="read">Reads one line, given its number from 1.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is missing, or a line is not what it should be;
    /// the message has the line's number.</exception>
    public static IReadOnlyList<T> ReadLines<T>(string path, string name, string layout, Func<string, int, T> read)
    {
        using var lines = new StreamReader(Open(path), KeepsakeJson.Utf8);
        List<T> all = [];
        for (var number = 1; Explained(name, number, layout, lines.ReadLine) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                all.Add(Explained(name, number, layout, () => read(line, number)));
            }
        }

        return all;
    }

    /// <summary>What is wrong with a line, as an error that says where.</summary>
    public static MemoryException BadLine(string name, int number, string what) => Bad(name, number, what, null);

    private static MemoryException Bad(string name, int? line, string what, Exception? inner) => new(
        MemoryErrorCode.InvalidRequest,
        string.Create(CultureInfo.InvariantCulture, $"{name} is not laid out as 'keepsake eval --help' says{(line is null ? "" : $", in line {line}")}: {what}."),
        inner);

    private static Stream Open(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw MemoryException.Invalid($"There is no file '{path}'.");
        }

        InputFile.Check(path, "Name the file of the collection.", "Write what it holds to a file first.");
        var file = File.OpenRead(path);
        var isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static T Explained<T>(string name, int number, string layout, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (IsOfContent(e))
        {
            throw Bad(name, number, Fault(e, layout), e);
        }
    }

    // Broken JSON, a broken archive, bytes that are not UTF-8, a member that is missing or of another type, a number out of range.
    private static bool IsOfContent(Exception e) =>
        e is JsonException or InvalidDataException or DecoderFallbackException or KeyNotFoundException or InvalidOperationException or OverflowException;

    // Not the reader's own words: they name types of .NET and repeat what stands there.
    private static string Fault(Exception e, string layout) => e switch
    {
        JsonException { BytePositionInLine: { } at } => string.Create(CultureInfo.InvariantCulture, $"it is not valid JSON from byte {at + 1} on"),
        JsonException => "it is not valid JSON",
        InvalidDataException => "what is compressed is damaged",
        DecoderFallbackException => "it is not UTF-8",
        _ => layout,
    };
}
