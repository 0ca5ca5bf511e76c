namespace Keepsake.Protection.Redaction;

/// <summary>Judges strings that no name and no format explains: is this random, and nothing that is random for another reason?</summary>
internal static class HighEntropy
{
    /// <summary>Shortest string that is looked at. Shorter ones are more often identifiers than secrets.</summary>
    private const int MinLength = 24;

    // A longer run is an image, a bundle, a dump: hiding it helps nobody and damages the text.
    private const int MaxLength = Randomness.MaxEntropyLength;
    private const int MinSingleCaseLength = 30;
    private const int MinHexLength = 36;
    private const int MaxHexLength = 64;
    private const int MinPieceLength = 16;
    private const int MinMixedPieceLength = 10;
    private const double MinBitsPerCharacter = 3.4;
    private const int ContextLength = 32;

    // What is random and public: hashes, checksums, signatures of packages, public keys, inline images.
    private static readonly PhraseSet PublicContexts = new(
        "sha1", "sha2", "sha3", "sha5", "md5", "hash", "integrity", "checksum", "digest", "etag", "fingerprint", "commit", "h1:", "base64,",
            "ssh-", "ecdsa-", "public", "pubkey", "nonce", "revision", "cid:", "x5c", "x5t", "thumbprint", "blob", "merkle", "enc[", "iv:", "tag:", "signature", "cert", "resolved",
            "?b?", "boundary", "versionid", "version_id", "node_id", "nodeid", "nexttoken", "next_token", "next-token", "nextforward", "nextbackward", "pagetoken", "page_token", "page-token", "startingtoken", "starting-token",
            "idempotency", "spanid", "span_id", "ciphervalue", "x509", "_challenge", "requestid", "request-id", "traceid", "trace_id");

    /// <summary>Tells whether a run of letters, digits and <c>+ / _ - =</c> is a secret.</summary>
    public static bool IsSecret(ReadOnlySpan<char> text, int start, int end)
    {
        var run = text[start..end];
        if (run.Length is < MinLength or > MaxLength)
        {
            return false;
        }

        var measure = Randomness.Of(run);
        if (measure is { Upper: >= 6, Lower: >= 6, IsWordy: false, Pairs: >= 8, Digits: 1 } && CharSet.Word.CountAtStart(run) == run.Length)
        {
            // One digit, and capitals where no word has them.
            return Randomness.Entropy(run) >= MinBitsPerCharacter + 0.4 && IsQuoted(text, start, end) && !Placeholders.Is(run);
        }

        if (measure.Digits < 2 || measure.Letters < 6 || measure.Switches < 3)
        {
            return false;
        }

        return HasRandomPiece(run, measure)
            && Randomness.Entropy(run) >= MinBitsPerCharacter
            && !Placeholders.IsFiller(run)
            && !Placeholders.CountsUp(run)
            && !Shapes.IsUlid(run)
            && !Shapes.IsMangled(run)
            && !Shapes.IsPublicDer(run)
            && !IsPath(text, start, end)
            && !EncodedText.Is(run)
            && !DataBlock.Holds(text, start, end)
            && !PublicContexts.IsIn(text[Math.Max(LineStart(text, start), start - ContextLength)..start])
            && !PublicContexts.IsIn(run[..Math.Min(run.Length, 8)])
            && !text[end..].StartsWith(".apps.", StringComparison.Ordinal)
            && !Placeholders.IsCutAt(text, end)
            && !HasDeniedName(text, start);
    }

    // Names and identifiers are made of pieces; a secret has at least one long piece that is neither word nor number nor hash.
    private static bool HasRandomPiece(ReadOnlySpan<char> run, Measure whole)
    {
        var digits = run.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? run[2..] : run;
        if (CharSet.Hex.CountAtStart(digits) == digits.Length)
        {
            // Of the lengths that hashes have it is one, in whatever case; a longer one is a signature or data.
            return run.Length is >= MinHexLength and < MaxHexLength and not (40 or 48 or 56) && run.Length == digits.Length;
        }

        if (whole.IsWordy && whole.Pairs >= 4)
        {
            return false;
        }

        var isMixed = whole is { Upper: >= 2, Lower: >= 2 };
        if (!isMixed && run.Length < MinSingleCaseLength)
        {
            return false;
        }

        for (var at = 0; at < run.Length;)
        {
            var length = CharSet.Word.CountAtStart(run[at..]);
            var piece = run.Slice(at, length);
            if (length >= MinMixedPieceLength && CharSet.Hex.CountAtStart(piece) < length && !Shapes.IsGitHash(piece))
            {
                var measure = Randomness.Of(piece);
                if ((length >= MinPieceLength || measure is { Upper: >= 2, Lower: >= 2 })
                    && measure is { Digits: > 0, IsWordy: false } or { Switches: >= 4, Pairs: < 8 }
                    && !EncodedText.Is(piece))
                {
                    return true;
                }
            }

            at += length + 1;
        }

        return false;
    }

    private static bool IsPath(ReadOnlySpan<char> text, int start, int end)
    {
        var run = text[start..end];
        var slashes = run.Count('/');
        return slashes > 0
            && (run[0] == '/' || slashes * 12 > run.Length || (start > 0 && text[start - 1] is '.' or '~' or '@' or '\\' or ':')
                || (end + 1 < text.Length && text[end] == '.' && char.IsAsciiLetter(text[end + 1])));
    }

    private static bool HasDeniedName(ReadOnlySpan<char> text, int start)
    {
        var at = start - 1;
        while (at >= 0 && start - at <= 3 && text[at] is '"' or '\'' or '`' or ' ')
        {
            at--;
        }

        return at >= 0 && text[at] is '=' or ':' && Assignment.TryFindName(text, at, out var nameStart, out var nameEnd) && Placeholders.IsDenied(text[nameStart..nameEnd]);
    }

    private static bool IsQuoted(ReadOnlySpan<char> text, int start, int end) =>
        start > 0 && end < text.Length && text[start - 1] is '"' or '\'' or '`' && text[end] == text[start - 1];

    private static int LineStart(ReadOnlySpan<char> text, int at)
    {
        var window = Math.Max(0, at - ContextLength);
        var line = text[window..at].LastIndexOf('\n');
        return line < 0 ? window : window + line + 1;
    }
}
