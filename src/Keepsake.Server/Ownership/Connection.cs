namespace Keepsake.Server.Ownership;

/// <summary>One way to the data: as its owner, or through the owner. It ends when the owner does, or makes way.</summary>
/// <param name="stores">The stores.</param>
/// <param name="isOwner">Whether this process owns the data folder.</param>
/// <param name="close">Lets go of what the connection holds.</param>
internal sealed class Connection(IMemoryStores stores, bool isOwner, Func<ValueTask> close)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private bool _retired;

    public IMemoryStores Stores => stores;

    public bool IsOwner => isOwner;

    /// <summary>Begins a call, unless the connection has been retired.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_retired)
            {
                return false;
            }

            _calls++;
            return true;
        }
    }

    /// <summary>Ends a call.</summary>
    public void Exit()
    {
        lock (_lock)
        {
            if (--_calls == 0 && _retired)
            {
                _idle.TrySetResult();
            }
        }
    }

    /// <summary>Takes no new calls, waits for those under way, and lets go. Only the first time.</summary>
    public async ValueTask RetireAsync()
    {
        lock (_lock)
        {
            if (_retired)
            {
                return;
            }

            _retired = true;
            if (_calls == 0)
            {
                _idle.TrySetResult();
            }
        }

        await _idle.Task;
        await close();
    }
}
