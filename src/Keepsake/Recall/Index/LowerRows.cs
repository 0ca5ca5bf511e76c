using System.Buffers;
using Keepsake.Embedding;
using Microsoft.Win32.SafeHandles;

namespace Keepsake.Recall.Index;

/// <summary>The lower bits of a segment's vectors, row after row: in memory, or, of a large index, in the file of its snapshot.</summary>
/// <remarks>
/// They are more than half of what a vector takes, and a search reads them of some hundred rows only, each in less than a microsecond where the system
/// has the file in its cache. The file stays open, so a row can be read though the snapshot was replaced or deleted meanwhile.
/// </remarks>
internal sealed class LowerRows
{
    private const int CopiedAtOnce = 1 << 20;

    private readonly int _size;
    private readonly int _count;
    private volatile AlignedBytes? _memory;
    private volatile Source? _file;

    /// <summary>Takes rows in memory.</summary>
    /// <param name="size">Bytes a row.</param>
    /// <param name="rows">All rows.</param>
    public LowerRows(int size, AlignedBytes rows) => (_size, _count, _memory) = (size, size == 0 ? 0 : rows.Length / size, rows);

    /// <summary>Takes rows that a file holds.</summary>
    /// <param name="size">Bytes a row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="file">The file, which this keeps.</param>
    /// <param name="at">Where in it the first row begins.</param>
    /// <param name="checksum">The checksum of all rows.</param>
    public LowerRows(int size, int count, SafeFileHandle file, long at, uint checksum) => (_size, _count, _file) = (size, count, new(file, at, checksum));

    /// <summary>Bytes of all rows.</summary>
    public long Length => (long)_size * _count;

    /// <summary>The rows in memory; <see langword="null"/>: they are read from the file one by one.</summary>
    public AlignedBytes? InMemory => _memory;

    /// <summary>Copies a row. Where the file cannot be read it is the middle of what the row may be: its vector is then known to its upper bits.</summary>
    public void Read(int row, Span<byte> bytes)
    {
        bytes = bytes[.._size];
        if (_memory is { } memory)
        {
            memory.Span.Slice(row * _size, _size).CopyTo(bytes);
        }
        else if (!TryRead(_file!, row, bytes))
        {
            CodeDots.SetLowerMiddle(bytes);
        }
    }

    /// <summary>Writes all rows.</summary>
    /// <returns>Their checksum.</returns>
    /// <exception cref="InvalidDataException">The file that holds them was damaged since it was checked.</exception>
    public uint WriteTo(Stream stream)
    {
        if (_memory is { } memory)
        {
            stream.Write(memory.Span);
            return Crc32C.Of(memory.Span);
        }

        var file = _file!;
        var checksum = Copy(Length, (at, bytes) => RandomAccess.Read(file.Handle, bytes, file.At + at), stream);
        return checksum == file.Checksum ? checksum : throw Damaged();
    }

    /// <summary>Reads all rows without keeping them.</summary>
    /// <param name="stream">Stands at the first row; afterwards, behind the last.</param>
    /// <param name="length">Bytes of all rows.</param>
    /// <returns>Their checksum.</returns>
    /// <exception cref="InvalidDataException">There are fewer.</exception>
    public static uint Pass(Stream stream, long length) => Copy(length, (_, bytes) => stream.Read(bytes), Stream.Null);

    /// <summary>Gives back the memory of rows that a file holds.</summary>
    /// <param name="file">The file, which this keeps.</param>
    /// <param name="at">Where in it the first row begins.</param>
    public void LeaveIn(SafeFileHandle file, long at)
    {
        if (_memory is { } memory)
        {
            _file = new(file, at, Crc32C.Of(memory.Span));
            _memory = null;
        }
    }

    private bool TryRead(Source file, int row, Span<byte> bytes)
    {
        try
        {
            return RandomAccess.Read(file.Handle, bytes, file.At + ((long)row * _size)) == bytes.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static uint Copy(long length, ReadAt read, Stream to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopiedAtOnce);
        try
        {
            var checksum = Crc32C.Start;
            for (var at = 0L; at < length;)
            {
                var count = read(at, buffer.AsSpan(0, (int)Math.Min(length - at, CopiedAtOnce)));
                if (count == 0)
                {
                    throw Damaged();
                }

                checksum = Crc32C.Append(checksum, buffer.AsSpan(0, count));
                to.Write(buffer, 0, count);
                at += count;
            }

            return Crc32C.End(checksum);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static InvalidDataException Damaged() => new("The file is damaged.");

    private delegate int ReadAt(long at, Span<byte> bytes);

    private sealed record Source(SafeFileHandle Handle, long At, uint Checksum);
}
