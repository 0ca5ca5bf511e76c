using System.Buffers;
using System.Globalization;

namespace Keepsake.Protection.Redaction;

/// <summary>The shape of one vendor's secrets: literal text and runs of characters, in order.</summary>
/// <remarks>
/// <para>A pattern is literal text with pieces in braces: <c>{w:36}</c> is 36 characters of the set <c>w</c>, <c>{w:20-40}</c> 20 to
/// 40, <c>{w:20+}</c> 20 or more, <c>{uuid}</c> a UUID. What stands before a <c>|</c> is matched and kept; <c>¦</c> is a bar in the text.</para>
/// <para>Each piece takes as many characters as it can and gives none back, so a match costs at most one look at each character.</para>
/// </remarks>
internal sealed class KnownFormat
{
    /// <summary>Longest run that is read to decide whether there is a match, which bounds what a hostile text can make it cost.</summary>
    public const int MaxRun = 512;

    // A shorter beginning happens inside other tokens, after one of the characters that join them.
    private const int MinOwnPrefix = 5;

    // Enough to judge by; more would let a hostile text make each judgement long.
    private const int MaxChecked = 96;

    private const int MaxPathPart = 24;

    private static readonly SearchValues<char> RunCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+/");

    private readonly Piece[] _pieces;
    private readonly int _firstSecretPiece;
    private readonly FormatCheck _check;

    // The first character of the literal text after a run of fixed length that the shape begins with; NUL: it begins otherwise.
    private readonly char _joint;
    private readonly int _jointPlace;

    public KnownFormat(string kind, string pattern, FormatCheck check)
    {
        Kind = kind;
        _check = check;
        var pieces = new List<Piece>();
        for (var at = 0; at < pattern.Length;)
        {
            switch (pattern[at])
            {
                case '|':
                    _firstSecretPiece = pieces.Count;
                    at++;
                    break;
                case '{':
                    var close = pattern.IndexOf('}', at);
                    AddRun(pieces, pattern.AsSpan(at + 1, close - at - 1));
                    at = close + 1;
                    break;
                default:
                    var end = pattern.AsSpan(at).IndexOfAny('{', '|');
                    end = end < 0 ? pattern.Length : at + end;
                    pieces.Add(new Piece(pattern[at..end].Replace('¦', '|'), default, 0, 0));
                    at = end;
                    break;
            }
        }

        _pieces = [.. pieces];
        Prefix = _pieces[0].Literal ?? "";
        if (_pieces is [{ Literal: null } run, { Literal: { } literal }, ..] && run.Min == run.Max)
        {
            (_joint, _jointPlace) = (literal[0], run.Min);
        }
    }

