using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Keepsake.Recall;

/// <summary>A thread that gives way to those that answer, for bulk work while searches are answered.</summary>
/// <remarks>
/// Where more threads have work than there are processors, a system of equals lets each run for some milliseconds in turn, several times as long as
/// a search takes. So bulk work has a priority of its own: it takes what searches leave, at once, and nearly all of it.
/// One for all stores, because the processors are.
/// </remarks>
internal sealed partial class YieldingThread : TaskScheduler
{
    // Linux: then it weighs about a tenth of the others. That is of the thread that asks alone, and cannot be taken back.
    private const int Nicer = 10;

    private readonly BlockingCollection<Task> _queue = [];
    private readonly Thread _thread;
    private bool _isStarted;

    private YieldingThread(string name) => _thread = new(Work) { IsBackground = true, Name = name };

    /// <summary>Prepares what is imported and indexes it.</summary>
    public static YieldingThread Imports { get; } = new("Keepsake imports");

    /// <summary>Merges segments. Apart, because the thread that indexes waits for merges when there are too many segments.</summary>
    public static YieldingThread Merges { get; } = new("Keepsake merges");

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Does work here while searches are answered, and otherwise on the thread pool.</summary>
    public Task Run(Action work) => SearchTraffic.IsFlowing ? Task.Factory.StartNew(work, default, TaskCreationOptions.None, this) : Task.Run(work);

    /// <summary>Does work here while searches are answered, after each wait too, and otherwise where it is called.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) =>
        SearchTraffic.IsFlowing ? Task.Factory.StartNew(work, default, TaskCreationOptions.None, this).Unwrap() : work();

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        _queue.Add(task);
        if (!Interlocked.Exchange(ref _isStarted, true))
        {
            _thread.Start();
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => Thread.CurrentThread == _thread && TryExecuteTask(task);

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => _queue;

    private void Work()
    {
        GiveWay();
        foreach (var task in _queue.GetConsumingEnumerable())
        {
            TryExecuteTask(task);
        }
    }

    private static void GiveWay()
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        if (OperatingSystem.IsLinux())
        {
            // .NET gives no thread a priority there. Where it is refused, the thread is as the others are.
            _ = Nice(Nicer);
        }
    }

    [LibraryImport("libc", EntryPoint = "nice")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Nice(int more);
}
