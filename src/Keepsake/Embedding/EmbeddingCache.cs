using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Keepsake.Embedding;

/// <summary>The embeddings used last, by a hash of their text.</summary>
/// <remarks>Holds no text. Drops the entry that was not used for longest when it is full. Safe for concurrent use.</remarks>
/// <param name="maxBytes">Most memory for all entries, in bytes. Zero: nothing is kept.</param>
internal sealed class EmbeddingCache(long maxBytes)
{
    /// <summary>What an entry takes beside its numbers: two nodes, an array's header and a slot of the table.</summary>
    private const int EntryOverhead = 160;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    /// <summary>How many embeddings it holds.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The key of a text: half of its SHA-256, so that two texts share one by no accident and by no design.</summary>
    public static UInt128 KeyOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>Finds an embedding. It is shared: nobody may change it.</summary>
    /// <returns>The embedding, or <see langword="null"/> when it is not there.</returns>
    public float[]? Find(UInt128 key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Vector;
        }
    }

    /// <summary>Keeps an embedding, if it is not larger than the whole cache.</summary>
    public void Add(UInt128 key, float[] vector)
    {
        var size = SizeOf(vector);
        if (size > maxBytes)
        {
            return;
        }

        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var known))
            {
                Remove(known);
            }

            while (_bytes + size > maxBytes)
            {
                Remove(_byUse.Last!);
            }

            _entries.Add(key, _byUse.AddFirst(new Entry(key, vector)));
            _bytes += size;
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byUse.Remove(node);
        _bytes -= SizeOf(node.Value.Vector);
    }

    private static long SizeOf(float[] vector) => EntryOverhead + ((long)vector.Length * sizeof(float));

    private readonly record struct Entry(UInt128 Key, float[] Vector);
}
