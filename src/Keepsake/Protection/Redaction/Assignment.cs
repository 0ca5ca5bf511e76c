namespace Keepsake.Protection.Redaction;

/// <summary>Reads a named value around a separator: in code, JSON, YAML, environment and ini files, URLs' queries, headers and XML.</summary>
internal static class Assignment
{
    private const int MaxNameLength = 64;
    private const int MaxGap = 40;
    private const int MinQueryKey = 24;
    private const int MaxBlock = 160;

    /// <summary>Tells whether a secret may follow a separator. Most separators are followed by an expression, a number or a line end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">The last character of the separator.</param>
    public static bool MayHaveSecret(ReadOnlySpan<char> text, int separator)
    {
        var at = separator + 1;
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        if (at >= text.Length)
        {
            return false;
        }

        switch (text[at])
        {
            case '(' or '{' or ';' or ')':
                return at > separator + 2;
            case '\n' or '\r':
                // Only the data of a manifest goes on below its name, and a password, key or token that has a line to itself.
                return text[separator] == ':' && separator > 0 && text[separator - 1] is 'a' or 'd' or 'y' or 'n' or 't' or 's' or '*' or > '\u007F';
            case '"' or '\'' or '`':
                return at + 1 >= text.Length || char.IsAsciiLetter(text[at + 1]) || !EndsSoon(text, at + 1, [text[at], '\n', '\\']);
            default:
                return char.IsAsciiLetter(text[at]) || text[at] is '\t' or '*' || !EndsSoon(text, at, " \t\r\n\"'`\\");
        }
    }

    // Too few characters for a secret of any name, and none of them the beginning of a string.
    private static bool EndsSoon(ReadOnlySpan<char> text, int from, ReadOnlySpan<char> ends)
    {
        var length = text[from..Math.Min(text.Length, from + SecretValue.MinLength)].IndexOfAny(ends);
        return length >= 0 && text[from + length] != '\\' && (length != 1 || char.IsAsciiDigit(text[from]) || text[from + 1] is ' ' or '\t' or '\r' or '\n');
    }

    /// <summary>Finds the name that ends before a separator. A marker's kind names nothing, and an equals sign after one is padding.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">The last character of the separator, such as the <c>=</c> of <c>:=</c>.</param>
    /// <param name="start">Where the name begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryFindName(ReadOnlySpan<char> text, int separator, out int start, out int end)
    {
        var at = separator - 1;
        var limit = Math.Max(0, separator - 4);
        while (at >= limit && text[at] is ':' or '=' or '+' or '.' or '?' or '!' or '|' or '~')
        {
            at--;
        }

        limit = Math.Max(0, at - MaxGap);
        while (at >= limit && text[at] is ' ' or '\t')
        {
            at--;
        }

        start = end = at + 1;
        limit = Math.Max(0, at - 4);
        while (at >= limit && (text[at] is '"' or '\'' or '`' or ']' or '\\' or '*' || (text[at] == '[' && text[at + 1] == ']')))
        {
            if (Markers.EndsAt(text, at + 1))
            {
                return false;
            }

            at--;
        }

        end = at + 1;
        start = WordStart(text, end);

        // contraseña, mot de passe: only a name that other letters stand before, or that ends so, is looked at again.
        if (start == end || (start > 0 && text[start - 1] > '\u007F') || (text[end - 1] == 'e' && text[start..end].EndsWith("passe", StringComparison.OrdinalIgnoreCase)))
        {
            start = Math.Min(start, end - ForeignNames.LengthAtEnd(text[..end]));
        }

        return start < end;
    }

    /// <summary>Says what a name means, together with the words before it: <c>API key:</c>, <c>string token =</c>, <c>token: str =</c>.</summary>
    public static Label LabelOf(ReadOnlySpan<char> text, int start, int end)
    {
        // AWS::ApiGateway::UsagePlanKey names a type, and arn:aws:key:… is one address.
        if (start > 1 && text[start - 1] == ':' && (text[start - 2] == ':' || (end + 1 < text.Length && text[end] == ':' && text[end + 1] != ' ')))
        {
            return Label.None;
        }

        var label = text[start..end] is "W" or "w" && start > 1 && text[start - 1] == '/' && text[start - 2] is 'P' or 'p' ? Label.Of("pass") : Label.Of(text[start..end]);
        if (label.Strength == LabelStrength.Type)
        {
            return BeforeType(text, start, end);
        }

        if (label.Strength == LabelStrength.None && ForeignNames.LengthAtEnd(text[..end]) > 0)
        {
            return Label.Of("password");
        }

        if (label.Strength == LabelStrength.None && text[start..end] is "phrase" or "Phrase" && HasWordBefore(text, start, out var kind))
        {
            return Label.Of(text[kind..end]);
        }

        if (label.Strength is LabelStrength.Weak or LabelStrength.Secret or LabelStrength.Password && HasWordBefore(text, start, out var wider))
        {
            return Label.Of(text[wider..end]);
        }

        return label;
    }

    /// <summary>Moves from a length to the name before it, as PHP writes them: <c>"db_password";s:12:"…"</c>.</summary>
    public static void MoveToSerializedName(ReadOnlySpan<char> text, ref int start, ref int end)
    {
        if (start < 8 || text[(start - 3)..start] is not ";s:" || CharSet.Digits.CountAtStart(text[start..end]) < end - start)
        {
            return;
        }

        var nameEnd = start - 3;
        while (nameEnd > start - 6 && text[nameEnd - 1] is '"' or '\\')
        {
            nameEnd--;
        }

        var nameStart = WordStart(text, nameEnd);
        if (nameEnd < start - 3 && nameStart < nameEnd)
        {
            (start, end) = (nameStart, nameEnd);
        }
    }

