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
    // Compiled at its best at once: at a start-up it runs once or twice, over megabytes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Of(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var value in data[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