    /// <summary>Tells whether a pattern of somebody else can be used: it is well formed and begins with three literal characters.</summary>
    public static bool IsPattern(string pattern)
    {
        try
        {
            return new KnownFormat("x", pattern, FormatCheck.None).Prefix is { Length: >= 3 } prefix && char.IsAsciiLetterOrDigit(prefix[0])
                && !prefix.AsSpan().ContainsAnyExceptInRange('!', '~');
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    public string Kind { get; }

    /// <summary>The literal text that each secret of this shape begins with; empty for the shapes of runs.</summary>
    public string Prefix { get; }

    /// <summary>The characters that may follow <see cref="Prefix"/>.</summary>
    public CharSet AfterPrefix => _pieces.Length > 1 ? _pieces[1].Set : default;

    /// <summary>The shortest run of letters, digits and joiners that a secret of this shape begins with.</summary>
    public int MinRunLength
    {
        get
        {
            var length = 0;
            foreach (var piece in _pieces)
            {
                var rest = piece.Literal?.AsSpan().IndexOfAnyExcept(RunCharacters) ?? -1;
                length += piece.Literal is null ? piece.Min : rest < 0 ? piece.Literal.Length : rest;
                if (rest >= 0)
                {
                    break;
                }
            }

            return length;
        }
    }

    /// <summary>The characters that a secret of this shape may begin with.</summary>
    public bool MayBeginWith(char value) => Prefix.Length > 0 ? Prefix[0] == value : _pieces[0].Set.Contains(value);

    /// <summary>Looks at what must stand after a beginning of a fixed length, before that many characters are read: most runs are none of these.</summary>
    public bool MayMatchRun(ReadOnlySpan<char> text, int at) =>
        _joint == '\0' || (at + _jointPlace < text.Length && text[at + _jointPlace] == _joint);

    public bool TryMatch(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        hit = default;
        if (!text[at..].StartsWith(Prefix, StringComparison.Ordinal)
            || (at > 0 && BelongsToWhatIsBefore(text, at)))
        {
            return false;
        }

        var end = at + Prefix.Length;
        var variable = end;
        var start = at;
        for (var i = Prefix.Length == 0 ? 0 : 1; i < _pieces.Length; i++)
        {
            if (i == _firstSecretPiece)
            {
                start = variable = end;
            }

            if (!_pieces[i].TryTake(text, ref end))
            {
                return false;
            }
        }

        // A match goes to the end of its last run, however long that is.
        if (_pieces[^1] is { Literal: null, Max: MaxRun } last)
        {
            end += last.Set.CountAtStart(text[end..]);
        }

        // Sentences end in full stops; secrets do not.
        var whole = end;
        while (end > variable && text[end - 1] == '.')
        {
            end--;
        }

        // Nothing but full stops after its beginning.
        if (end == variable && whole > end)
        {
            return false;
        }

        // Longer than the format allows means it is something else.
        if (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || Placeholders.IsCutAt(text, end)))
        {
            return false;
        }

        hit = new Hit(start, end, Kind);
        return Passes(text[variable..Math.Min(end, variable + MaxChecked)]);
    }

    private bool BelongsToWhatIsBefore(ReadOnlySpan<char> text, int at) =>
        (Prefix.Length is > 0 and < MinOwnPrefix && text[at - 1] is '-' or '_' or '+')
        || (Prefix.Length == 3 && text[at - 1] == '/' && char.IsAsciiLetterOrDigit(Prefix[^1]) && IsData(text[Math.Max(0, at - MaxPathPart)..(at - 1)]));

    // A slash is part of base64 too, but there no word stands before it.
    private static bool IsData(ReadOnlySpan<char> before)
    {
        var part = before[^CharSet.Word.CountAtEnd(before)..];
        return Randomness.Of(part) is { Upper: > 0, Lower: > 0 } && Randomness.IsMixed(part);
    }

    private bool Passes(ReadOnlySpan<char> variable) => _check switch
    {
        FormatCheck.None => true,
        FormatCheck.Chosen => ChosenPassword.IsArgument(variable),
        FormatCheck.Own => !Placeholders.IsFiller(variable, isAlphabetFiller: false),
        FormatCheck.Given => ChosenPassword.IsGiven(variable) || WeakPasswords.Is(variable),
        FormatCheck.Mixed => !Placeholders.IsFiller(variable) && !Placeholders.CountsUp(variable) && Randomness.IsMixed(variable) && !Shapes.IsHash(variable),

        // A long beginning is no accident, so what counts up behind it was made up to look like a secret, or is a poor one.
        _ when Prefix.Length >= MinOwnPrefix => !Placeholders.IsFiller(variable, isAlphabetFiller: false),
        _ => !Placeholders.IsFiller(variable, isAlphabetFiller: false) && !Placeholders.CountsUpThroughout(variable),
    };

    private static void AddRun(List<Piece> pieces, ReadOnlySpan<char> run)
    {
        if (run is "uuid")
        {
            foreach (var length in (ReadOnlySpan<int>)[8, 4, 4, 4, 12])
            {
                pieces.Add(new Piece(null, CharSet.Hex, length, length));
                if (length != 12)
                {
                    pieces.Add(new Piece("-", default, 0, 0));
                }
            }

            return;
        }

        var set = run[0] switch
        {
            'a' => CharSet.Letters,
            'd' => CharSet.Digits,
            'h' => CharSet.LowerHex,
            'H' => CharSet.Hex,
            'l' => CharSet.LowerAndDigits,
            'u' => CharSet.UpperAndDigits,
            '2' => CharSet.Base32,
            'w' => CharSet.Word,
            'b' => CharSet.Base64,
            't' => CharSet.Base64Url,
            'x' => CharSet.Loose,
            'p' => CharSet.UrlPath,
            'P' => CharSet.Password,
            'i' => CharSet.UserInfo,
            'm' => CharSet.Of("MNO"),
            's' => CharSet.Of("um"),
            _ => throw new ArgumentException($"There is no character set '{run[0]}'.", nameof(run)),
        };
        var bounds = run[2..];
        var dash = bounds.IndexOf('-');
        var (min, max) = bounds[^1] == '+' ? (Number(bounds[..^1]), MaxRun)
            : dash < 0 ? (Number(bounds), Number(bounds))
            : (Number(bounds[..dash]), Number(bounds[(dash + 1)..]));
        pieces.Add(new Piece(null, set, min, max));
    }

    private static int Number(ReadOnlySpan<char> digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    private readonly record struct Piece(string? Literal, CharSet Set, int Min, int Max)
    {
        public bool TryTake(ReadOnlySpan<char> text, ref int at)
        {
            if (Literal is not null)
            {
                if (!text[at..].StartsWith(Literal, StringComparison.Ordinal))
                {
                    return false;
                }

                at += Literal.Length;
                return true;
            }

            var taken = Set.CountAtStart(text[at..Math.Min(text.Length, at + Max)]);
            at += taken;
            return taken >= Min;
        }
    }
}

/// <summary>What a string of the right shape must also pass to count as a secret.</summary>
internal enum FormatCheck
{
    /// <summary>It is no filler, such as a row of <c>x</c>.</summary>
    NotFiller,

    /// <summary>Also, it mixes letters and digits as words do not: for prefixes that ordinary identifiers share.</summary>
    Mixed,

    /// <summary>It is what a person may have chosen for a password.</summary>
    Chosen,

    /// <summary>It is no row of one thing; what counts up is taken too, because nobody else's strings begin so.</summary>
    Own,

    /// <summary>It stands where nothing but a password does, be it a word.</summary>
    Given,

    /// <summary>The shape alone says enough.</summary>
    None,
}
