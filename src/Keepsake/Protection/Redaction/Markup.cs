namespace Keepsake.Protection.Redaction;

/// <summary>Says what the elements and attributes of XML and HTML are called.</summary>
internal static class Markup
{
    private const int MaxLookBack = 160;
    private const int MaxTag = 256;
    private const string CloseOfKey = "</key>";

    /// <summary>Says what stands after a tag: by its name, by an attribute, or by the element around it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the tag's name begins.</param>
    /// <param name="end">The tag's closing bracket.</param>
    /// <param name="isCaption">Whether it may be what an app shows, such as <c>&lt;string name="password"&gt;</c>.</param>
    public static Label LabelOfTag(ReadOnlySpan<char> text, int start, int end, out bool isCaption)
    {
        var tag = text[start..end];
        var length = tag.IndexOf(' ');
        var name = length < 0 ? tag : tag[..length];
        var label = Label.Of(name);
        isCaption = label.Strength == LabelStrength.Type && length > 0;
        if (label is { Strength: LabelStrength.Weak, Kind: "password" } && name is "Pass" or "pass")
        {
            // In FileZilla's files, and nothing else is called so.
            return label with { Strength = LabelStrength.Password };
        }

        if (length > 0 && tag[^1] is '"' or '\'' && (label.Strength == LabelStrength.None || isCaption))
        {
            // <entry key="db.password">, but not <input type="password">
            var quoted = tag[length..^1];
            var quote = quoted.LastIndexOfAny('"', '\'');
            return quote > 0 && quoted[..quote].EndsWith("type=", StringComparison.Ordinal) ? label : Label.Of(quoted[(quote + 1)..]);
        }

        return label.Strength switch
        {
            LabelStrength.Type => LabelOfKeyBefore(text, start - 1),
            LabelStrength.Value when length < 0 => LabelOfParent(text, start - 1),
            _ => label,
        };
    }

    /// <summary>Says what an element is called whose first attribute begins at a place: <c>&lt;Password value="…"</c>.</summary>
    public static Label LabelOfElement(ReadOnlySpan<char> text, int start)
    {
        var name = start < 2 || text[start - 1] != ' ' ? 0 : start - 1 - CharSet.Name.CountAtEnd(text[Math.Max(0, start - 1 - MaxLookBack)..(start - 1)]);
        var label = name > 0 && text[name - 1] == '<' ? Label.Of(text[name..(start - 1)]) : Label.None;
        return label.Strength is LabelStrength.Password or LabelStrength.Secret ? label : Label.None;
    }

    /// <summary>Tells whether an attribute is that of a field for a password: <c>&lt;input type="password" value="…"&gt;</c>, in any order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the attribute's name begins.</param>
    public static bool IsPasswordInput(ReadOnlySpan<char> text, int start)
    {
        const string Type = "type=";
        var from = Math.Max(0, start - MaxTag);
        var open = text[from..start].LastIndexOfAny('<', '>');
        if (open < 0 || !text[(from + open)..].StartsWith("<input ", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var tag = text[(from + open)..Math.Min(text.Length, start + MaxTag)];
        var close = tag.IndexOf('>');
        tag = close < 0 ? tag : tag[..close];
        var type = tag.IndexOf(Type, StringComparison.OrdinalIgnoreCase);
        return type > 0 && tag[(type + Type.Length)..].TrimStart("\"'").StartsWith("password", StringComparison.OrdinalIgnoreCase);
    }

    // <key>password</key><string>…, as in a property list.
    private static Label LabelOfKeyBefore(ReadOnlySpan<char> text, int open)
    {
        var before = text[Math.Max(0, open - MaxLookBack)..open].TrimEnd();
        var start = before.EndsWith(CloseOfKey, StringComparison.Ordinal) ? before[..^1].LastIndexOf('>') : -1;
        return start < 0 ? Label.None : Label.Of(before[(start + 1)..^CloseOfKey.Length]);
    }

    // <AdministratorPassword><Value>…, as in an answer file of Windows.
    private static Label LabelOfParent(ReadOnlySpan<char> text, int open)
    {
        var before = text[Math.Max(0, open - MaxLookBack)..open].TrimEnd();
        if (before.IsEmpty || before[^1] != '>')
        {
            return Label.None;
        }

        var name = before[(before.LastIndexOf('<') + 1)..^1];
        var label = CharSet.Name.CountAtStart(name) == name.Length ? Label.Of(name) : Label.None;
        return label.Strength switch
        {
            LabelStrength.Password => label with { Strength = LabelStrength.CertainPassword },
            LabelStrength.Secret => label,
            _ => Label.None,
        };
    }
}
