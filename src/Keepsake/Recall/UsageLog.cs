using Keepsake.Engines;

namespace Keepsake.Recall;

/// <summary>Notes which records were recalled, and writes that down some seconds later.</summary>
/// <param name="engine">Where it is written.</param>
/// <param name="time">Dates it.</param>
internal sealed class UsageLog(IMemoryEngine engine, TimeProvider time)
{
    /// <summary>Most records that wait to be written down; later ones are dropped until there is room.</summary>
    public const int MaxWaiting = 10_000;

    // What is written beside it waits for some of them, never for all.
    private const int AtOnce = 50;

    private readonly Lock _lock = new();
    private HashSet<string> _waiting = new(StringComparer.Ordinal);

    public void Note(IEnumerable<string> ids)
    {
        lock (_lock)
        {
            foreach (var id in ids)
            {
                if (_waiting.Count < MaxWaiting)
                {
                    _waiting.Add(id);
                }
            }
        }
    }

    /// <summary>Drops what waits.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _waiting = new(StringComparer.Ordinal);
        }
    }

    /// <summary>Writes down what waits.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        HashSet<string> waiting;
        lock (_lock)
        {
            waiting = _waiting;
            _waiting = new(StringComparer.Ordinal);
        }

        foreach (var some in waiting.Chunk(Math.Min(AtOnce, engine.Capabilities.MaxBatchSize)))
        {
            await engine.MarkRecalledAsync(some, time.GetUtcNow(), cancellationToken);
        }
    }
}
