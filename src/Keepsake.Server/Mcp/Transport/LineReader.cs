namespace Keepsake.Server.Mcp.Transport;

/// <summary>Reads lines of bounded length from a stream. What is too long is skipped to its end without being kept.</summary>
/// <param name="stream">The stream.</param>
internal sealed class LineReader(Stream stream)
{
    /// <summary>Longest line, in bytes.</summary>
    public const int MaxLineBytes = 8 << 20;

    private const int InitialBufferBytes = 16 << 10;

    private byte[] _buffer = new byte[InitialBufferBytes];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Reads the next line. Its bytes are good until the next call.</summary>
    /// <returns>The line without its end, or <see langword="null"/> at the end of the stream. An unfinished last line counts.</returns>
    public async ValueTask<Line?> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var newline = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = _buffer.AsMemory(_start, searched + newline);
                _start += line.Length + 1;
                return new(line, IsTooLong: line.Length > MaxLineBytes);
            }

            searched = _end - _start;
            if (searched > MaxLineBytes)
            {
                return new(await SkipLineAsync(cancellationToken), IsTooLong: true);
            }

            if (_ended)
            {
                var rest = _buffer.AsMemory(_start, searched);
                _start = _end;
                return rest.IsEmpty ? null : new(rest, IsTooLong: false);
            }

            await FillAsync(cancellationToken);
        }
    }

    /// <summary>Passes over the rest of a line, keeping how it starts.</summary>
    private async ValueTask<Memory<byte>> SkipLineAsync(CancellationToken cancellationToken)
    {
        var start = _buffer.AsMemory(_start, InitialBufferBytes).ToArray();
        _buffer = new byte[InitialBufferBytes];
        (_start, _end) = (0, 0);
        while (!_ended)
        {
            await FillAsync(cancellationToken);
            var newline = _buffer.AsSpan(0, _end).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                _start = newline + 1;
                break;
            }

            _end = 0;
        }

        return start;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        // A console's stream does not hear of cancellation while it waits, so the wait is left, not the read.
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).AsTask().WaitAsync(cancellationToken);
        _end += read;
        _ended = read == 0;
    }
}

/// <summary>One line.</summary>
/// <param name="Bytes">Its bytes without the line end; only how it starts when it is too long.</param>
/// <param name="IsTooLong">Whether it was longer than <see cref="LineReader.MaxLineBytes"/>.</param>
internal readonly record struct Line(ReadOnlyMemory<byte> Bytes, bool IsTooLong);
