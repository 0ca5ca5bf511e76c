namespace Keepsake.Protection.Redaction;

/// <summary>Remembers where a service was last named, and judges what stands near: a key that no label announces.</summary>
/// <remarks>Each character is looked at once, however many candidates a text holds.</remarks>
internal struct VendorTrail
{
    /// <summary>Shortest run that is judged.</summary>
    public const int MinLength = 15;

    // Fifteen characters near a service's name are often a name too: SqladminV1beta4.
    private const int MinNearLength = 16;
    private const int MaxLength = 256;
    private const int MaxDistance = 72;
    private const int MaxName = 48;
    private const int MinHexLength = 20;
    private const int MaxHexDistance = 40;

    private static readonly PhraseSet NoSecret = new(
        "sha1", "sha2", "sha5", "md5", "hash", "checksum", "digest", "etag", "commit", "revision", "version", "integrity", "fingerprint", "public", "cert",
            "example", "id\"", "_id", "-id", "uuid", "guid", "sid", "image", "blob", "tree", "node", "zone", "trace", "span", "serial", "signing key", "gpg", "pgp", "sign_key", "docker.io", "@sha");

    private int _scanned;
    private int _named;

    /// <summary>Tells whether a run is a key of a service that is named shortly before it.</summary>
    public bool IsKey(ReadOnlySpan<char> text, int start, int end)
    {
        var run = text[start..end];

        // What costs least and says no most often comes first: in code most long runs are hashes that say so.
        return run.Length is >= MinLength and <= MaxLength
            && !NoSecret.IsIn(text[Math.Max(0, start - 24)..start])
            && ((run.Length >= MinNearLength && IsNearName(text, start, run)) || IsAfterItsName(text, start, run) || IsBeforeItsName(text, end, run))
            && !Placeholders.IsFiller(run)
            && !Placeholders.Is(run)
            && !Shapes.IsMangled(run)
            && text[Math.Max(0, start - MaxDistance)..start].IndexOf("arn:", StringComparison.Ordinal) < 0
            && !EncodedText.Is(run);
    }

    private bool IsNearName(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> run)
    {
        if (CharSet.Hex.CountAtStart(run) == run.Length || Shapes.IsUuid(run))
        {
            // A hash or an identifier: its name must say key, or be the service's own.
            return run.Length >= MinHexLength && run.IndexOfAnyInRange('0', '9') >= 0 && IsNamedBefore(text, start)
                && (IsNamedKey(text, start) || (start - _named < MaxHexDistance && text[_named..start].IndexOf('\n') < 0));
        }

        return IsMachineMade(text, start, run) && IsNamedBefore(text, start);
    }

    // The API key 3f9a…, gogs token 3f9a…, | api_key | 3f9a…: the word before it says what it is. A hash is one of those only by its name.
    private static bool IsAfterItsName(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> run)
    {
        if (start < 3 || text[start - 1] is not (' ' or '"' or '\'' or '`' or '|' or '(') || run.IndexOfAnyInRange('0', '9') < 0 || !EndsKeyWord(text[..start], out var end))
        {
            return false;
        }

        var isHash = CharSet.Hex.CountAtStart(run) == run.Length || Shapes.IsUuid(run);
        if (isHash ? run.Length < MinHexLength : !SecretValue.IsUnlikeAnythingElse(run))
        {
            return false;
        }

        if (!Assignment.TryFindName(text, end, out var nameStart, out var nameEnd))
        {
            return false;
        }

        // "OVH key: `…`": a key of some service, whatever its name, unless it is short or long for one.
        var label = Assignment.LabelOf(text, nameStart, nameEnd).Strength;
        return label is LabelStrength.Secret or LabelStrength.Password
            || (label == LabelStrength.Weak && text[start - 1] == '`' && run.Length == 32 && char.IsAsciiLetterUpper(text[Math.Max(0, nameStart - 2)]));
    }

    // 3f9a… is the Datadog API key.
    private static bool IsBeforeItsName(ReadOnlySpan<char> text, int end, ReadOnlySpan<char> run)
    {
        const string Is = " is ";
        var rest = text[end..Math.Min(text.Length, end + MaxName)];
        if (!rest.StartsWith(Is, StringComparison.Ordinal) || run.Length < MinHexLength || run.IndexOfAnyInRange('0', '9') < 0)
        {
            return false;
        }

        rest = rest[Is.Length..];
        var sentence = rest.IndexOfAny('.', ',', '\n');
        var name = (sentence < 0 ? rest : rest[..sentence]).TrimEnd();
        return (name.StartsWith("the ", StringComparison.Ordinal) || name.StartsWith("our ", StringComparison.Ordinal) || name.StartsWith("my ", StringComparison.Ordinal))
            && Label.Of(name).Strength is LabelStrength.Secret or LabelStrength.Password;
    }

