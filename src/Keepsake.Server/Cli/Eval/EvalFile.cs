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
    /// <param name="read">Reads the plain bytes.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is missing, or not such a file.</exception>
    public static IReadOnlyList<T> Read<T>(string path, Func<Stream, IEnumerable<T>> read)
    {
        using var plain = Open(path);
        return Explained("The file", null, () => read(plain).ToList());
    }

    /// <summary>Reads a file line by line, blank lines left out.</summary>
    /// <param name="path">The file; gzip is recognised by its content.</param>
    /// <param name="name">What a message calls it, such as <c>The file</c>.</param>
    /// <param name="read">Reads one line, given its number from 1.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is missing, or a line is not what it should be;
    /// the message has the line's number.</exception>
    public static IReadOnlyList<T> ReadLines<T>(string path, string name, Func<string, int, T> read)
    {
        using var lines = new StreamReader(Open(path), KeepsakeJson.Utf8);
        List<T> all = [];
        for (var number = 1; Explained(name, number, lines.ReadLine) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                all.Add(Explained(name, number, () => read(line, number)));
            }
        }

        return all;
    }

    /// <summary>What is wrong with a line, as an error that says where.</summary>
    public static MemoryException BadLine(string name, int number, string what, Exception? inner = null) => new(
        MemoryErrorCode.InvalidRequest,
        $"{name} is not laid out as 'keepsake eval --help' says, in line {number}: {what.TrimEnd('.')}.",
        inner);

    private static Stream Open(string path)
    {
        if (!File.Exists(path))
        {
            throw MemoryException.Invalid($"There is no file '{path}'.");
        }

        var file = File.OpenRead(path);
        var isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static T Explained<T>(string name, int? number, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException or KeyNotFoundException or DecoderFallbackException)
        {
            // A wrong member, a wrong type, a broken archive, bytes that are not UTF-8: the reader's own words say which.
            throw number is { } line
                ? BadLine(name, line, e.Message, e)
                : new MemoryException(
                    MemoryErrorCode.InvalidRequest, $"{name} is not laid out as 'keepsake eval --help' says: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
