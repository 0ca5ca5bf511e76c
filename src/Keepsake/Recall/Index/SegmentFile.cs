using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Keepsake.Embedding;
using Microsoft.Win32.SafeHandles;

namespace Keepsake.Recall.Index;

/// <summary>A segment in a file: its arrays one after another as they are in memory, each with its length before it and its checksum after it.</summary>
/// <remarks>What follows quickly from the rest, such as hash tables, is made anew. Numbers are little-endian.</remarks>
internal static class SegmentFile
{
    // Changes with the layout of any of it.
    private static readonly ulong Magic = 0x0008_4745_5350_4545 + ((ulong)Unsafe.SizeOf<DocumentRow>() << 56);

    /// <summary>Writes a segment.</summary>
    public static void Write(Stream stream, Segment segment)
    {
        Write(stream, [Magic]);
        Write(stream, Texts(segment.Runs.Select(run => run.Path)));
        Write(stream, segment.Runs.SelectMany(run => new long[] { run.FirstDocument, run.EndDocument, run.Length, run.Sessions, run.Speakers.Length }).ToArray());
        Write(stream, segment.Runs.SelectMany(run => run.Speakers).ToArray());
        Write(stream, segment.Rows);
        Write(stream, segment.Ids.Forms);
        Write(stream, segment.Ids.Ends);
        Write(stream, Texts(segment.Speakers));
        Write(stream, segment.PassageLengths);
        Write(stream, segment.Metadata.Pairs);
        Write(stream, segment.Metadata.Starts);
        Write(stream, segment.Metadata.Documents);
        Write(stream, segment.Sessions.Keys);
        Write(stream, segment.Sessions.First);
        Write(stream, segment.Sessions.End);
        Write(stream, segment.Sessions.Lengths);
        Write(stream, segment.Postings.Terms);
        Write(stream, segment.Postings.Starts);
        Write(stream, segment.Postings.Postings);
        FailPoint.Hit("snapshot.half");
        var vectors = segment.Vectors;
        Write(stream, [vectors.Dimensions]);
        Write<byte>(stream, vectors.Upper.Span);
        Write(stream, vectors.Scales);
        var signs = vectors.Signs;
        Write(stream, signs?.Centre ?? []);
        Write<byte>(stream, signs is null ? [] : signs.Blocks.Span);
        Write(stream, signs?.Offsets ?? []);
        Write(stream, signs?.Factors ?? []);
        Write<float>(stream, signs is null ? [] : [signs.Error]);
        Span<long> length = [vectors.Lower.Length];
        stream.Write(MemoryMarshal.AsBytes(length));
        Span<uint> checksum = [vectors.Lower.WriteTo(stream)];
        stream.Write(MemoryMarshal.AsBytes(checksum));
    }

    /// <summary>Reads a segment.</summary>
    /// <param name="stream">The file's plain bytes.</param>
    /// <param name="file">The file, where the lower bits of vectors are to stay in it; <see langword="null"/>: they are read to memory.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or of another version.</exception>
    public static Segment Read(Stream stream, SafeFileHandle? file = null)
    {
        if (!BitConverter.IsLittleEndian || Read<ulong>(stream) is not [var magic] || magic != Magic)
        {
            throw new InvalidDataException("The file is of another version.");
        }

        var paths = Texts(Read<byte>(stream));
        var numbers = Read<long>(stream);
        var runSpeakers = Read<int>(stream).AsSpan();
        var runs = new NamespaceRun[paths.Length];
        for (var i = 0; i < runs.Length; i++)
        {
            var run = numbers.AsSpan(5 * i, 5);
            runs[i] = new(paths[i], (int)run[0], (int)run[1], run[2], (int)run[3], runSpeakers[..(int)run[4]].ToArray());
            runSpeakers = runSpeakers[(int)run[4]..];
        }

        var rows = Read<DocumentRow>(stream);
        var ids = new IdTable(Read<byte>(stream), Read<int>(stream));
        var speakers = Texts(Read<byte>(stream));
        var lengths = Read<byte>(stream);
        var passageDocuments = new int[lengths.Length];
        for (var document = 0; document < rows.Length; document++)
        {
            var end = document + 1 < rows.Length ? rows[document + 1].FirstPassage : lengths.Length;
            passageDocuments.AsSpan(rows[document].FirstPassage..end).Fill(document);
        }

        return new()
        {
            Runs = runs,
            Rows = rows,
            Ids = ids,
            Speakers = speakers,
            PassageLengths = lengths,
            PassageDocuments = passageDocuments,
            Metadata = new(Read<ulong>(stream), Read<int>(stream), Read<int>(stream)),
            Sessions = new(Read<ulong>(stream), Read<int>(stream), Read<int>(stream), Read<int>(stream)),
            Postings = new(Read<ulong>(stream), Read<int>(stream), Read<uint>(stream), lengths),
            Vectors = ReadVectors(stream, file),
        };
    }