    // What may stand there ends in one of these: token, secret, key, password.
    private static bool EndsKeyWord(ReadOnlySpan<char> text, out int end)
    {
        var word = text.TrimEnd(" \"'`:=|(");
        end = word.Length;
        return text.Length - end <= 4 && (word.EndsWith("token", StringComparison.OrdinalIgnoreCase) || word.EndsWith("secret", StringComparison.OrdinalIgnoreCase)
            || word.EndsWith("key", StringComparison.OrdinalIgnoreCase) || word.EndsWith("password", StringComparison.OrdinalIgnoreCase)
            || ForeignNames.LengthAtEnd(word) > 0);
    }

    private static bool IsMachineMade(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> run)
    {
        var measure = Randomness.Of(run);
        if (measure.Digits <= 1 && measure is { Upper: >= 5, Lower: >= 5, IsWordy: false } && run.Length >= 20
            && (IsAssigned(text, start) || EndsKeyWord(text[..start], out _)))
        {
            return run.IndexOfAny('_', '/', '-') < 0;
        }

        if (measure.Digits == 0)
        {
            // One case, or it may be a name in humps.
            return (IsAssigned(text, start) ? run.Length >= 20 : run.Length >= 30) && measure is { IsWordy: false, Pairs: >= 12 } && Math.Max(measure.Lower, measure.Upper) == run.Length;
        }

        if (measure.Digits < 2 || measure.Letters < 2 || run[0] == '/' || run.StartsWith("0x", StringComparison.Ordinal))
        {
            return false;
        }

        // A name with numbers has words in it; a path has slashes.
        if (run.Count('/') > 1 || (run.IndexOfAny('_', '-') > 0 && (measure.IsWordy || !(measure is { Upper: >= 3, Lower: >= 3, Switches: >= 4 } || HasLongPiece(run)))))
        {
            return false;
        }

        return (!measure.IsWordy || (measure.Switches >= 6 && measure.Pairs * 3 < run.Length)
            || (measure is { Upper: >= 3, Lower: >= 3, Switches: >= 4 } && IsAssigned(text, start))) && measure.Switches >= 2
            && (run.Length >= 20 || measure.Switches >= 4 || IsAssigned(text, start));
    }

    private static bool HasLongPiece(ReadOnlySpan<char> run)
    {
        while (!run.IsEmpty)
        {
            var length = CharSet.Word.CountAtStart(run);
            if (length >= 12 && Randomness.Of(run[..length]) is { Digits: > 0, IsWordy: false } or { Switches: >= 4 })
            {
                return true;
            }

            run = run[Math.Min(run.Length, length + 1)..];
        }

        return false;
    }

    // key=…, "key": "…", key('…'), <key>…
    private static bool IsAssigned(ReadOnlySpan<char> text, int start)
    {
        var at = start - 1;
        var limit = Math.Max(0, start - 6);
        while (at >= limit && text[at] is ' ' or '"' or '\'' or '`' or '\\' or '{' or '\t')
        {
            at--;
        }

        return at >= 0 && text[at] is '=' or ':' or '(' or ',' or '>' || (at < start - 1 && text[start - 1] is '"' or '\'' or '`');
    }

    // What looks like a hash or an identifier needs a name that says key, or the service's own name.
    private static bool IsNamedKey(ReadOnlySpan<char> text, int start)
    {
        var at = start - 1;
        var limit = Math.Max(0, start - 4);
        while (at >= limit && text[at] is ' ' or '"' or '\'' or '`' or '\\')
        {
            at--;
        }

        return at >= 0 && text[at] is '=' or ':' && Assignment.TryFindName(text, at, out var nameStart, out var nameEnd)
            && Assignment.LabelOf(text, nameStart, nameEnd).Strength is LabelStrength.Weak or LabelStrength.Secret or LabelStrength.Password;
    }

    private bool IsNamedBefore(ReadOnlySpan<char> text, int start)
    {
        var from = Math.Max(_scanned, Math.Max(0, start - MaxDistance));
        for (var at = Markers.TryFindAround(text, from, out _, out var end) ? end : from; at < start; at++)
        {
            // What a marker's kind names is no service.
            at += text[at] == '[' ? Markers.LengthAt(text, at) : 0;
            if (at < start && BeginsWord(text, at) && Vendors.BeginAt(text[..start], at))
            {
                _named = at + 1;
            }
        }

        _scanned = Math.Max(_scanned, start);
        return _named > 0 && start - _named < MaxDistance;
    }

    private static bool BeginsWord(ReadOnlySpan<char> text, int at) => char.IsAsciiLetterOrDigit(text[at])
        && (at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1]) || (char.IsAsciiLetterUpper(text[at]) && char.IsAsciiLetterLower(text[at - 1])));
}
