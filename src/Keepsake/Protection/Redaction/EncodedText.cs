namespace Keepsake.Protection.Redaction;

/// <summary>Knows base64 that holds readable text. It looks random and is not; what it says is judged where it is decoded.</summary>
internal static class EncodedText
{
    private const int MaxDecoded = 384;
    private const int MinReadable = 8;

    private static readonly sbyte[] Digits = [.. Enumerable.Range(0, 128).Select(code => DigitOf((char)code))];

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
            if (!IsReadable(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Tells whether a run may hold readable text, by its beginning.</summary>
    public static bool MayBe(ReadOnlySpan<char> run)
    {
        Span<byte> decoded = stackalloc byte[12];
        if (!TryDecode(run[..16], decoded, out var length))
        {
            return false;
        }

        foreach (var value in decoded[..length])
        {
            if (!IsReadable(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Decodes a run; <see langword="null"/> when it holds something else than text of ASCII.</summary>
    public static string? Decode(ReadOnlySpan<char> run)
    {
        var bytes = new byte[(run.Length / 4 * 3) + 3];
        if (!TryDecode(run, bytes, out var length))
        {
            return null;
        }

        // The last group may be short.
        if (run.Length % 4 > 1)
        {
            Span<byte> last = stackalloc byte[3];
            Span<char> group = ['A', 'A', 'A', 'A'];
            run[(run.Length / 4 * 4)..].CopyTo(group);
            if (!TryDecode(group, last, out _))
            {
                return null;
            }

            last[..((run.Length % 4) - 1)].CopyTo(bytes.AsSpan(length));
            length += (run.Length % 4) - 1;
        }

        foreach (var value in bytes.AsSpan(0, length))
        {
            if (!IsReadable(value))
            {
                return null;
            }
        }

        return System.Text.Encoding.ASCII.GetString(bytes, 0, length);
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

    private static bool IsReadable(byte value) => value is >= 0x20 and <= 0x7E or 0x09 or 0x0A or 0x0D;

    // Negative for what is no digit, which keeps the whole group negative.
    private static int Digit(char value) => value < 128 ? Digits[value] : -1;

    private static sbyte DigitOf(char value) => (sbyte)(value switch
    {
        >= 'A' and <= 'Z' => value - 'A',
        >= 'a' and <= 'z' => value - 'a' + 26,
        >= '0' and <= '9' => value - '0' + 52,
        '+' or '-' => 62,
        '/' or '_' => 63,
        _ => -1,
    });
}