    /// <summary>Says what <c>?key=</c> names: a key that a service asks for.</summary>
    public static Label LabelOfQueryKey(Label label, ReadOnlySpan<char> text, int start, int end, LabelledValue value) =>
        label.Strength == LabelStrength.Weak && start > 0 && text[start - 1] is '?' or '&' && text[start..end] is "key" && value.End - value.Start >= MinQueryKey
            ? label with { Strength = LabelStrength.Secret } : label;

    /// <summary>Says what <c>?code=</c> names: a grant, or the key of a function.</summary>
    public static Label LabelOfQuery(ReadOnlySpan<char> text, int start, int end) =>
        start > 0 && text[start - 1] is '?' or '&' && text[start..end] is "code" ? new Label(LabelStrength.Weak, "token") : Label.None;

    /// <summary>Says what "the password for staging:" names.</summary>
    public static Label LabelBeforeFor(ReadOnlySpan<char> text, int start)
    {
        if (start < 8 || text[start - 1] != ' ')
        {
            return Label.None;
        }

        var wordStart = WordStart(text, start - 1);
        if (wordStart < 2 || text[wordStart..(start - 1)] is not ("for" or "of" or "to" or "on") || text[wordStart - 1] != ' ')
        {
            return Label.None;
        }

        var nameStart = WordStart(text, wordStart - 1);
        var label = Label.Of(text[nameStart..(wordStart - 1)]);
        return label.Strength == LabelStrength.Password && wordStart - 1 - nameStart >= 6 ? label : Label.None;
    }

    /// <summary>Says what a block names that a default stands in: <c>variable "db_password" { default = …</c>, <c>"DbPassword": { "Default": …</c>, in YAML by its indent.</summary>
    public static Label LabelOfBlock(ReadOnlySpan<char> text, int start)
    {
        var before = text[Math.Max(0, start - MaxBlock)..start];
        var open = Math.Max(before.LastIndexOf("\" {", StringComparison.Ordinal), before.LastIndexOf("\": {", StringComparison.Ordinal));
        var quote = open < 0 ? -1 : before[..open].LastIndexOf('"');
        return Label.Of(quote < 0 ? NameAbove(before) : before[(quote + 1)..open]);
    }

    // The nearest line above that is less indented and has nothing but a name.
    private static ReadOnlySpan<char> NameAbove(ReadOnlySpan<char> before)
    {
        var lineEnd = before.LastIndexOf('\n');
        var indent = before.Length - lineEnd - 1;
        while (lineEnd > 0 && before[^indent..].IndexOfAnyExcept(' ') < 0)
        {
            var lineStart = before[..lineEnd].LastIndexOf('\n') + 1;
            var line = before[lineStart..lineEnd];
            var text = line.TrimStart(' ');
            if (line.Length - text.Length < indent && !text.IsWhiteSpace())
            {
                text = text.TrimEnd();
                return (lineStart > 0 || before.Length < MaxBlock) && text[^1] == ':' ? text[..^1] : [];
            }

            lineEnd = lineStart - 1;
        }

        return [];
    }

    /// <summary>Finds the value that is assigned to the last of several names: <c>user, password = "ann", "X"</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the last name begins.</param>
    /// <param name="first">The first of the values.</param>
    /// <returns>The value of the same rank; the first one where there is none.</returns>
    public static LabelledValue OfSameRank(ReadOnlySpan<char> text, int start, LabelledValue first)
    {
        var value = first;
        while (value.IsQuoted && start > 2 && text[start - 1] == ' ' && text[start - 2] == ',' && WordStart(text, start - 2) is var before && before < start - 2)
        {
            start = before;
            if (value.End + 2 >= text.Length || text[value.End + 1] != ',' || !LabelledValue.TryRead(text, value.End + 2, ValueStyle.Code, out value))
            {
                return first;
            }
        }

        return value.IsQuoted ? value : first;
    }

    /// <summary>Finds the line end that follows a separator at once, or but for spaces; -1: something else follows.</summary>
    public static int LineEndAfter(ReadOnlySpan<char> text, int separator)
    {
        var at = separator + 1;
        while (at < text.Length && text[at] is ' ' or '*')
        {
            at++;
        }

        return at < text.Length && text[at] is '\r' or '\n' ? at : -1;
    }

    private static Label BeforeType(ReadOnlySpan<char> text, int start, int end)
    {
        // Within the name itself: tokenString.
        var name = text[start..end];
        var cut = name.Length;
        while (cut > 0 && char.IsAsciiLetterLower(name[cut - 1]))
        {
            cut--;
        }

        if (cut > 1 && char.IsAsciiLetterUpper(name[cut - 1]))
        {
            return Label.Of(name[..(cut - 1)]);
        }

        // Before it: var token string =, let token: &str =
        var at = start - 1;
        var limit = Math.Max(0, start - 4);
        while (at >= limit && text[at] is ' ' or ':' or '&' or '*' or '?')
        {
            at--;
        }

        var label = Label.Of(text[WordStart(text, at + 1)..(at + 1)]);
        return label.Strength >= LabelStrength.Value ? Label.None : label;
    }

    private static bool HasWordBefore(ReadOnlySpan<char> text, int start, out int wider)
    {
        wider = start;
        for (var words = 0; words < 2 && wider > 1 && text[wider - 1] is ' ' && char.IsAsciiLetterOrDigit(text[wider - 2]); words++)
        {
            wider = WordStart(text, wider - 1);
        }

        return wider < start;
    }

    private static int WordStart(ReadOnlySpan<char> text, int end)
    {
        var start = end;
        var limit = Math.Max(0, end - MaxNameLength);
        while (start > limit && CharSet.Name.Contains(text[start - 1]))
        {
            start--;
        }

        return start;
    }
}
