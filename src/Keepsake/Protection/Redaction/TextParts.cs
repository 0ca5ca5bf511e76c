using System.Text;

namespace Keepsake.Protection.Redaction;

/// <summary>Reads a text of any length in parts that end at line ends, so that a file larger than memory passes through.</summary>
/// <remarks>
/// What is no UTF-8 is read as Latin-1, byte by byte, so that it comes out as it went in. A part does not end inside a key of several
/// lines, unless that is longer than <see cref="MaxKeyLength"/>.
/// </remarks>
/// <param name="input">The text.</param>
internal sealed class TextParts(Stream input)
{
    /// <summary>About how long a part is, in bytes.</summary>
    public const int PartLength = 1 << 20;

    private const int MaxKeyLength = 16 * 1024;

    // A line without end is cut here.
    private const int MaxPartLength = 4 * PartLength;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] _buffer = new byte[PartLength + MaxKeyLength];
    private int _length;
    private bool _ended;

    /// <summary>Gets how the last part is written back.</summary>
    public Encoding Encoding { get; private set; } = Strict;

    /// <summary>Reads the next part; <see langword="null"/> at the end.</summary>
    public async Task<string?> NextAsync(CancellationToken cancellationToken)
    {
        await FillAsync(cancellationToken);
        var end = _ended ? _length : LineEnd(_buffer.AsSpan(0, _length));
        while (end == 0 && !_ended && _buffer.Length < MaxPartLength)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
            await FillAsync(cancellationToken);
            end = _ended ? _length : LineEnd(_buffer.AsSpan(0, _length));
        }

        end = end == 0 ? _length : end;
        if (end == 0)
        {
            return null;
        }

        var part = Decode(_buffer.AsSpan(0, end));
        _buffer.AsSpan(end, _length - end).CopyTo(_buffer);
        _length -= end;
        return part;
    }

    /// <summary>Where a part of a text may end: the last line end that is not inside a key of several lines; 0 where there is none.</summary>
    public static int LineEnd(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.LastIndexOf((byte)'\n') + 1;
        var tail = Math.Max(0, end - MaxKeyLength);
        var opening = bytes[tail..end].LastIndexOf("-----BEGIN "u8);
        if (opening < 0 || bytes[(tail + opening)..end].IndexOf("-----END "u8) >= 0)
        {
            return end;
        }

        var line = bytes[..(tail + opening)].LastIndexOf((byte)'\n') + 1;
        return line > 0 ? line : end;
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        while (!_ended && _length < _buffer.Length)
        {
            // A read of a pipe cannot be called back, so Ctrl-C stops the waiting rather than the reading.
            var read = await input.ReadAsync(_buffer.AsMemory(_length), cancellationToken).AsTask().WaitAsync(cancellationToken);
            _ended = read == 0;
            _length += read;
        }
    }

    private string Decode(ReadOnlySpan<byte> bytes)
    {
        Encoding = System.Text.Unicode.Utf8.IsValid(bytes) ? Strict : Encoding.Latin1;
        return Encoding.GetString(bytes);
    }
}
