using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Protection.Audit;

/// <summary>The log while the database takes no writes: lines of JSON in a file of its own under <c>audit/</c>, chained by hash.</summary>
/// <remarks>When writing begins again, the log gets an entry for each such file with its name, length and hash, which ties the file to the chain:
/// also for those of processes that have ended since.</remarks>
/// <param name="folder">The data folder.</param>
/// <param name="time">Names the file.</param>
internal sealed class ReadOnlyAuditFile(string folder, TimeProvider time)
{
    /// <summary>The operation of the entries that name files.</summary>
    public const string Operation = "read_only_file";

    private const string Prefix = "readonly-";
    private const string Suffix = ".jsonl";
    private const string Separator = ", ";

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
            _file = NewFile();
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

    /// <summary>Ends the file of this process: what comes later goes to another.</summary>
    public void End() => (_file, _lines, _head) = (null, 0, new byte[SHA256.HashSizeInBytes]);

    /// <summary>Gets whether there is any file of a read-only time.</summary>
    public bool IsAny => Directory.Exists(_folder) && Files.Any();

    /// <summary>What the log is to say of the files that it does not name yet, in the order of their times.</summary>
    /// <param name="said">What it says of files already.</param>
    public IReadOnlyList<string> Unnamed(IEnumerable<string> said)
    {
        var named = said.Select(NameIn).ToHashSet(StringComparer.Ordinal);
        return [.. Files.Select(file => Path.GetFileName(file))
            .Where(name => !named.Contains(name)).Order(StringComparer.Ordinal).Select(Describe)];
    }

    /// <summary>What is wrong with the files that the log names.</summary>
    /// <param name="said">What it says of them.</param>
    public IEnumerable<string> Problems(IEnumerable<string> said)
    {
        foreach (var one in said.Distinct(StringComparer.Ordinal))
        {
            var name = NameIn(one);
            if (!File.Exists(Path.Combine(_folder, name)))
            {
                yield return $"The file audit/{name} of a read-only time is missing.";
            }
            else if (Describe(name) != one)
            {
                yield return $"The file audit/{name} of a read-only time was changed.";
            }
        }
    }

    private IEnumerable<string> Files => Directory.EnumerateFiles(_folder, $"{Prefix}*{Suffix}");

    // Never one that is there: the log may have named it already.
    private string NewFile()
    {
        var name = Path.Combine(_folder, Prefix + time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture));
        var file = name + Suffix;
        for (var i = 2; File.Exists(file); i++)
        {
            file = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}{Suffix}");
        }

        return file;
    }

    // Nothing but a name: the log is as an attacker may have left it.
    private static string NameIn(string said) => Path.GetFileName(said.Split(Separator)[0]);

    private string Describe(string name)
    {
        var bytes = PlainFile.ReadAllBytes(Path.Combine(_folder, name));
        return string.Create(CultureInfo.InvariantCulture,
            $"{name}{Separator}{bytes.AsSpan().Count((byte)'\n')} entries{Separator}{Convert.ToHexStringLower(SHA256.HashData(bytes))}");
    }
}
