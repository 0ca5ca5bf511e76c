using Keepsake.Protection.Redaction;
using Keepsake.Serialization;

namespace Keepsake.Operations;

/// <summary>Lines on end that are no records or events, redacted together: a key of several lines is no secret line by line.</summary>
/// <param name="redactor">Today's rules.</param>
internal sealed class TextRun(Redactor redactor)
{
    private byte[] _buffer = new byte[1 << 16];
    private int _length;
    private long _firstLine;

    /// <summary>Gets whether enough is gathered for a part of it to be taken.</summary>
    public bool IsFull => _length >= TextParts.PartLength;

    /// <summary>Adds a line.</summary>
    /// <param name="line">The line with its end, UTF-8.</param>
    /// <param name="number">Its number from 1.</param>
    public void Add(ReadOnlySpan<byte> line, long number)
    {
        if (_length == 0)
        {
            _firstLine = number;
        }

        if (_buffer.Length - _length < line.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + line.Length));
        }

        line.CopyTo(_buffer.AsSpan(_length));
        _length += line.Length;
    }

    /// <summary>Takes what is gathered, without its secrets; byte for byte where there are none.</summary>
    /// <param name="isEnd">Whether the run ends here; else what may be the beginning of a key stays.</param>
    /// <param name="found">Told what a line holds, with its number: of a secret over several lines, the first.</param>
    public ReadOnlyMemory<byte> Take(bool isEnd, Action<long, IReadOnlyList<ScanFinding>> found)
    {
        var end = isEnd ? _length : TextParts.LineEnd(_buffer.AsSpan(0, _length));
        if (end == 0)
        {
            return default;
        }

        var bytes = _buffer.AsSpan(0, end).ToArray();
        _length -= end;
        _buffer.AsSpan(end, _length).CopyTo(_buffer);

        var text = KeepsakeJson.Utf8.GetString(bytes);
        var redacted = redactor.Redact(text);
        foreach (var ofLine in Lines(text, redacted.Redactions).GroupBy(place => place.Line, place => place.Kind))
        {
            found(ofLine.Key, [.. ofLine.GroupBy(kind => kind, StringComparer.Ordinal).Select(ofKind => new ScanFinding
            {
                Kind = ofKind.Key,
                Count = ofKind.Count(),
                Type = "line",
                Field = "text",
                Stays = redactor.Flags(ofKind.Key),
            })]);
        }

        _firstLine += bytes.AsSpan().Count((byte)'\n');
        return redacted.Redactions.Count == 0 ? bytes : KeepsakeJson.Utf8.GetBytes(redacted.Text);
    }

    private List<(long Line, string Kind)> Lines(string text, IReadOnlyList<Redaction> redactions)
    {
        List<(long, string)> lines = new(redactions.Count);
        var (line, at) = (_firstLine, 0);
        foreach (var redaction in redactions.OrderBy(redaction => redaction.InputStart))
        {
            line += text.AsSpan(at, redaction.InputStart - at).Count('\n');
            at = redaction.InputStart;
            lines.Add((line, redaction.Kind));
        }

        return lines;
    }
}
