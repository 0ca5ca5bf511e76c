namespace Keepsake.Protection.Redaction;

/// <summary>Reads the values of a Kubernetes manifest of kind Secret: under <c>data</c> each one is a secret, whatever it looks like.</summary>
internal struct KubernetesManifest
{
    private const int MaxManifestLength = 16_384;
    private const int MinValueLength = 10;

    private int _start;
    private int _end;
    private bool _isSecret;

    /// <summary>Tells whether a name opens the data of a Secret.</summary>
    public bool IsSecretData(ReadOnlySpan<char> text, int start, int end)
    {
        if (text[start..end] is not ("data" or "stringData") || !EndsLine(text, end + 1))
        {
            return false;
        }

        // Read each manifest once, however often it says data.
        if (start < _start || end > _end)
        {
            var from = Math.Max(0, start - MaxManifestLength);
            var before = text[from..start].LastIndexOf("\n---", StringComparison.Ordinal);
            _start = before < 0 ? from : from + before;
            var until = Math.Min(text.Length, end + MaxManifestLength);
            var after = text[end..until].IndexOf("\n---", StringComparison.Ordinal);
            _end = after < 0 ? until : end + after;
            _isSecret = SaysSecret(text[_start.._end]);
        }

        return _isSecret;
    }

    /// <summary>Reads the values in the block that begins after a place.</summary>
    public static List<Hit> ValuesFrom(ReadOnlySpan<char> text, int from)
    {
        var hits = new List<Hit>();
        var line = NextLine(text, from);
        var depth = Depth(text, line);
        while (line < text.Length && depth > 0 && Depth(text, line) is var indent && (indent >= depth || IsBlank(text, line)))
        {
            var end = NextLine(text, line);
            var content = text[(line + indent)..end].TrimEnd();
            var colon = content.IndexOf(": ");
            if (!content.StartsWith("#", StringComparison.Ordinal))
            {
                // Deeper lines are a block's: key: | and then the value.
                var start = indent > depth ? 0 : colon < 0 ? content.Length : colon + 2;
                AddValue(text, hits, line + indent + start, line + indent + content.Length);
            }

            line = end;
        }

        return hits;
    }

    private static void AddValue(ReadOnlySpan<char> text, List<Hit> hits, int start, int end)
    {
        while (start < end && text[start] is ' ' or '"' or '\'')
        {
            start++;
        }

        while (end > start && text[end - 1] is ' ' or '"' or '\'')
        {
            end--;
        }

        var value = text[start..end];
        if (value.Length >= MinValueLength && !value.Contains("{{", StringComparison.Ordinal) && !value.Contains("${", StringComparison.Ordinal)
            && !value.Contains(' ') && !Markers.BeginIn(text, start, end))
        {
            hits.Add(new Hit(start, end, "kubernetes-secret"));
        }
    }

    private static bool SaysSecret(ReadOnlySpan<char> manifest)
    {
        var at = manifest.IndexOf("kind:", StringComparison.Ordinal);
        while (at >= 0)
        {
            var value = manifest[(at + 5)..];
            var end = value.IndexOf('\n');
            var kind = (end < 0 ? value : value[..end]).Trim().Trim("\"'");
            if (kind.Equals("secret", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            var next = value.IndexOf("kind:", StringComparison.Ordinal);
            at = next < 0 ? -1 : at + 5 + next;
        }

        return false;
    }

    private static bool EndsLine(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\r')
        {
            at++;
        }

        return at < text.Length && text[at] == '\n';
    }

    private static int NextLine(ReadOnlySpan<char> text, int at)
    {
        var length = text[at..].IndexOf('\n');
        return length < 0 ? text.Length : at + length + 1;
    }

    private static int Depth(ReadOnlySpan<char> text, int line)
    {
        var at = line;
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }

        return at - line;
    }

    private static bool IsBlank(ReadOnlySpan<char> text, int line) => line < text.Length && text[line..NextLine(text, line)].IsWhiteSpace();
}
