namespace Keepsake.Protection.Redaction;

/// <summary>Reads the passwords of <c>INSERT INTO users (name, password) VALUES ('ann', 'X')</c>: the column says what a value is.</summary>
internal static class InsertStatements
{
    private const int MaxColumns = 320;
    private const int MaxRows = 512;
    private const int MaxValue = 128;

    /// <summary>Reads the rows behind the word <c>VALUES</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="word">Where the word begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="formats">The formats: the walk goes on behind the last password, so what other columns hold is looked for here.</param>
    /// <param name="hits">Takes the passwords.</param>
    /// <param name="next">Where the last of them ends.</param>
    /// <returns>Whether there are any.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, int word, int end, FormatIndex formats, ref List<Hit>? hits, out int next)
    {
        next = end;
        var column = PasswordColumn(text[Math.Max(0, word - MaxColumns)..word]);
        if (column < 0)
        {
            return false;
        }

        var limit = Math.Min(text.Length, end + MaxRows);
        var place = -1;
        for (var at = end; at < limit; at++)
        {
            switch (text[at])
            {
                case '(':
                    place = 0;
                    break;
                case ',' when place >= 0:
                    place++;
                    break;
                case ')':
                    place = -1;
                    break;
                case ';':
                    return next > end;
                case '\'' or '"':
                    var length = text[(at + 1)..limit].IndexOf(text[at]);
                    if (length < 0)
                    {
                        return next > end;
                    }

                    if (place == column && length <= MaxValue && Is(text.Slice(at + 1, length)))
                    {
                        AddFormats(text, next, at, formats, ref hits);
                        next = Markers.AddAround(text, new Hit(at + 1, at + 1 + length, "password"), ref hits);
                    }

                    at += length + 1;
                    break;
            }
        }

        return next > end;
    }

    private static void AddFormats(ReadOnlySpan<char> text, int start, int end, FormatIndex formats, ref List<Hit>? hits)
    {
        foreach (var hit in SecretScan.FindKnownFormats(text[start..end], formats) ?? [])
        {
            Markers.AddAround(text, hit with { Start = start + hit.Start, End = start + hit.End }, ref hits);
        }
    }

    // In which column of (…) before the word a password stands; -1: in none.
    private static int PasswordColumn(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd();
        var open = before.IsEmpty || before[^1] != ')' ? -1 : before.LastIndexOf('(');
        if (open < 0)
        {
            return -1;
        }

        var columns = before[(open + 1)..^1];
        var place = 0;
        foreach (var part in columns.Split(','))
        {
            if (Label.Of(columns[part].Trim(" `\"[]\r\n\t")).Strength == LabelStrength.Password)
            {
                return place;
            }

            place++;
        }

        return -1;
    }

    private static bool Is(ReadOnlySpan<char> content) => ChosenPassword.IsGiven(content) || WeakPasswords.IsUsed(content);
}
