namespace Keepsake.Protection.Redaction;

/// <summary>Knows base64 that holds readable text. It looks random and is not; what it says is judged where it is decoded.</summary>
internal static class EncodedText
{
    private const int MaxDecoded = 384;
    private const int MinReadable = 8;

    /// <summary>Tells whether a run of base64 decodes to printable characters.</summary>
    public static bool Is(ReadOnlySpan<char> run)
    {
        var body = run.TrimEnd('=');
        body = body[..Math.Min(body.Length, 512)];
        body = body[..(body.Length - (body.Length % 4))];
        Span<byte> decoded = stackalloc byte[MaxDecoded];
        if (!TryDecode(body, decoded, out var length) || length < MinReadable)
        {
            return false;
        }

        foreach (var value in decoded[..length])
        {
            if (value is < 0x20 or > 0x7E && value is not (0x09 or 0x0A or 0x0D))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Decodes whole groups of base64 of either alphabet.</summary>
    public static bool TryDecode(ReadOnlySpan<char> body, Span<byte> decoded, out int length)
    {
        length = 0;
        for (var at = 0; at + 3 < body.Length; at += 4)
        {
            var group = (Digit(body[at]) << 18) | (Digit(body[at + 1]) << 12) | (Digit(body[at + 2]) << 6) | Digit(body[at + 3]);
            if (group < 0)
            {
                return false;
            }

            decoded[length++] = (byte)(group >> 16);
            decoded[length++] = (byte)(group >> 8);
            decoded[length++] = (byte)group;
        }

        return true;
    }

    // Negative for what is no digit, which keeps the whole group negative.
    private static int Digit(char value) => value switch
    {
        >= 'A' and <= 'Z' => value - 'A',
        >= 'a' and <= 'z' => value - 'a' + 26,
        >= '0' and <= '9' => value - '0' + 52,
        '+' or '-' => 62,
        '/' or '_' => 63,
        _ => -1,
    };
}
