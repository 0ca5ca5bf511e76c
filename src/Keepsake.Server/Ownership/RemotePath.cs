using System.Globalization;
using System.Text;

namespace Keepsake.Server.Ownership;

/// <summary>Builds the path and query of a request to the owner: every text escaped, nothing left out silently.</summary>
internal sealed class RemotePath
{
    private readonly StringBuilder _text = new();
    private char _separator = '?';

    private RemotePath()
    {
    }

    /// <summary>Begins a path of fixed parts and texts in turn: <c>Of("/v1/records/", id, "/restore")</c>.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: a text cannot be an id.</exception>
    public static RemotePath Of(params ReadOnlySpan<string> parts)
    {
        var path = new RemotePath();
        for (var i = 0; i < parts.Length; i++)
        {
            path._text.Append(i % 2 == 0 ? parts[i] : Escape(parts[i], isSegment: true));
        }

        return path;
    }

    public RemotePath With(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_separator).Append(name).Append('=').Append(Escape(value, isSegment: false));
            _separator = '&';
        }

        return this;
    }

    public RemotePath With(string name, int value) => With(name, value.ToString(CultureInfo.InvariantCulture));

    public RemotePath With(string name, bool value) => value ? With(name, "true") : this;

    public static implicit operator string(RemotePath path) => path._text.ToString();

    public override string ToString() => this;

    private static string Escape(string text, bool isSegment)
    {
        if (isSegment && text is "" or "." or "..")
        {
            throw MemoryException.Invalid("An id or key is empty, '.' or '..'. Use letters and digits.");
        }

        // EscapeDataString would replace half a surrogate pair by another character, and so change who is meant.
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar && !text.Contains('\uFFFD', StringComparison.Ordinal))
            {
                throw MemoryException.Invalid(Http.JsonFaults.LoneSurrogate);
            }
        }

        return Uri.EscapeDataString(text);
    }
}
