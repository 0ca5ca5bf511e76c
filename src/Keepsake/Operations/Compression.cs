namespace Keepsake.Operations;

/// <summary>Tells a compressed file from lines, so that it is refused once and not line by line.</summary>
internal static class Compression
{
    /// <summary>How many bytes tell.</summary>
    public const int StartLength = 4;

    private static ReadOnlySpan<byte> Gzip => [0x1F, 0x8B];

    private static ReadOnlySpan<byte> Zstandard => [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>Says with what a file is compressed.</summary>
    /// <param name="start">Its first bytes.</param>
    /// <returns>The name, and the command that writes it decompressed to standard output; <see langword="null"/>: it is not compressed, as far as is known.</returns>
    public static (string Name, string Command)? Of(ReadOnlySpan<byte> start) =>
        start.StartsWith(Gzip) ? ("gzip", "gunzip -c")
        : start.StartsWith(Zstandard) ? ("zstd", "zstd -dc")
        : null;
}
