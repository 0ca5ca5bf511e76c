using System.Buffers.Binary;
using System.Text;
using Keepsake.Protection.Integrity;

namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>Tables whose rows are counted into heads.</summary>
internal enum GuardedTable
{
    Records = 0,
    Events = 1,
    Stores = 2,
    Root = 3,
}

/// <summary>The sum over the rows of one namespace and table: a row that is gone, added or older than it was makes it another.</summary>
internal sealed class Head
{
    private const int Fixed = (5 * sizeof(long)) + 16;

    /// <summary>Gets the head's number; 0 is the root, whose members are the other heads.</summary>
    public required long Number { get; init; }

    public required long Store { get; init; }

    public required GuardedTable Table { get; init; }

    /// <summary>Gets the namespace; empty: events that have none, or stores.</summary>
    public required string Path { get; init; }

    /// <summary>Gets or sets how many rows there are; of the root, how many commits there were.</summary>
    public long Members { get; set; }

    /// <summary>Gets or sets the sum of the rows' numbers.</summary>
    public UInt128 Sum { get; set; }

    /// <summary>Gets or sets the tag over all of it; empty: the head is not stored.</summary>
    public byte[] Tag { get; set; } = [];

    public byte[] SumBytes
    {
        get
        {
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt128LittleEndian(bytes, Sum);
            return bytes;
        }
    }

    /// <summary>The tag that it must have.</summary>
    public byte[] TagWith(IntegrityKey key)
    {
        var message = new byte[Fixed + Encoding.UTF8.GetByteCount(Path)];
        BinaryPrimitives.WriteInt64LittleEndian(message, Number);
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(8), Store);
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(16), (long)Table);
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(24), Members);
        BinaryPrimitives.WriteUInt128LittleEndian(message.AsSpan(32), Sum);
        Encoding.UTF8.GetBytes(Path, message.AsSpan(Fixed));
        var tag = new byte[IntegrityKey.TagLength];
        key.Tag(message, tag);
        return tag;
    }
}
