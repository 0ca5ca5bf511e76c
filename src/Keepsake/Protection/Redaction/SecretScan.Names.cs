namespace Keepsake.Protection.Redaction;

/// <content>What the walk does where a name may be followed by its value.</content>
internal ref partial struct SecretScan
{
    private const int MinSaltLength = 60;

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
        if (!Assignment.MayHaveSecret(_text, at) || !Assignment.TryFindName(_text, at, out var start, out var end))
        {
            return at + 1;
        }

        var label = Assignment.LabelOf(_text, start, end);
        if (label.Strength == LabelStrength.None)
        {
            label = symbol switch
            {
                ',' => Credentials.LabelOfCall(_text, start),
                ':' => Assignment.LabelBeforeFor(_text, start),
                '=' => Assignment.LabelOfQuery(_text, start, end),
                _ => label,
            };
        }

        if (label.Strength == LabelStrength.None || label.Strength == LabelStrength.Type)
        {
            return symbol == ':' && _manifest.IsSecretData(_text, start, end) ? AfterKubernetesData(at + 1) : at + 1;
        }

        if (label.Strength == LabelStrength.Value)
        {
            label = _nameEnd - _nameStart is > 0 and <= 64 && at - _nameEnd < 128 ? Label.Of(_text[_nameStart.._nameEnd]) : Assignment.LabelOfBlock(_text, start);
        }

        if (label.Strength == LabelStrength.Authorization)
        {
            return Credentials.TryReadAuthorization(_text, at + 1, label.Kind, out var credential) ? Add(credential) : at + 1;
        }

        if (label.Strength == LabelStrength.None)
        {
            return at + 1;
        }

        var style = label.Strength == LabelStrength.Mnemonic ? ValueStyle.Words : StyleOf(at, start, end, symbol);
        if (!LabelledValue.TryRead(_text, at + 1, style, out var value))
        {
            return at + 1;
        }

        // key="DB_PASSWORD" value="…": the name of the value that follows.
        if (label.Strength == LabelStrength.Name || (label.Strength == LabelStrength.Weak && end - start == 3))
        {
            (_nameStart, _nameEnd) = (value.Start, value.End);
        }

        return Placeholders.IsDenied(_text[start..end]) ? at + 1 : Judge(at, label, value, style, symbol);
    }

    private readonly ValueStyle StyleOf(int at, int start, int end, char symbol)
    {
        if (symbol != '=' || end != at)
        {
            return ValueStyle.Code;
        }

        return at < _urlEnd || (start > 0 && _text[start - 1] is '?' or '&') ? ValueStyle.Query
            : _text[start..end].ContainsAnyInRange('a', 'z') ? ValueStyle.Code
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

        var start = window + open + 1;
        var length = _text[start..at].IndexOf(' ');
        var label = Label.Of(_text[start..(length < 0 ? at : start + length)]);
        if (label.Strength == LabelStrength.None && length > 0 && _text[at - 1] is '"' or '\'')
        {
            // <entry key="db.password">, but not <input type="password">
            var quoted = _text[(start + length)..(at - 1)];
            var quote = quoted.LastIndexOfAny('"', '\'');
            label = quote > 0 && quoted[..quote].EndsWith("type=", StringComparison.Ordinal) ? label : Label.Of(quoted[(quote + 1)..]);
        }

        if (label.Strength is not (LabelStrength.Password or LabelStrength.Secret or LabelStrength.Weak)
            || !LabelledValue.TryRead(_text, at + 1, ValueStyle.Markup, out var value))
        {
            return at + 1;
        }

        var close = value.End;
        while (close < _text.Length && _text[close] is ' ' or '\t' or '\r' or '\n')
        {
            close++;
        }

        return _text[close..].StartsWith("</", StringComparison.Ordinal) ? Judge(at, label, value with { Quote = '>' }, ValueStyle.Markup, '>') : at + 1;
    }

    private int Judge(int at, Label label, LabelledValue value, ValueStyle style, char symbol)
    {
        // ("name", "value") is often a list of words, so a password there must look like one.
        if (symbol == ',' && (!value.IsQuoted || IsTemplate(_text[value.Start..value.End]) || (label.Strength == LabelStrength.Password && !Randomness.IsMixed(_text[value.Start..value.End]))))
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
