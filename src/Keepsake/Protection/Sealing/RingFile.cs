using System.Text.Json;

namespace Keepsake.Protection.Sealing;

/// <summary>The file of a ring: a line of JSON for each key. New keys are added at its end, everything else replaces it.</summary>
/// <param name="keys">The folder.</param>
/// <param name="store">The store's id.</param>
internal sealed class RingFile(KeysFolder keys, string store)
{
    private const byte NewLine = (byte)'\n';

    private const string Suffix = ".ring";

    private string Name => store + Suffix;

    public bool IsThere => keys.Has(Name);

    /// <summary>The stores that have a ring, by id.</summary>
    public static IEnumerable<string> Stores(KeysFolder keys) => keys.Names("*" + Suffix).Select(name => name[..^Suffix.Length]);

    /// <summary>Reads the keys.</summary>
    /// <returns>In the order of their making.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: a line is damaged.</exception>
    public List<RingKey> Read() => Read(out _);

    /// <summary>Reads the keys of a ring that is to be added to.</summary>
    /// <inheritdoc cref="Read()"/>
    public List<RingKey> ReadAndMend()
    {
        var lines = Read(out var isCutOff);
        if (isCutOff)
        {
            // What is added next must not be joined to it.
            Replace(lines, wipes: false);
        }

        return lines;
    }

    /// <summary>Adds keys at the end. The file must be there: one that was removed is not to come back with some of its keys.</summary>
    public void Append(IReadOnlyCollection<RingKey> added) => keys.Append(Name, Bytes(added));

    /// <summary>Puts other keys in the place of all.</summary>
    /// <param name="lines">All keys.</param>
    /// <param name="wipes">Whether keys are gone for good, so that the old file is overwritten.</param>
    public void Replace(IReadOnlyCollection<RingKey> lines, bool wipes)
    {
        if (wipes)
        {
            keys.ReplaceAndWipe(Name, Bytes(lines));
        }
        else
        {
            keys.Replace(Name, Bytes(lines));
        }
    }

    public void Wipe() => keys.Wipe(Name);

    /// <summary>Removes a file of which every key was destroyed before.</summary>
    /// <exception cref="MemoryException">It could not be removed.</exception>
    public void Remove()
    {
        try
        {
            keys.Remove(Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unwritable(e);
        }
    }

    // A line that was cut off while it was added is left out: nothing was sealed with it yet.
    private List<RingKey> Read(out bool isCutOff)
    {
        List<RingKey> lines = [];
        var rest = (keys.Read(Name) ?? []).AsSpan();
        for (int end; (end = rest.IndexOf(NewLine)) >= 0; rest = rest[(end + 1)..])
        {
            lines.Add(Parse(rest[..end]));
        }

        isCutOff = rest.Length > 0;
        return lines;
    }

    private static byte[] Bytes(IReadOnlyCollection<RingKey> lines)
    {
        using var bytes = new MemoryStream();
        foreach (var line in lines)
        {
            bytes.Write(JsonSerializer.SerializeToUtf8Bytes(line, RingJson.Default.RingKey));
            bytes.WriteByte(NewLine);
        }

        return bytes.ToArray();
    }

    private static RingKey Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RingJson.Default.RingKey)!;
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    internal static MemoryException Damaged(Exception? cause = null) => new(
        MemoryErrorCode.Corrupt, "The key ring of this store is damaged or was changed. Put the folder keys/ back from a copy.", cause);
}
