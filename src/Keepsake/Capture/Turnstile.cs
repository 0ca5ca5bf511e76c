namespace Keepsake.Capture;

/// <summary>Lets calls through one after another, in the order in which they came, however long each takes to get here.</summary>
/// <remarks>Where one does not get through, those that came while it was on its way do not either: what they bring would stand before what it brought.</remarks>
internal sealed class Turnstile
{
    private readonly Lock _lock = new();
    private Task<bool> _last = Task.FromResult(true);

    /// <summary>Takes a place in the order. Whoever takes one must end it, or nobody after gets through.</summary>
    public Turn Enter()
    {
        lock (_lock)
        {
            var turn = new Turn(_last.IsCompleted ? Task.FromResult(true) : _last);
            _last = turn.Ended;
            return turn;
        }
    }

    /// <summary>A place in the order.</summary>
    /// <param name="before">Ends when it is this one's turn, with whether all before got through.</param>
    public sealed class Turn(Task<bool> before) : IDisposable
    {
        private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when the next one's turn begins.</summary>
        public Task<bool> Ended => _ended.Task;

        /// <summary>Waits for those before.</summary>
        /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: one of them did not get through.</exception>
        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            if (!await before.WaitAsync(cancellationToken))
            {
                throw new MemoryException(MemoryErrorCode.Unavailable, "A part before this one was not taken in. Go on from there.");
            }
        }

        /// <summary>Got through: lets the next one through.</summary>
        public void Complete() => _ended.TrySetResult(true);

        /// <summary>Did not get through, unless <see cref="Complete"/> was called.</summary>
        public void Dispose()
        {
            if (before.IsCompleted)
            {
                _ended.TrySetResult(false);
            }
            else
            {
                before.ContinueWith(_ => _ended.TrySetResult(false), TaskScheduler.Default);
            }
        }
    }
}
