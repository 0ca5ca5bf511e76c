using System.Diagnostics;

namespace Keepsake.Tests.Durability;

/// <summary>A process of ours that a test starts, reads and kills.</summary>
internal sealed class KilledProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Task _reading;
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];

    private KilledProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        Errors = _process.StandardError.ReadToEndAsync();
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Gets the path of the program itself.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Keepsake.Server");

    public Task<string> Errors { get; }

    public StreamWriter Input => _process.StandardInput;

    /// <summary>Gets what it has said so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Starts a writer of <see cref="DurableWriter"/>.</summary>
    public static KilledProcess Writer(string folder, int round, string? failPoint = null) => OfTests(DurableWriter.Verb, folder, round, failPoint);

    /// <summary>Starts a process of <see cref="KeyRotator"/>.</summary>
    public static KilledProcess Rotator(string folder, int round, string? failPoint = null) => OfTests(KeyRotator.Verb, folder, round, failPoint);

    /// <summary>Starts a process of <see cref="IndexWriter"/>.</summary>
    public static KilledProcess Indexer(string folder, int round, string? failPoint = null) => OfTests(IndexWriter.Verb, folder, round, failPoint);

    /// <summary>Starts the program itself.</summary>
    public static KilledProcess Keepsake(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program, arguments);
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new(start);
    }

    /// <summary>Starts any process.</summary>
    public static KilledProcess Of(ProcessStartInfo start) => new(start);

    // The program that the tests are in, told to write rather than to test.
    private static KilledProcess OfTests(string verb, string folder, int round, string? failPoint)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Keepsake.Tests"), [verb, folder, $"{round}"]);
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment[FailPoint.Variable] = failPoint ?? "";
        return new(start);
    }

    /// <summary>Waits until it has said so many lines, or has ended.</summary>
    public async Task SaidAsync(int lines)
    {
        Task reached;
        lock (_lock)
        {
            if (_lines.Count >= lines)
            {
                return;
            }

            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((lines, source));
            reached = source.Task;
        }

        await Task.WhenAny(reached, _reading);
    }

    /// <summary>Kills it, as the kernel does, and waits until it is gone and everything that it said has arrived.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return EndedAsync();
    }

    /// <summary>Asks it to end, as a terminal or a service manager does.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", $"{_process.Id}"]).WaitForExit();

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndedAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _lines.Add(line);
                foreach (var (_, reached) in _awaited.Where(awaited => awaited.Count <= _lines.Count))
                {
                    reached.TrySetResult();
                }

                _awaited.RemoveAll(awaited => awaited.Count <= _lines.Count);
            }
        }
    }
}
