using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keepsake.Embedding;

/// <summary>The CRC-32C checksum (Castagnoli), as iSCSI and ext4 use it.</summary>
/// <remarks>
/// It finds damage, not forgery: every flipped bit and every burst of up to 32 bits. The processor's own instruction reads
/// several gigabytes a second, so a model can be checked whole each time it is loaded.
/// </remarks>
internal static class Crc32C
{
    /// <summary>What <see cref="Append"/> begins with.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => End(Append(Start, data));

    /// <summary>The checksum of all that was appended.</summary>
    public static uint End(uint checksum) => ~checksum;

    /// <summary>Goes on with what comes next.</summary>
    /// <param name="checksum">What came of the bytes before; <see cref="Start"/>: there were none.</param>
    /// <param name="data">The next bytes.</param>
    // Compiled at its best at once: at a start-up it runs once or twice, over megabytes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Append(uint checksum, ReadOnlySpan<byte> data)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words)
        {
            checksum = BitOperations.Crc32C(checksum, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var value in data[(words.Length * sizeof(ulong))..])
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return checksum;
    }
}
