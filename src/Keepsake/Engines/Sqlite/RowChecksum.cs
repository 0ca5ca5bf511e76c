using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Keepsake.Engines.Sqlite;

/// <summary>A hash over the columns of a row, so that a flipped bit anywhere in it is found when it is read.</summary>
/// <remarks>
/// Each column goes in with its type and length, so no two rows give the same bytes. What is stored is made of the digest, the store's and the row's
/// number, and a key: see <see cref="Protection.Integrity.IntegrityKey"/>. Rows of schema 3 and before store the first bytes of a digest that has both numbers in it.
/// </remarks>
internal readonly ref struct RowChecksum
{
    /// <summary>Bytes of the checksum of rows that schema 3 and before wrote.</summary>
    public const int UnkeyedLength = 16;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _shared;

    private readonly ArrayBufferWriter<byte> _row;

    public RowChecksum(string table)
    {
        _row = _shared ??= new(4_096);
        _row.ResetWrittenCount();
        Add(table);
    }

    public void Add(long value)
    {
        var bytes = _row.GetSpan(9);
        bytes[0] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], value);
        _row.Advance(9);
    }

    public void Add(long? value)
    {
        if (value is { } number)
        {
            Add(number);
        }
        else
        {
            AddNull();
        }
    }

    public void Add(string? value)
    {
        if (value is null)
        {
            AddNull();
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        AddHeader(type: 2, length);
        _row.Advance(Encoding.UTF8.GetBytes(value, _row.GetSpan(length)));
    }

    public void Add(byte[]? value)
    {
        if (value is null)
        {
            AddNull();
            return;
        }

        AddHeader(type: 3, value.Length);
        _row.Write(value);
    }

    /// <summary>The digest.</summary>
    public byte[] Finish() => SHA256.HashData(_row.WrittenSpan);

    private void AddHeader(byte type, int length)
    {
        var bytes = _row.GetSpan(5);
        bytes[0] = type;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], length);
        _row.Advance(5);
    }

    private void AddNull()
    {
        _row.GetSpan(1)[0] = 0;
        _row.Advance(1);
    }
}