    /// <summary>Gives back the memory of what may stay in the file: the lower bits of vectors.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="file">Its plain file, which the segment keeps.</param>
    public static void LeaveRows(Segment segment, SafeFileHandle file)
    {
        // They stand last.
        var lower = segment.Vectors.Lower;
        lower.LeaveIn(file, RandomAccess.GetLength(file) - sizeof(uint) - lower.Length);
    }

    private static VectorTable ReadVectors(Stream stream, SafeFileHandle? file)
    {
        var dimensions = Read<int>(stream)[0];
        var upper = Aligned(stream);
        var scales = Read<float>(stream);
        var (centre, blocks, offsets, factors, error) = (Read<float>(stream), Aligned(stream), Read<ushort>(stream), Read<ushort>(stream), Read<float>(stream));
        var signs = error is [var one] ? new SignTable(centre, blocks, offsets, factors, one) : null;
        var size = VectorTable.LowerSize(VectorRotation.Padded(dimensions));
        return new(dimensions, upper, file is null ? new(size, Aligned(stream)) : RowsInFile(stream, size, file), scales, signs);
    }

    private static LowerRows RowsInFile(Stream stream, int size, SafeFileHandle file)
    {
        var length = ReadLength<byte>(stream);
        var at = stream.Position;
        var checksum = LowerRows.Pass(stream, length);
        ReadChecksum(stream, checksum);
        return new(size, size == 0 ? 0 : length / size, file, at, checksum);
    }

    private static void Write<T>(Stream stream, T[] values)
        where T : unmanaged => Write<T>(stream, values.AsSpan());

    private static void Write<T>(Stream stream, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        Span<long> length = [values.Length];
        stream.Write(MemoryMarshal.AsBytes(length));
        stream.Write(bytes);
        Span<uint> checksum = [Crc32C.Of(bytes)];
        stream.Write(MemoryMarshal.AsBytes(checksum));
    }

    private static T[] Read<T>(Stream stream)
        where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>(ReadLength<T>(stream));
        Fill(stream, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static AlignedBytes Aligned(Stream stream)
    {
        var values = new AlignedBytes(ReadLength<byte>(stream));
        Fill(stream, values.Span);
        return values;
    }

    private static int ReadLength<T>(Stream stream)
        where T : unmanaged
    {
        Span<long> length = [0];
        stream.ReadExactly(MemoryMarshal.AsBytes(length));
        return length[0] >= 0 && length[0] <= (stream.Length - stream.Position) / Unsafe.SizeOf<T>()
            ? (int)length[0]
            : throw new InvalidDataException("The file is damaged.");
    }

    private static void Fill(Stream stream, Span<byte> bytes)
    {
        stream.ReadExactly(bytes);
        ReadChecksum(stream, Crc32C.Of(bytes));
    }

    private static void ReadChecksum(Stream stream, uint found)
    {
        Span<uint> checksum = [0];
        stream.ReadExactly(MemoryMarshal.AsBytes(checksum));
        if (checksum[0] != found)
        {
            throw new InvalidDataException("The file is damaged.");
        }
    }

    // No path and no speaker holds a NUL.
    private static byte[] Texts(IEnumerable<string> texts) => Encoding.UTF8.GetBytes(string.Concat(texts.Select(text => text + '\0')));

    private static string[] Texts(byte[] bytes) => bytes.Length == 0 ? [] : Encoding.UTF8.GetString(bytes.AsSpan()[..^1]).Split('\0');
}
