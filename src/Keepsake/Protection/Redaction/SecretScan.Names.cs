using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <content>What the walk does where a name may be followed by its value.</content>
internal ref partial struct SecretScan
{
    private const int MinSaltLength = 60;
    private const int MaxCookieName = 32;

    private static readonly SearchValues<char> SmallWords = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_");

    private int AtSeparator(int at, char symbol)
    {
        var next = at + 1 < _text.Length ? _text[at + 1] : '\0';
        switch (symbol)
        {
            // The last character of an operator reads the assignment: ::=, ==, =>.
            case ':' or '=' when next is '=' or '>' || (next == ':' && symbol == ':'):
                return at + 1;
            case ',' when at < 2 || (_text[at - 1] == ' ' ? _text[at - 2] : _text[at - 1]) is not ('"' or '\''):
                return AfterCell(at);
            case ',' when next is '\n' or '\r':
                return AfterArgument(at);
            case '>' when at > 0 && _text[at - 1] != '=' && _text[at - 1] != '-':
                return AfterTag(at);
            default:
                return AfterName(at, symbol);
        }
    }

    // Where only a password stands: the value of a field for one.
    private int AfterGiven(int at) =>
        LabelledValue.TryRead(_text, at + 1, ValueStyle.Code, out var value) && ChosenPassword.IsGiven(_text[value.Start..value.End])
            ? Add(new Hit(value.Start, value.End, "password"))
            : at + 1;

    private int AfterColonFlag(int at, int start) => CommandLines.TryColonFlag(_text, start, at, out var hit) ? Add(hit) : at + 1;

    // A call's last argument that has a line to itself.
    private int AfterArgument(int at)
    {
        var label = Calls.LabelOfArgument(_text, at);
        return label.Strength == LabelStrength.Password && LabelledValue.TryRead(_text, at + 1, ValueStyle.Markup, out var value) && value.IsQuoted
            && !_text[value.Start..value.End].Contains('/') && (ChosenPassword.IsArgument(_text[value.Start..value.End]) || ChosenPassword.IsLastArgument(_text[value.Start..value.End]))
                ? Add(new Hit(value.Start, value.End, label.Kind))
                : at + 1;
    }

    private int AfterName(int at, char symbol)
    {
        if (!Assignment.MayHaveSecret(_text, at) || !Assignment.TryFindName(_text, at, out var start, out var end))
        {
            return at + 1;
        }

        if (symbol == ':')
        {
            Assignment.MoveToSerializedName(_text, ref start, ref end);
        }

        var label = Assignment.LabelOf(_text, start, end);
        var isCall = false;
        var isOfBlock = false;
        if (label.Strength == LabelStrength.None)
        {
            label = symbol switch
            {
                ',' => Calls.LabelOfArgument(_text, at),
                ':' => Assignment.LabelBeforeFor(_text, start),
                '=' => Assignment.LabelOfQuery(_text, start, end),
                _ => label,
            };
            isCall = symbol == ',';
        }

        if (label.Strength <= LabelStrength.Weak && symbol == ':' && start > 1 && _text[start - 1] == '/' && _text[start - 2] == ' ')
        {
            return AfterColonFlag(at, start);
        }

        if (label.Strength == LabelStrength.None && symbol == ':' && SpokenPasswords.TryReadAccount(_text, start, end, at + 1, out var account))
        {
            return Add(account);
        }

        if (label.Strength == LabelStrength.None || label.Strength == LabelStrength.Type)
        {
            return symbol == ':' && _manifest.IsSecretData(_text, start, end) ? AfterKubernetesData(at + 1) : at + 1;
        }

        if (label.Strength == LabelStrength.Value)
        {
            if (Markup.IsPasswordInput(_text, start))
            {
                return AfterGiven(at);
            }

            isOfBlock = !(_nameEnd - _nameStart is > 0 and <= 64 && at - _nameEnd < 128);
            label = isOfBlock ? Assignment.LabelOfBlock(_text, start) : Label.Of(_text[_nameStart.._nameEnd]);
            label = label.Strength == LabelStrength.None ? Markup.LabelOfElement(_text, start) : label;
        }

        if (label.Strength == LabelStrength.Authorization)
        {
            return Credentials.TryReadAuthorization(_text, at + 1, label.Kind, out var credential) ? Add(credential) : at + 1;
        }

        if (label.Strength == LabelStrength.None || (symbol == ':' && _text[start..end] is "PASS" or "FAIL"))
        {
            return at + 1;
        }

        if (symbol == ':' && label.Kind is "credential" or "password" && SpokenPasswords.TryReadPair(_text, at + 1, out var spoken))
        {
            return Add(spoken);
        }

        if (label.Kind is "session" && symbol == '=' && Credentials.IsInCookie(_text, start))
        {
            label = label with { Strength = LabelStrength.Secret };
        }

        if (Assignment.LineEndAfter(_text, at) is >= 0 and var lineEnd)
        {
            return BelowName(at, lineEnd, label);
        }

        // A cookie ends where a value in a query does.
        var style = label.Strength == LabelStrength.Mnemonic ? ValueStyle.Words : label.Kind is "session" && symbol == '=' ? ValueStyle.Query : StyleOf(at, start, end, symbol);
        if (!LabelledValue.TryRead(_text, at + 1, style, out var value))
        {
            return at + 1;
        }

        value = symbol == '=' ? Assignment.OfSameRank(_text, start, value) : value;
        label = style == ValueStyle.Query ? Assignment.LabelOfQueryKey(label, _text, start, end, value) : label;

        // Cookie: name=value
        if (label.Kind is "session" && symbol == ':' && _text[value.Start..value.End].IndexOf('=') is > 0 and <= MaxCookieName and var equals
            && value.End - value.Start - equals > SecretValue.MinLength)
        {
            value = value with { Start = value.Start + equals + 1 };
        }

        // key="DB_PASSWORD" value="…": the name of the value that follows.
        if (label.Strength == LabelStrength.Name || (label.Strength == LabelStrength.Weak && end - start == 3))
        {
            (_nameStart, _nameEnd) = (value.Start, value.End);
        }

        if (Placeholders.IsDenied(_text[start..end]))
        {
            return at + 1;
        }

        // A flag --pass=X is for a password; the pass of a compiler has one dash.
        label = label is { Strength: LabelStrength.Weak, Kind: "password" } && _text[start..end] is "--pass" ? label with { Strength = LabelStrength.Password } : label;
        if (label is { Strength: LabelStrength.Weak, Kind: "password" } && ChosenPassword.IsSure(_text[value.Start..value.End]))
        {
            return Add(new Hit(value.Start, value.End, label.Kind));
        }

        // ${DB_PASSWORD:?required} says what is wrong, ${DB_PASSWORD:-X} what is taken.
        if (symbol == ':' && start > 1 && _text[start - 1] == '{' && _text[start - 2] == '$')
        {
            return Defaults.TryReadExpansion(_text, at, value, out var fallback) ? Add(fallback with { Kind = label.Kind }) : at + 1;
        }

        var isPut = symbol == ',' && start > 1 && _text[Math.Max(0, start - 4)..(start - 1)].TrimEnd(" \\") is [.., '('];
        var next = Judge(at, label, value, style, isCall || isPut ? '(' : symbol);
        if (next != at + 1)
        {
            return next;
        }

        if (label.Strength is LabelStrength.Password or LabelStrength.Secret && symbol != ',' && Defaults.TryRead(_text, value, out var given))
        {
            return Add(given);
        }

        var isSecret = label.Kind is "password"
            ? isCall || (isPut && Calls.IsDefinition(_text, start)) ? IsLastArgument(at, value, isCall)
                : isPut ? Defaults.IsArgument(_text, start, value)
                : isOfBlock ? WeakPasswords.IsUsed(_text[value.Start..value.End]) && symbol != ',' : symbol != ',' && (LoginPair.Completes(_text, start, at, value) || LoginPair.IsSetting(_text, start, at, value))
            : label.Strength == LabelStrength.Secret && (isPut ? Defaults.IsArgument(_text, start, value) : LoginPair.IsConnectionKey(_text, start, at, value));
        return isSecret ? Add(new Hit(value.Start, value.End, label.Kind)) : next;
    }

    private readonly bool IsLastArgument(int at, LabelledValue value, bool isCall)
    {
        var content = _text[value.Start..value.End];
        return value.IsQuoted && (ChosenPassword.IsLastArgument(content) || LoginPair.IsArgument(content)
            || (isCall ? Calls.IsWeak(_text, at, content) : WeakPasswords.IsUsed(content)));
    }

    // A value below its name has the line to itself.
    private int BelowName(int at, int lineEnd, Label label)
    {
        if (label.Kind is "password" && SpokenPasswords.PasswordsIn(_text, lineEnd) is { } list)
        {
            foreach (var hit in list)
            {
                Add(hit);
            }

            return list[^1].End;
        }

        if (!SpokenPasswords.TryReadNextLine(_text, lineEnd, out var value))
        {
            return at + 1;
        }

        var isSecret = label.Strength switch
        {
            LabelStrength.Password => ChosenPassword.IsWord(_text[value.Start..value.End]),
            LabelStrength.Secret => SecretValue.Is(label.Strength, _text, value, ValueStyle.Code),
            _ => false,
        };
        return isSecret ? Add(new Hit(value.Start, value.End, label.Kind)) : at + 1;
    }

    // A name in one cell of a line of comma-separated values, its value in the next.
    private int AfterCell(int at)
    {
        if (at == 0 || at + SecretValue.MinLength >= _text.Length || _text[at - 1] is not ('d' or 'y' or 'n' or 't') || _text[at + 1] is ' ' or '"' or '\n')
        {
            return at + 1;
        }

        var start = at - CharSet.Name.CountAtEnd(_text[Math.Max(0, at - 64)..at]);
        if (start > 0 && _text[start - 1] is not (',' or '\n'))
        {
            return at + 1;
        }

        var window = _text[(at + 1)..Math.Min(_text.Length, at + 256)];
        var length = window.IndexOfAny(',', '\r', '\n');
        var value = length < 0 ? window : window[..length];
        var label = Label.Of(_text[start..at]);
        var isSecret = label.Strength switch
        {
            LabelStrength.Password => ChosenPassword.IsNeighbour(value),
            LabelStrength.Secret => CharSet.Loose.CountAtStart(value) == value.Length && SecretValue.IsMachineMade(value) && !Placeholders.Is(value),
            _ => false,
        };
        return isSecret ? Add(new Hit(at + 1, at + 1 + value.Length, label.Kind)) : at + 1;
    }

    private readonly ValueStyle StyleOf(int at, int start, int end, char symbol)
    {
        if (symbol != '=' || end != at)
        {
            return ValueStyle.Code;
        }

        return at < _urlEnd || (start > 0 && _text[start - 1] is '?' or '&') ? ValueStyle.Query
            : _text[start..end].ContainsAnyInRange('a', 'z') && !_text[start..end].StartsWith("--", StringComparison.Ordinal) ? ValueStyle.Code
            : ValueStyle.Shell;
    }

    private int AfterTag(int at)
    {
        var window = Math.Max(0, at - 128);
        var open = _text[window..at].LastIndexOf('<');
        if (open < 0 || !char.IsAsciiLetter(_text[window + open + 1]))
        {
            return at + 1;
        }

        var label = Markup.LabelOfTag(_text, window + open + 1, at, out var isCaption);
        if (label.Strength is not (LabelStrength.CertainPassword or LabelStrength.Password or LabelStrength.Secret or LabelStrength.Weak)
            || !LabelledValue.TryRead(_text, at + 1, ValueStyle.Markup, out var value))
        {
            return at + 1;
        }

        // Maven writes what it has encrypted in braces, as padded base64.
        var close = value.End;
        if (close + 1 < _text.Length && _text[close] == '}' && _text[value.Start] == '{' && _text[close - 1] == '=')
        {
            value = value with { Start = value.Start + 1 };
            close++;
        }

        while (close < _text.Length && _text[close] is ' ' or '\t' or '\r' or '\n')
        {
            close++;
        }

        // What an app shows is named like what it keeps, so a text there must look like a password.
        return _text[close..].StartsWith("</", StringComparison.Ordinal) && (!isCaption || ChosenPassword.IsWord(_text[value.Start..value.End])) ? JudgeText(at, label, value with { Quote = '>' }, isCaption) : at + 1;
    }

    // Words joined by underscores name a thing in code; between the tags of a password they are one.
    private int JudgeText(int at, Label label, LabelledValue value, bool isCaption)
    {
        var next = Judge(at, label, value, ValueStyle.Markup, '>');
        var content = _text[value.Start..value.End];
        return next == at + 1 && !isCaption && label.Strength == LabelStrength.Password && content.IndexOfAnyExcept(SmallWords) < 0
            && ((content.Contains('_') && SecretValue.IsChosenPassword(content) && !SecretValue.IsReference(content)) || WeakPasswords.IsUsed(content))
                ? Add(new Hit(value.Start, value.End, label.Kind))
                : next;
    }

    private int Judge(int at, Label label, LabelledValue value, ValueStyle style, char symbol)
    {
        if (symbol is ',' or '(' && !IsPair(label, value, symbol))
        {
            return at + 1;
        }

        if (!SecretValue.Is(label.Strength, _text, value, style))
        {
            return at + 1;
        }

        // A known format names the secret better than its label does.
        return _formats.TryMatch(_text, value.Start, out var format)
            ? Add(format with { End = Math.Max(format.End, value.End) })
            : Add(new Hit(value.Start, value.End, label.Kind));
    }

    // "name", "value" is often a list of words, so a password there must look like one; in put("name", "value") a word with a digit is one.
    private readonly bool IsPair(Label label, LabelledValue value, char symbol)
    {
        var content = _text[value.Start..value.End];
        return value.IsQuoted && !IsTemplate(content)
            && (label.Strength != LabelStrength.Password || Randomness.IsMixed(content) || ChosenPassword.IsSure(content)
                || (symbol == '(' && (ChosenPassword.IsArgument(content) || SecretValue.IsMachineMade(content))));
    }

    // A brace is a hole in a text; a salt of all characters has one by chance.
    private static bool IsTemplate(ReadOnlySpan<char> value) => value.Contains('{') && value.Length < MinSaltLength;

    private int AfterKubernetesData(int from)
    {
        foreach (var hit in KubernetesManifest.ValuesFrom(_text, from))
        {
            from = Add(hit);
        }

        return from;
    }
}
