namespace Keepsake.Capture;

/// <summary>Lets calls through one after another, in the order in which they came, however long each takes to get here.</summary>
internal sealed class Turnstile
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Takes a place in the order. Whoever takes one must end it, or nobody after gets through.</summary>
    public Turn Enter()
    {
        lock (_lock)
        {
            var turn = new Turn(_last);
            _last = turn.Ended;
            return turn;
        }
    }

    /// <summary>A place in the order.</summary>
    /// <param name="before">Ends when it is this one's turn.</param>
    public sealed class Turn(Task before) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when the next one's turn begins.</summary>
        public Task Ended => _ended.Task;

        /// <summary>Waits for those before.</summary>
        public Task WaitAsync(CancellationToken cancellationToken) => before.WaitAsync(cancellationToken);

        /// <summary>Lets the next one through, but not before those before this one are.</summary>
        public void Dispose()
        {
            if (before.IsCompleted)
            {
                _ended.TrySetResult();
            }
            else
            {
                before.ContinueWith(_ => _ended.TrySetResult(), TaskScheduler.Default);
            }
        }
    }
}
