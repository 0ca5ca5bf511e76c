using Keepsake.Embedding;
using Keepsake.Engines;
using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>Keeps an index in step with an engine: opens it from its snapshot, catches up, and follows every commit from then on.</summary>
/// <remarks>
/// A write returns when it is in the index, so a search sees every write that was acknowledged before it began. Until the first search
/// nothing is indexed and nothing waits: a process that only writes does not pay for it.
/// </remarks>
internal sealed partial class IndexFeed : IAsyncDisposable
{
    // Changes read at a time while catching up.
    private const int PageSize = 1_000;

    // So many changes at a time are bulk work: worth all processors, or left to those who search.
    private const int MinBulk = 64;

    private readonly IMemoryEngine _engine;
    private readonly Embedder _embedder;
    private readonly IndexSnapshot? _snapshot;
    private readonly EntryReader _entries;
    private readonly RecallIndex _index = new();
    private readonly Lock _lock = new();
    private readonly HashSet<string> _unembedded = new(StringComparer.Ordinal);
    private readonly HashSet<string> _aside = new(StringComparer.Ordinal);
    private Queue<Committed> _waiting = new();
    private bool _isFollowing;
    private bool _isLoaded;
    private bool _isDisposed;
    private Task? _load;
    private Task _work = Task.CompletedTask;
    private long _position;
    private bool _isWorking;

    /// <summary>Begins to listen.</summary>
    /// <param name="engine">What to follow.</param>
    /// <param name="embedder">Whose vectors are taken: those of another model cannot be compared with a question's.</param>
    /// <param name="snapshot">Where the index is kept between processes; <see langword="null"/>: nowhere.</param>
    public IndexFeed(IMemoryEngine engine, Embedder embedder, IndexSnapshot? snapshot = null)
    {
        _engine = engine;
        _embedder = embedder;
        _entries = new(embedder);
        _snapshot = snapshot;
        engine.Observe(Follow);
    }

    /// <summary>Gets how many records and searchable events have no embedding of the present model, as far as is known.</summary>
    public int Unembedded
    {
        get
        {
            lock (_lock)
            {
                return _unembedded.Count;
            }
        }
    }

    /// <summary>Gets whether everything stored is in the index.</summary>
    public bool IsLoaded => _isLoaded;

    /// <summary>The index, once everything stored is in it.</summary>
    public async Task<RecallIndex> LoadedAsync(CancellationToken cancellationToken)
    {
        await StartedLoad().WaitAsync(cancellationToken);
        return _index;
    }

    /// <summary>Takes some ids whose content has no embedding of the present model.</summary>
    public IReadOnlyList<string> TakeUnembedded(int most)
    {
        lock (_lock)
        {
            return [.. _unembedded.Take(most)];
        }
    }

    /// <summary>Leaves ids alone that the engine does not give at the moment, so that they do not stand before the others.</summary>
    public void SetAside(IEnumerable<string> ids)
    {
        lock (_lock)
        {
            foreach (var id in ids)
            {
                if (_unembedded.Remove(id))
                {
                    _aside.Add(id);
                }
            }
        }
    }

    /// <summary>Takes ids back that were left alone.</summary>
    public void TakeBack()
    {
        lock (_lock)
        {
            _unembedded.UnionWith(_aside);
            _aside.Clear();
        }
    }

    /// <summary>Drops what the index holds of a namespace and all under it. What is stored there comes back by <see cref="Put"/>.</summary>
    public async Task DropAsync(MemoryNamespace scope, CancellationToken cancellationToken) =>
        (await LoadedAsync(cancellationToken)).Drop(scope.Path);

    /// <summary>Puts stored items into the index anew.</summary>
    public void Put(IReadOnlyList<MemoryItem> items) =>
        Index([.. items.Select(item => new MemoryChange(item is MemoryRecord record ? record.Id : ((MemoryEvent)item).Id, item))]);

    /// <summary>Throws the index and its snapshot away, and makes the index anew if there was one. Who asks for it meanwhile waits.</summary>
    /// <returns>A task that ends when the old ones are gone.</returns>
    public Task RebuildAsync()
    {
        lock (_lock)
        {
            if (_load is { } before)
            {
                var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _load = Task.Run(() => ReloadAsync(before, gone));
                return gone.Task;
            }
        }

        _snapshot?.Clear();
        return Task.CompletedTask;
    }

    /// <summary>Stops following. The engine may live on, and commits that come later are not taken.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        try
        {
            await (_load ?? Task.CompletedTask);
        }
        catch (Exception e) when (e is MemoryException or OperationCanceledException)
        {
            // Whoever asked for the index was told.
        }

