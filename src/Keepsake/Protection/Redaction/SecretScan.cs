namespace Keepsake.Protection.Redaction;

/// <summary>Walks a text once and collects the secrets in it.</summary>
/// <remarks>
/// <para>Formats are looked for where a word begins, names where a separator stands, credentials at the few characters that announce
/// them, and randomness where a long run ends. Each of these looks a bounded number of characters back and ahead, so the whole is linear.</para>
/// <para>To cover a new place for secrets, add its character to <see cref="Classes"/> and its reader to <see cref="AtSymbol"/>.</para>
/// </remarks>
internal ref struct SecretScan
{
    private const byte Breaker = 0, Word = 1, Joiner = 2, Symbol = 3;

    // What each ASCII character is to the walk. A joiner goes on with a run; a symbol may announce a secret.
    private static readonly byte[] Classes = MakeClasses();

    private readonly ReadOnlySpan<char> _text;
    private readonly FormatIndex _formats;
    private readonly bool _formatsOnly;
    private List<Hit>? _hits;
    private int _runStart;
    private int _urlEnd;
    private int _nameStart;
    private int _nameEnd;

    private SecretScan(ReadOnlySpan<char> text, FormatIndex formats, bool formatsOnly)
    {
        _text = text;
        _formats = formats;
        _formatsOnly = formatsOnly;
    }

    /// <summary>Finds all secrets, in order and without overlap.</summary>
    /// <returns>The secrets, or <see langword="null"/> when there are none.</returns>
    public static List<Hit>? FindAll(ReadOnlySpan<char> text, FormatIndex formats) =>
        new SecretScan(text, formats, formatsOnly: false).Run();

    /// <summary>Finds the secrets that are told by their shape alone.</summary>
    /// <returns>The secrets, or <see langword="null"/> when there are none.</returns>
    public static List<Hit>? FindKnownFormats(ReadOnlySpan<char> text, FormatIndex formats) =>
        new SecretScan(text, formats, formatsOnly: true).Run();

    private List<Hit>? Run()
    {
        var classes = Classes;
        var at = 0;
        while (at < _text.Length)
        {
            var current = _text[at];
            var kind = current < 128 ? classes[current] : Breaker;
            if (kind == Word)
            {
                at = AtWord(at);
            }
            else if (kind == Joiner)
            {
                at++;
            }
            else
            {
                if (at - _runStart >= HighEntropy.MinLength && current != '-')
                {
                    EndRun(at);
                }

                var next = kind == Symbol ? AtSymbol(at, current) : at + 1;
                _runStart = current == '-' && next == at + 1 ? _runStart : next;
                at = next;
            }
        }

        if (at - _runStart >= HighEntropy.MinLength)
        {
            EndRun(at);
        }

        return _hits;
    }

    private int AtWord(int at)
    {
        if (_formats.TryMatch(_text, at, out var hit))
        {
            return Add(hit);
        }

        var classes = Classes;
        var end = at + 1;
        while (end < _text.Length && _text[end] < 128 && classes[_text[end]] == Word)
        {
            end++;
        }

        return (end - at) switch
        {
            2 or 3 or 7 when !_formatsOnly || end - at == 7 => AtShortWord(at, end),
            5 or 6 or 8 when !_formatsOnly => AtLongWord(at, end),
            _ => end,
        };
    }

    private int AtShortWord(int at, int end)
    {
        switch (_text[at..end])
        {
            case "is" or "was" or "to" when Credentials.TryReadProse(_text, at, end, out var prose):
                return Add(prose);
            case "atlasv1" when TryTerraform(at, end, out var terraform):
                return Add(terraform);
            default:
                return end;
        }
    }

    private int AtLongWord(int at, int end)
    {
        switch (_text[at..end])
        {
            case "Bearer" or "bearer" or "BEARER" or "Basic" when Credentials.TryAfterScheme(_text, end, "authorization", out var credential):
                return Add(credential);
            case "PASSWORD" or "password" or "Password" when Credentials.TryAfterPasswordWord(_text, at, end, out var password):
                return Add(password);
            default:
                return end;
        }
    }

    private int AtSymbol(int at, char symbol)
    {
        switch (symbol)
        {
            case '[':
                return at + Math.Max(1, Markers.LengthAt(_text, at));
            case '\\':
                return AfterEscape(at);
            case '%':
                return at + 2 < _text.Length && char.IsAsciiHexDigit(_text[at + 1]) && char.IsAsciiHexDigit(_text[at + 2]) ? at + 3 : at + 1;
            case '-':
                return AtDash(at);
            case '~':
                return TryAzure(at, out var azure) ? Add(azure) : at + 1;
            case '$':
                return _formats.TryMatch(_text, at, out var hash) ? Add(hash) : at + 1;
            case ':':
                return AtColon(at);
            default:
                return _formatsOnly ? at + 1 : AtSeparator(at, symbol);
        }
    }

    // A letter after a backslash is no part of the word behind it: "\nAKIA…".
    private readonly int AfterEscape(int at)
    {
        if (at + 1 >= _text.Length)
        {
            return at + 1;
        }

        return _text[at + 1] switch
        {
            'n' or 'r' or 't' => at + 2,
            'u' => Math.Min(_text.Length, at + 6),
            'x' => Math.Min(_text.Length, at + 4),
            _ => at + 1,
        };
    }

    private int AtDash(int at)
    {
        if (_text[at..].StartsWith(PemBlock.Opening, StringComparison.Ordinal))
        {
            if (!PemBlock.TryRead(_text, at, out var end, out var isPrivate))
            {
                return at + PemBlock.Opening.Length;
            }

            return isPrivate ? Add(new Hit(at, end, "private-key")) : end;
        }

        var isFlag = !_formatsOnly && (at == 0 || _text[at - 1] is ' ' or '\t' or '\n' or '"' or '\'' or '`' or '(');
        return isFlag && Credentials.TryReadFlag(_text, at, out var hit) ? Add(hit) : at + 1;
    }

    private int AtColon(int at)
    {
        if (_text[at..].StartsWith("://", StringComparison.Ordinal))
        {
            var isHit = UrlCredentials.TryRead(_text, at, out var urlEnd, out var hit);
            _urlEnd = Math.Max(_urlEnd, urlEnd);
            return isHit ? Add(hit) : at + 3;
        }

        if (TryTelegram(at, out var telegram))
        {
            return Add(telegram);
        }

        return _formatsOnly ? at + 1 : AtSeparator(at, ':');
    }

    private int AtSeparator(int at, char symbol)
    {
        var next = at + 1 < _text.Length ? _text[at + 1] : '\0';
        switch (symbol)
        {
            // The last character of an operator reads the assignment: ::=, ==, =>.
            case ':' or '=' when next is '=' or '>' || (next == ':' && symbol == ':'):
                return at + 1;
            case ',' when at == 0 || _text[at - 1] is not ('"' or '\''):
                return at + 1;
            case '>' when at > 0 && _text[at - 1] != '=' && _text[at - 1] != '-':
                return AfterTag(at);
            default:
                return AfterName(at, symbol);
        }
    }

    private int AfterName(int at, char symbol)
    {
        if (!Assignment.TryFindName(_text, at, out var start, out var end))
        {
            return at + 1;
        }

        var label = Assignment.LabelOf(_text, start, end);
        if (label.Strength == LabelStrength.None || label.Strength == LabelStrength.Type)
        {
            return KubernetesSecret.IsData(_text, start, end, symbol) ? AfterKubernetesData(at + 1) : at + 1;
        }

        if (label.Strength == LabelStrength.Value)
        {
            label = _nameEnd > _nameStart && at - _nameEnd < 128 ? Label.Of(_text[_nameStart.._nameEnd]) : Label.None;
        }

        if (label.Strength == LabelStrength.Authorization)
        {
            return Credentials.TryReadAuthorization(_text, at + 1, label.Kind, out var credential) ? Add(credential) : at + 1;
        }

        // KEY=value in capitals, or after an ampersand, is a shell's or a URL's: nothing but white space ends it.
        var isEnvironment = symbol == '=' && end == at && (!_text[start..end].ContainsAnyInRange('a', 'z') || (start > 0 && _text[start - 1] is '?' or '&'));
        if (!LabelledValue.TryRead(_text, at + 1, false, isEnvironment && at >= _urlEnd, out var value))
        {
            return at + 1;
        }

        // key="DB_PASSWORD" value="…": the name of the value that follows.
        if (label.Strength == LabelStrength.Name || (label.Strength == LabelStrength.Weak && end - start == 3))
        {
            (_nameStart, _nameEnd) = (value.Start, value.End);
        }

        return Judge(at, label, value, isEnvironment, symbol);
    }

    private int AfterTag(int at)
    {
        var window = Math.Max(0, at - 128);
        var open = _text[window..at].LastIndexOf('<');
        if (open < 0 || !char.IsAsciiLetter(_text[window + open + 1]))
        {
            return at + 1;
        }

        var start = window + open + 1;
        var length = _text[start..at].IndexOf(' ');
        var label = Label.Of(_text[start..(length < 0 ? at : start + length)]);
        if (label.Strength is not (LabelStrength.Password or LabelStrength.Secret or LabelStrength.Weak)
            || !LabelledValue.TryRead(_text, at + 1, mayStartOnNextLine: true, isEnvironment: false, out var value))
        {
            return at + 1;
        }

        var close = value.End;
        while (close < _text.Length && _text[close] is ' ' or '\t' or '\r' or '\n')
        {
            close++;
        }

        return _text[close..].StartsWith("</", StringComparison.Ordinal) ? Judge(at, label, value with { Quote = '>' }, false, '>') : at + 1;
    }

    private int Judge(int at, Label label, LabelledValue value, bool isEnvironment, char symbol)
    {
        // ("name", "value") is often a list of words, so a password there must look like one.
        if (symbol == ',' && (!value.IsQuoted || !Randomness.IsMixed(_text[value.Start..value.End])))
        {
            return at + 1;
        }

        if (!SecretValue.Is(label.Strength, _text, value, isEnvironment))
        {
            return at + 1;
        }

        // A known format names the secret better than its label does.
        return _formats.TryMatch(_text, value.Start, out var format)
            ? Add(format with { End = Math.Max(format.End, value.End) })
            : Add(new Hit(value.Start, value.End, label.Kind));
    }

    private int AfterKubernetesData(int from)
    {
        foreach (var hit in KubernetesSecret.ValuesFrom(_text, from))
        {
            from = Add(hit);
        }

        return from;
    }

    // Azure AD client secrets: three characters, a digit, Q~, 31 to 34 more.
    private readonly bool TryAzure(int at, out Hit hit)
    {
        hit = default;
        if (at < 5 || _text[at - 1] != 'Q' || !char.IsAsciiDigit(_text[at - 2]))
        {
            return false;
        }

        var end = at + 1;
        while (end < _text.Length && end - at <= 40 && (CharSet.Base64Url.Contains(_text[end]) || _text[end] is '.' or '~'))
        {
            end++;
        }

        while (_text[end - 1] == '.')
        {
            end--;
        }

        var start = at - 5;
        hit = new Hit(start, end, "azure-client-secret");
        return end - at - 1 is >= 29 and <= 36 && !_text[start..at].ContainsAny(" \"'/=") && !Placeholders.IsFiller(_text[at..end]);
    }

    // Telegram bot tokens: the bot's number, a colon, AA and 33 more.
    private readonly bool TryTelegram(int at, out Hit hit)
    {
        hit = default;
        if (at < 8 || !_text[at..].StartsWith(":AA", StringComparison.Ordinal) || !char.IsAsciiDigit(_text[at - 1]))
        {
            return false;
        }

        var start = at;
        while (start > 0 && at - start < 11 && char.IsAsciiDigit(_text[start - 1]))
        {
            start--;
        }

        var length = CharSet.Base64Url.CountAtStart(_text[(at + 1)..Math.Min(_text.Length, at + 48)]);
        hit = new Hit(start, at + 1 + length, "telegram-token");
        return at - start is >= 8 and <= 10 && length is 35;
    }

    // Terraform Cloud: 14 characters, .atlasv1., 60 to 70 more.
    private readonly bool TryTerraform(int at, int end, out Hit hit)
    {
        hit = default;
        if (at < 15 || _text[at - 1] != '.' || end >= _text.Length || _text[end] != '.')
        {
            return false;
        }

        var length = CharSet.Loose.CountAtStart(_text[(end + 1)..Math.Min(_text.Length, end + 128)]);
        hit = new Hit(at - 15, end + 1 + length, "terraform-token");
        return length >= 50 && CharSet.Word.CountAtStart(_text[(at - 15)..(at - 1)]) == 14 && !Placeholders.IsFiller(_text.Slice(end + 1, length));
    }

    private void EndRun(int end)
    {
        var start = _runStart;
        if (_formatsOnly || start < _urlEnd)
        {
            return;
        }

        // Padding belongs to the run that it ends.
        while (end < _text.Length && _text[end] == '=' && end - start < 3 + HighEntropy.MinLength)
        {
            end++;
        }

        if (HighEntropy.IsSecret(_text, start, end))
        {
            Add(new Hit(start, end, Redaction.HighEntropy));
        }
    }

    // A marker that the text brought stays, even in the middle of a secret.
    private int Add(Hit hit)
    {
        _hits ??= [];
        var start = Math.Max(hit.Start, _hits.Count == 0 ? 0 : _hits[^1].End);
        while (start < hit.End)
        {
            var marker = Markers.Find(_text, start, hit.End, out var length);
            var end = marker < 0 ? hit.End : marker;
            if (end > start)
            {
                _hits.Add(hit with { Start = start, End = end });
            }

            start = marker < 0 ? hit.End : end + length;
        }

        _hits = _hits.Count == 0 ? null : _hits;
        _runStart = hit.End;
        return hit.End;
    }

    private static byte[] MakeClasses()
    {
        var classes = new byte[128];
        for (var value = '\0'; value < 128; value++)
        {
            classes[value] = char.IsAsciiLetterOrDigit(value) ? Word
                : value is '_' or '+' or '/' ? Joiner
                : value is '[' or '\\' or '%' or '-' or '~' or '$' or ':' or '=' or '>' or ',' ? Symbol
                : Breaker;
        }

        return classes;
    }
}
