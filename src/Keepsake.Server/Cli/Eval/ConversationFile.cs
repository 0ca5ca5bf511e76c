using System.IO.Compression;
using System.Text.Json;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Opens a collection of conversations, compressed or not, and explains one that is not what it should be.</summary>
internal static class ConversationFile
{
    /// <summary>Reads all conversations of a file.</summary>
    /// <param name="path">The file; gzip is recognised by its content.</param>
    /// <param name="read">Reads the plain bytes.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is not such a file.</exception>
    public static IReadOnlyList<Conversation> Read(string path, Func<Stream, IEnumerable<Conversation>> read)
    {
        using var file = File.OpenRead(path);
        var isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream plain = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        try
        {
            List<Conversation> conversations = [.. read(plain)];
            return conversations.Count > 0 ? conversations : throw MemoryException.Invalid("The file holds no conversation.");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException or KeyNotFoundException)
        {
            // A wrong member, a wrong type, a broken archive: the reader's own words say which.
            throw new MemoryException(
                MemoryErrorCode.InvalidRequest,
                $"The file is not laid out as 'keepsake eval --help' says: {e.Message.TrimEnd('.')}.",
                e);
        }
    }
}
