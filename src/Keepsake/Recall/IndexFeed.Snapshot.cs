using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <content>The snapshot of the index: read when it is opened, written beside the work, and cleaned of what was erased.</content>
internal sealed partial class IndexFeed
{
    private readonly Lock _saving = new();

    /// <summary>Writes a snapshot if enough has changed since the last one.</summary>
    /// <param name="always">Also when little has changed: this is the last chance.</param>
    public async Task SaveAsync(bool always)
    {
        if (_snapshot is { } snapshot && IsLoaded && _embedder.Model is { } model)
        {
            await Task.Run(() => Save((views, position) => snapshot.Save(views, model, position, always)));
        }
    }

    /// <summary>Takes out of the snapshot what was removed from the index, or writes all of it anew. Where it cannot be written, it is removed.</summary>
    /// <param name="all">All of it: it is to be sealed otherwise.</param>
    public async Task CleanAsync(bool all)
    {
        if (_snapshot is not { } snapshot)
        {
            return;
        }

        if (all)
        {
            snapshot.Clear();
        }

        if (all ? !IsLoaded : !await IsMadeAsync(snapshot))
        {
            return;
        }

        await _index.DropRemovedAsync();
        await Task.Run(() => Save((views, position) =>
        {
            if (_embedder.Model is { } model)
            {
                snapshot.Replace(views, model, position);
            }
            else
            {
                snapshot.Clear();
            }
        }));
    }

    /// <summary>Waits for the index where it is being made: what it took from the snapshot would come back with the next one.</summary>
    /// <returns>Whether it is made; <see langword="false"/>: it is not, and there is no snapshot to make it from.</returns>
    private async Task<bool> IsMadeAsync(IndexSnapshot snapshot)
    {
        while (!IsLoaded)
        {
            Task load;
            lock (_lock)
            {
                if (_load is null or { IsFaulted: true } or { IsCanceled: true })
                {
                    // In the lock, so that nobody begins to make it from a snapshot that is about to go.
                    snapshot.Clear();
                    return false;
                }

                load = _load;
            }

            await load.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        return true;
    }

    private void Save(Action<IReadOnlyList<SegmentView>, long> save)
    {
        // Taken and written in one: what was taken before the index was cleaned must not be written after it.
        lock (_saving)
        {
            IReadOnlyList<SegmentView> views;
            long position;
            lock (_lock)
            {
                (views, position) = (_index.Views, _position);
            }

            save(views, position);
        }
    }

    private long Restore(SavedIndex? saved)
    {
        _index.Restore(saved?.Views ?? []);
        lock (_lock)
        {
            foreach (var view in saved?.Views ?? [])
            {
                var segment = view.Segment;
                for (var document = 0; document < segment.Count; document++)
                {
                    if (!segment.Rows[document].IsEmbedded && view.IsLive(document))
                    {
                        _unembedded.Add(segment.Ids[document]);
                    }
                }
            }
        }

        return saved?.Position ?? 0;
    }
}
