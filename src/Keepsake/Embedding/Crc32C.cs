using System.Buffers.Binary;
using System.Numerics;

namespace Keepsake.Embedding;

/// <summary>The CRC-32C checksum (Castagnoli), as iSCSI and ext4 use it.</summary>
/// <remarks>
/// It finds damage, not forgery: every flipped bit and every burst of up to 32 bits. The processor's own instruction reads
/// several gigabytes a second, so a model can be checked whole each time it is loaded.
/// </remarks>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        }

        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