        await _work;
        await _index.SettleAsync();
        await SaveAsync(always: true);
        _index.Dispose();
    }

    // One that failed is tried again by the next search: what was wrong with the disk may be over.
    private Task StartedLoad()
    {
        lock (_lock)
        {
            return _load is null or { IsFaulted: true } ? _load = Task.Run(LoadAsync) : _load;
        }
    }

    private async Task LoadAsync()
    {
        // Without a snapshot from nothing: a load that failed may have left what it had restored.
        var position = Restore(_snapshot is not null && _embedder.Model is { } model ? _snapshot.Load(model) : null);
        position = await CatchUpAsync(position);
        lock (_lock)
        {
            _waiting = new();
            _isFollowing = true;
        }

        // What committed between the last page and this moment. What commits from now on waits in the queue.
        position = await CatchUpAsync(position);
        lock (_lock)
        {
            _position = position;
        }

        Work(whenIdle: () => _isLoaded = true);
    }

    private async Task ReloadAsync(Task before, TaskCompletionSource gone)
    {
        try
        {
            await before;
        }
        catch (Exception e) when (e is MemoryException or OperationCanceledException)
        {
            // Whoever asked for that index was told.
        }

        Task work;
        lock (_lock)
        {
            (_isFollowing, _isLoaded, work) = (false, false, _work);
        }

        // What is being indexed still goes to the index that is thrown away.
        await work;
        await _index.SettleAsync();
        _index.Restore([]);
        lock (_lock)
        {
            _unembedded.Clear();
        }

        _snapshot?.Clear();
        gone.SetResult();
        await LoadAsync();
    }

    private async Task<long> CatchUpAsync(long position)
    {
        while (!_isDisposed)
        {
            if (await _engine.ChangesAsync(position, PageSize, CancellationToken.None) is not { } page)
            {
                // The snapshot is older than what the engine remembers of changes.
                _index.Restore([]);
                position = 0;
                continue;
            }

            Index(page.Changes);
            position = page.Position;
            if (page.IsLast)
            {
                break;
            }
        }

        return position;
    }

    private Task Follow(IReadOnlyList<MemoryChange> changes)
    {
        lock (_lock)
        {
            if (!_isFollowing || _isDisposed)
            {
                return Task.CompletedTask;
            }

            var committed = new Committed(changes);
            _waiting.Enqueue(committed);

            // While the index is still loading, whoever searches waits, and nobody else need.
            if (!_isLoaded)
            {
                return Task.CompletedTask;
            }

            if (!_isWorking)
            {
                _isWorking = true;
                void Index() => Work(whenIdle: () => _isWorking = false);
                _work = changes.Count < MinBulk ? Task.Run(Index) : YieldingThread.Imports.Run(Index);
            }

            return committed.Indexed.Task;
        }
    }

    // Takes all that waits at a time: under load many commits become one segment.
    private void Work(Action whenIdle)
    {
        while (true)
        {
            Queue<Committed> taken;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    whenIdle();
                    return;
                }

                (taken, _waiting) = (_waiting, new());
            }

            try
            {
                Index([.. taken.SelectMany(committed => committed.Changes)]);
            }
            finally
            {
                lock (_lock)
                {
                    _position = Math.Max(_position, taken.Max(committed => committed.Changes.Max(change => change.Position)));
                }

                foreach (var committed in taken)
                {
                    committed.Indexed.SetResult();
                }
            }
        }
    }

    private void Index(IReadOnlyList<MemoryChange> changes)
    {
        // Of several changes of one id the last one counts.
        Dictionary<string, MemoryItem?> last = new(changes.Count, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            last[change.Id] = change.Item;
        }

        IndexEntry[] entries = [.. last.Values.Select(_entries.Of).OfType<IndexEntry>()];
        var analyzed = new AnalyzedEntry[entries.Length];
        if (entries.Length < MinBulk || SearchTraffic.IsFlowing)
        {
            for (var i = 0; i < entries.Length; i++)
            {
                analyzed[i] = AnalyzedEntry.Of(entries[i]);
            }
        }
        else
        {
            Parallel.For(0, entries.Length, i => analyzed[i] = AnalyzedEntry.Of(entries[i]));
        }

        HashSet<string> gone = new(last.Keys, StringComparer.Ordinal);
        gone.ExceptWith(entries.Select(entry => entry.Id));
        _index.Apply(analyzed, gone);
        lock (_lock)
        {
            _unembedded.ExceptWith(last.Keys);
            _unembedded.UnionWith(entries.Where(entry => !entry.IsEmbedded).Select(entry => entry.Id));
        }
    }

    private sealed record Committed(IReadOnlyList<MemoryChange> Changes)
    {
        public TaskCompletionSource Indexed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
