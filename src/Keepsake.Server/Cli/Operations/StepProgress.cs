using System.Globalization;

namespace Keepsake.Server.Cli.Operations;

/// <summary>Shows a person on standard error how far an operation is, on one line. Nothing where nobody looks.</summary>
internal sealed class StepProgress(Terminal terminal) : IProgress<OperationProgress>, IDisposable
{
    private readonly Lock _lock = new();
    private string _shown = "";
    private bool _isOver;

    public void Report(OperationProgress value)
    {
        var line = value.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $"{value.Step} {share:P0}") : $"{value.Step} …";
        lock (_lock)
        {
            if (terminal.IsErrorPerson && !_isOver && line != _shown)
            {
                _shown = line;
                terminal.Error.Write($"\r{line}\u001b[K");
                terminal.Error.Flush();
            }
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            if (_shown.Length > 0)
            {
                terminal.Error.Write("\r\u001b[K");
                terminal.Error.Flush();
            }
        }
    }
}
