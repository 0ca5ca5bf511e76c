namespace Keepsake.Protection.Redaction;

/// <summary>Finds PEM, OpenSSH and PGP blocks whole, also where the line ends are missing or written as <c>\n</c>.</summary>
internal static class PemBlock
{
    public const string Opening = "-----BEGIN ";
    private const string Closing = "-----END ";
    private const string Dashes = "-----";
    private const int MaxNameLength = 64;
    private const int MaxLength = 16_384;

    // A key cannot be shorter; what is shorter is an example with the key left out.
    private const int MinBodyLength = 24;

    /// <summary>Reads the block that begins at a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where <see cref="Opening"/> stands.</param>
    /// <param name="end">Where the block ends.</param>
    /// <param name="isPrivate">Whether it holds a private key. Certificates and public keys do not.</param>
    /// <returns>Whether there is a block with something in it.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, int at, out int end, out bool isPrivate)
    {
        end = at;
        isPrivate = false;
        var nameStart = at + Opening.Length;
        var nameLength = text[nameStart..Math.Min(text.Length, nameStart + MaxNameLength)].IndexOf(Dashes, StringComparison.Ordinal);
        if (nameLength < 0)
        {
            return false;
        }

        isPrivate = text.Slice(nameStart, nameLength).Contains("PRIVATE KEY", StringComparison.Ordinal);
        var bodyStart = nameStart + nameLength + Dashes.Length;
        var window = text[bodyStart..Math.Min(text.Length, bodyStart + MaxLength)];
        var bodyLength = window.IndexOf(Dashes, StringComparison.Ordinal);
        if (bodyLength >= 0 && window[bodyLength..].StartsWith(Closing, StringComparison.Ordinal))
        {
            end = bodyStart + bodyLength + Closing.Length;
            var closes = text[end..Math.Min(text.Length, end + MaxNameLength)].IndexOf(Dashes, StringComparison.Ordinal);
            end = closes < 0 ? end : end + closes + Dashes.Length;
            return Base64Length(window[..bodyLength]) >= MinBodyLength;
        }

        // Cut short: the key goes on for as long as it looks like one.
        bodyLength = OpenBodyLength(bodyLength < 0 ? window : window[..bodyLength]);
        end = bodyStart + bodyLength;
        return Base64Length(window[..bodyLength]) >= MinBodyLength;
    }

    /// <summary>Reads the private lines of a PuTTY key file.</summary>
    public static bool TryReadPutty(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        const string Lines = "Private-Lines: ";
        hit = default;
        var window = text[at..Math.Min(text.Length, at + MaxLength)];
        var lines = window.StartsWith("PuTTY-User-Key-File-", StringComparison.Ordinal) ? window.IndexOf(Lines, StringComparison.Ordinal) : -1;
        var line = lines < 0 ? -1 : window[lines..].IndexOf('\n');
        if (line < 0)
        {
            return false;
        }

        var start = at + lines + line + 1;
        var length = OpenBodyLength(text[start..Math.Min(text.Length, start + MaxLength)]);
        var mac = text.Slice(start, length).IndexOf("\nPrivate-MAC", StringComparison.Ordinal);
        hit = new Hit(start, start + (mac < 0 ? length : mac), "private-key");
        return length >= MinBodyLength;
    }

    private static int Base64Length(ReadOnlySpan<char> body)
    {
        var length = 0;
        var longest = 0;
        foreach (var value in body)
        {
            length = CharSet.Base64.Contains(value) ? length + 1 : 0;
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    private static int OpenBodyLength(ReadOnlySpan<char> window)
    {
        var at = 0;
        var end = 0;
        while (at < window.Length)
        {
            var run = CharSet.Base64.CountAtStart(window[at..]);

            // Prose has spaces between short words; a key's lines are long.
            if (run > 0 && run < 16 && at + run < window.Length && window[at + run] == ' ')
            {
                break;
            }

            at += run;
            end = run > 0 ? at : end;
            if (at >= window.Length || window[at] is not ('\r' or '\n' or '\t' or ' ' or '\\' or '"' or '\'' or ',' or ':' or '-' or '.'))
            {
                break;
            }

            at++;
        }

        return end;
    }
}
