using System.Globalization;

namespace Keepsake.Server.Cli;

/// <summary>One line on standard error that shows a person how far something is. Nothing where nobody looks.</summary>
internal sealed class ProgressLine : IDisposable
{
    private const int BarWidth = 24;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Terminal _terminal;
    private readonly TimeProvider _time;
    private readonly string _title;
    private readonly string _unit;
    private readonly long _startedAt;
    private long _drawnAt;
    private bool _isDrawn;

    /// <summary>Starts to measure.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    public ProgressLine(Terminal terminal, TimeProvider time, string title, string unit)
    {
        _terminal = terminal;
        _time = time;
        _title = title;
        _unit = unit;
        _startedAt = _drawnAt = time.GetTimestamp();
    }

    /// <summary>Shows how far it is, ten times a second at most.</summary>
    /// <param name="count">How many were done since the start.</param>
    /// <param name="share">Which part of the whole is done, 0 to 1; <see langword="null"/>: not known.</param>
    public void Report(long count, double? share)
    {
        if (!_terminal.IsErrorPerson || _time.GetElapsedTime(_drawnAt) < Interval)
        {
            return;
        }

        _drawnAt = _time.GetTimestamp();
        _isDrawn = true;
        var line = Line(count, share, _time.GetElapsedTime(_startedAt));
        // The escape sequence clears what a longer line before this one left.
        _terminal.Error.Write($"\r{(line.Length < _terminal.Width ? line : line[..(_terminal.Width - 1)])}\u001b[K");
        _terminal.Error.Flush();
    }

    /// <summary>Takes the line away, so that another can be written.</summary>
    public void Clear()
    {
        if (_isDrawn)
        {
            _terminal.Error.Write("\r\u001b[K");
            _terminal.Error.Flush();
            _isDrawn = false;
        }
    }

    public void Dispose() => Clear();

    private string Line(long count, double? share, TimeSpan elapsed)
    {
        var rate = count / Math.Max(elapsed.TotalSeconds, 0.001);
        var counted = string.Create(CultureInfo.InvariantCulture, $"{count:N0} {_unit}, {rate:N0}/s");
        if (share is not { } done)
        {
            return $"{_title} {counted}";
        }

        done = Math.Clamp(done, 0, 1);
        var filled = (int)(done * BarWidth);
        var left = done > 0 ? TimeSpan.FromSeconds(elapsed.TotalSeconds / done * (1 - done)) : TimeSpan.Zero;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_title} {new string('█', filled)}{new string('░', BarWidth - filled)} {done:P0}  {counted}, {left:h\\:mm\\:ss} left");
    }
}
