using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Protection.Audit;

/// <summary>The log while the database takes no writes: lines of JSON in a file of its own under <c>audit/</c>, chained by hash.</summary>
/// <remarks>When writing begins again, the log gets an entry with the file's name and hash, which ties the file to the chain.</remarks>
/// <param name="folder">The data folder.</param>
/// <param name="time">Names the file.</param>
internal sealed class ReadOnlyAuditFile(string folder, TimeProvider time)
{
    private readonly string _folder = Path.Combine(folder, "audit");
    private string? _file;
    private byte[] _head = new byte[SHA256.HashSizeInBytes];
    private long _lines;

    /// <summary>Adds entries. They are on the disk when it returns.</summary>
    public void Append(IReadOnlyList<AuditEntry> entries)
    {
        if (_file is null)
        {
            PrivateFile.CreateFolder(_folder);
            _file = Path.Combine(_folder, $"readonly-{time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture)}.jsonl");
        }

        using var stream = PrivateFile.Open(_file, FileMode.Append);
        foreach (var entry in entries)
        {
            var placed = entry with { Seq = ++_lines };
            _head = SHA256.HashData([.. _head, .. AuditCodec.Encode(placed)]);
            stream.Write(Encoding.UTF8.GetBytes(
                $$"""{"hash":"{{Convert.ToHexStringLower(_head)}}","entry":{{JsonSerializer.Serialize(placed, KeepsakeJson.Default.AuditEntry)}}}""" + "\n"));
        }

        stream.Flush(flushToDisk: true);
    }

    /// <summary>Ends the file.</summary>
    /// <returns>Its name, how many entries it holds, and its last hash; <see langword="null"/>: there is none.</returns>
    public string? End()
    {
        var said = _file is null ? null : $"{Path.GetFileName(_file)}, {_lines} entries, {Convert.ToHexStringLower(_head)}";
        (_file, _lines, _head) = (null, 0, new byte[SHA256.HashSizeInBytes]);
        return said;
    }
}
