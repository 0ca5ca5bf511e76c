using Keepsake.Embedding;
using Keepsake.Engines;
using Keepsake.Recall.Analysis;

namespace Keepsake.Recall;

/// <summary>Keeps an index in step with an engine: loads what is stored once, and follows every commit from the start.</summary>
/// <remarks>
/// A commit reaches the index before its write returns, so a search sees every write that was acknowledged before it began.
/// What commits while the load runs is newer than what the load reads, so the load leaves those ids alone.
/// </remarks>
internal sealed class IndexFeed : IDisposable
{
    private readonly IMemoryEngine _engine;
    private readonly Embedder _embedder;
    private readonly RecallIndex _index = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _unembedded = new(StringComparer.Ordinal);
    private Task? _load;
    private bool _isDisposed;
    private HashSet<string>? _newerThanLoad = new(StringComparer.Ordinal);

    public IndexFeed(IMemoryEngine engine, Embedder embedder)
    {
        _engine = engine;
        _embedder = embedder;
        engine.Observe(Apply);
    }

    /// <summary>Gets how many records and searchable events have no embedding of the present model.</summary>
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

    /// <summary>The index, once everything stored is in it.</summary>
    public async Task<RecallIndex> LoadedAsync(CancellationToken cancellationToken)
    {
        await StartedLoad().WaitAsync(cancellationToken);
        return _index;
    }

    /// <summary>Gets whether everything stored is in the index.</summary>
    public bool IsLoaded => _load is { IsCompletedSuccessfully: true };

    /// <summary>Takes some ids whose content has no embedding of the present model.</summary>
    public IReadOnlyList<string> TakeUnembedded(int most)
    {
        lock (_lock)
        {
            return [.. _unembedded.Keys.Take(most)];
        }
    }

    /// <summary>Stops following. The engine may live on, and commits that come later are not taken.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _index.Dispose();
        }
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
        string? cursor = null;
        do
        {
            var page = await _engine.ListAsync(new(), new(PageRequest.MaxLimit, cursor), CancellationToken.None);
            Add(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        do
        {
            var page = await _engine.ListEventsAsync(
                new() { Scope = MemoryNamespace.Everything }, new(PageRequest.MaxLimit, cursor), CancellationToken.None);
            Add(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        lock (_lock)
        {
            _newerThanLoad = null;
        }
    }

    private void Add(IReadOnlyList<MemoryItem> items)
    {
        lock (_lock)
        {
            foreach (var item in _isDisposed ? [] : items)
            {
                var id = item is MemoryRecord record ? record.Id : ((MemoryEvent)item).Id;
                if (!_newerThanLoad!.Contains(id))
                {
                    Set(id, item);
                }
            }
        }
    }

    private void Apply(IReadOnlyList<MemoryChange> changes)
    {
        lock (_lock)
        {
            foreach (var (id, item) in _isDisposed ? [] : changes)
            {
                _newerThanLoad?.Add(id);
                Set(id, item);
            }
        }
    }

    private void Set(string id, MemoryItem? item)
    {
        if (EntryOf(item) is not { } entry)
        {
            _index.Remove(id);
            _unembedded.Remove(id);
            return;
        }

        _index.Upsert(entry);
        if (ModelOf(item) == _embedder.Model)
        {
            _unembedded.Remove(id);
        }
        else
        {
            _unembedded[id] = entry.Version;
        }
    }

    private IndexEntry? EntryOf(MemoryItem? item) => item switch
    {
        MemoryRecord { SupersededBy: null } record => new()
        {
            Id = record.Id,
            Version = record.Version,
            Path = record.Namespace.Path,
            Content = record.Content,
            Session = SessionOf(record.ActorId, record.SessionId),
            Speaker = record.Speaker,
            OccurredAt = record.OccurredAt,
            ExpiresAt = record.ExpiresAt,
            Importance = record.Importance,
            LastRecalledAt = record.LastRecalledAt,
            Tier = record.Tier,
            Order = record.Order,
            Vectors = VectorsOf(record.Embedding, record.EmbeddingModel, record.Content),
        },
        MemoryEvent { Namespace: { } @namespace } @event => new()
        {
            Id = @event.Id,
            Version = 1,
            IsEvent = true,
            Path = @namespace.Path,
            Content = @event.Content,
            Session = SessionOf(@event.ActorId, @event.SessionId),
            Speaker = @event.Role,
            OccurredAt = @event.OccurredAt,
            ExpiresAt = @event.ExpiresAt,
            Order = @event.Order,
            Vectors = VectorsOf(@event.Embedding, @event.EmbeddingModel, @event.Content),
        },
        _ => null,
    };

    private static string? ModelOf(MemoryItem? item) => item switch
    {
        MemoryRecord record => record.EmbeddingModel,
        MemoryEvent @event => @event.EmbeddingModel,
        _ => null,
    };

    // Sessions of two actors may bear one name.
    private static string? SessionOf(string? actor, string? session) => session is null ? null : $"{actor}\n{session}";

    // Embeddings of another model cannot be compared with a question's. How long one is, an endpoint says only when it is asked.
    private float[][] VectorsOf(ReadOnlyMemory<float> embedding, string? model, string content)
    {
        if (embedding.IsEmpty || model != _embedder.Model)
        {
            return [];
        }

        var vectors = new float[Passages.Split(content).Length][];
        var dimensions = embedding.Length / vectors.Length;
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = embedding.Slice(i * dimensions, dimensions).ToArray();
        }

        return vectors;
    }
}
