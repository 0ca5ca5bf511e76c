using System.Runtime.InteropServices;

namespace Keepsake.Recall.Index;

/// <summary>The 64-bit number that stands for a term in the index, so that no segment keeps words and no two need a common list.</summary>
/// <remarks>
/// FNV-1a with the finaliser of MurmurHash3. Of a million terms two share a number with a probability of 1 in 37 million; they would then be
/// taken for one term. Numbers are spread evenly, which <see cref="PostingTable"/> uses to find them.
/// </remarks>
internal static class TermHash
{
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The number of a term.</summary>
    public static ulong Of(ReadOnlySpan<char> term)
    {
        var hash = Basis;
        foreach (var character in term)
        {
            hash = (hash ^ character) * Prime;
        }

        return Mix(hash);
    }

    /// <summary>The number of some bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Basis;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(bytes)) * Prime;
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            hash = (hash ^ value) * Prime;
        }

        return Mix(hash);
    }

    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
