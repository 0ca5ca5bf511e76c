using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>Finds entries by words and by meaning. It holds what can be derived from them: it may be thrown away and built again.</summary>
/// <remarks>
/// <para>The index is a list of segments that never change. A write puts a new list in the place of the old one, a search takes the list as it
/// finds it: neither ever waits for the other, and a search sees each write that returned before it began, wholly or not at all.</para>
/// <para>Segments are merged as they become many: small ones by the writer, large ones beside it. Writers wait for each other.</para>
/// </remarks>
internal sealed class RecallIndex : IDisposable
{
    /// <summary>From this many segments on, a writer waits for the merges that are under way.</summary>
    public const int MaxSegments = 64;

    /// <summary>A merge of up to this many documents is done by the writer, in a few milliseconds.</summary>
    private const int MaxInlineMerge = 8_192;

    private readonly Answering _answering;
    private readonly Lock _writing = new();
    private readonly CancellationTokenSource _disposed = new();
    private volatile SegmentView[] _views = [];
    private Task? _merging;

    /// <summary>Makes an empty index.</summary>
    public RecallIndex()
        : this(Ranker.Default)
    {
    }

    /// <summary>Makes an empty index with a ranking of its own.</summary>
    public RecallIndex(Ranker ranker) => _answering = new(ranker);

    /// <summary>What it holds now.</summary>
    public RecallIndexStatistics Statistics
    {
        get
        {
            var views = _views;
            return new(
                views.Sum(view => view.Live),
                views.Sum(view => view.Segment.PassageDocuments.Length),
                views.Sum(view => view.Segment.Vectors.Scales.Count(scale => scale > 0)),
                views.SelectMany(view => view.Segment.Runs).Select(run => run.Path).Distinct(StringComparer.Ordinal).Count(),
                views.Length);
        }
    }

    /// <summary>The segments as they are now, for a search or a snapshot.</summary>
    public IReadOnlyList<SegmentView> Views => _views;

    /// <summary>Adds an entry, or puts it in the place of the one with its id unless that is of a newer version.</summary>
    public void Upsert(IndexEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Apply([AnalyzedEntry.Of(entry)], []);
    }

    /// <summary>Removes an entry.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Apply([], [id]) > 0;
    }

    /// <summary>Adds and removes at once: a search sees all of it or nothing.</summary>
    /// <param name="entries">What to add, each id once.</param>
    /// <param name="removed">The ids to remove; none of them is added.</param>
    /// <returns>How many were there of those to remove.</returns>
    public int Apply(IReadOnlyList<AnalyzedEntry> entries, IReadOnlyCollection<string> removed)
    {
        while (_views.Length > MaxSegments && _merging is { IsCompleted: false } merging)
        {
            merging.Wait(_disposed.Token);
        }

        lock (_writing)
        {
            var views = _views;
            var dead = new List<int>?[views.Length];
            List<AnalyzedEntry> added = new(entries.Count);
            foreach (var entry in entries)
            {
                if (Take(views, dead, entry.Entry.Id, entry.Entry.Version) is not Found.Newer)
                {
                    added.Add(entry);
                }
            }

            var taken = removed.Count(id => Take(views, dead, id, long.MaxValue) == Found.Taken);
            var next = views.Select((view, v) => dead[v] is { } documents ? view.Without(documents) : view).Where(view => view.Live > 0).ToList();
            if (added.Count > 0)
            {
                next.Add(new(SegmentBuilder.Build(added)));
            }

            _views = MergeSmall(next);
            MergeLarge();
            return taken;
        }
    }

    /// <summary>Removes all entries of a path and under it.</summary>
    public void Drop(string path)
    {
        lock (_writing)
        {
            List<SegmentView> kept = [];
            foreach (var view in _views)
            {
                List<int> dead = [.. view.Segment.Under(path).SelectMany(run => Enumerable.Range(run.FirstDocument, run.EndDocument - run.FirstDocument)).Where(view.IsLive)];
                var next = dead.Count > 0 ? view.Without(dead) : view;
                if (next.Live > 0)
                {
                    kept.Add(next);
                }
            }

            _views = [.. kept];
        }
    }

    /// <summary>Puts segments in the place of all there are, as a snapshot held them.</summary>
    public void Restore(IReadOnlyList<SegmentView> views)
    {
        lock (_writing)
        {
            _views = [.. views];
        }
    }

    /// <summary>Makes one segment of all, without what was removed.</summary>
    public void Compact()
    {
        lock (_writing)
        {
            _views = SegmentMerger.Merge(_views).Segment is { } merged ? [new(merged)] : [];
        }
    }

    /// <summary>Makes segments anew without what was removed from them, one after another, while searches and writes go on.</summary>
    public async Task DropRemovedAsync()
    {
        Task? merging;
        lock (_writing)
        {
            merging = _merging;
        }

        // One that began before holds what was removed since; those that begin from now on do not.
        await (merging ?? Task.CompletedTask);
        await Task.Run(DropRemoved);
    }

    private void DropRemoved()
    {
        foreach (var view in _views.Where(view => view.Removed > 0))
        {
            var (segment, documents) = SegmentMerger.Merge([view], _disposed.Token);
            lock (_writing)
            {
                if (_views.Any(now => now.Segment == view.Segment))
                {
                    _views = Replace([view], segment, documents);
                }
            }
        }
    }

    /// <summary>The version of an entry, or <see langword="null"/> when it is not here.</summary>
    public long? VersionOf(string id)
    {
        var views = _views;
        Span<byte> form = stackalloc byte[IdTable.MaxForm];
        var length = IdTable.Encode(id, form);
        foreach (var view in views)
        {
            if (view.Segment.Ids.Find(form[..length]) is >= 0 and var document && view.IsLive(document))
            {
                return view.Segment.Rows[document].Version;
            }
        }

        return null;
    }

    /// <summary>Finds what answers a question.</summary>
    /// <returns>At most <see cref="RecallQuery.Limit"/> hits, most relevant first; ties go to the one appended later.</returns>
    public IReadOnlyList<RankedHit> Search(RecallQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(query.Limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, RecallQuery.MaxLimit);

        return _answering.Answer(query, _views);
    }

    /// <summary>What to embed of a question asked of a scope.</summary>
    public string TextToEmbed(string text, string scope, IReadOnlyList<string>? within = null, IReadOnlyList<MemoryNamespace>? closed = null) =>
        QuestionReader.TextToEmbed(text, new SearchScope(_views, scope, within, closed).Speakers);

    /// <summary>Waits for the merges that are under way.</summary>
    public async Task SettleAsync()
    {
        while (true)
        {
            Task? merging;
            lock (_writing)
            {
                merging = _merging;
            }

            if (merging is null)
            {
                return;
            }

            await merging;
        }
    }

    /// <summary>Stops merging. Searches may go on.</summary>
    public void Dispose() => _disposed.Cancel();

    private enum Found
    {
        Nothing,
        Taken,
        Newer,
    }

    // Marks the document with an id as removed unless its version is newer.
    private static Found Take(SegmentView[] views, List<int>?[] dead, string id, long version)
    {
        Span<byte> form = stackalloc byte[IdTable.MaxForm];
        form = form[..IdTable.Encode(id, form)];
        for (var v = views.Length - 1; v >= 0; v--)
        {
            var document = views[v].Segment.Ids.Find(form);
            if (document < 0 || !views[v].IsLive(document))
            {
                continue;
            }

            if (views[v].Segment.Rows[document].Version > version)
            {
                return Found.Newer;
            }

            (dead[v] ??= []).Add(document);
            return Found.Taken;
        }

        return Found.Nothing;
    }

    private static SegmentView[] MergeSmall(List<SegmentView> views)
    {
        while (MergePolicy.Due(views, MaxInlineMerge) is { } due)
        {
            var merged = SegmentMerger.Merge(due).Segment;
            views.RemoveAll(due.Contains);
            if (merged is not null)
            {
                views.Add(new(merged));
            }
        }

        return [.. views];
    }

    private void MergeLarge()
    {
        if (_merging is null && MergePolicy.Due(_views, int.MaxValue) is { } due)
        {
            _merging = YieldingThread.Merges.Run(() => MergeBeside(due));
        }
    }

    private void MergeBeside(List<SegmentView> due)
    {
        try
        {
            var (segment, documents) = SegmentMerger.Merge(due, _disposed.Token);
            lock (_writing)
            {
                _views = Replace(due, segment, documents);
            }
        }
        catch (OperationCanceledException)
        {
            // The index is not needed any more.
        }
        finally
        {
            lock (_writing)
            {
                _merging = null;
                if (!_disposed.IsCancellationRequested)
                {
                    MergeLarge();
                }
            }
        }
    }

    // What was removed from the old segments while the new one was made is removed from the new one.
    private SegmentView[] Replace(List<SegmentView> due, Segment? segment, int[][] documents)
    {
        List<SegmentView> views = [.. _views];
        List<int> dead = [];
        for (var i = 0; i < due.Count; i++)
        {
            var now = views.Find(view => view.Segment == due[i].Segment);
            for (var document = 0; document < documents[i].Length; document++)
            {
                if (documents[i][document] >= 0 && (now is null || !now.IsLive(document)))
                {
                    dead.Add(documents[i][document]);
                }
            }

            views.RemoveAll(view => view.Segment == due[i].Segment);
        }

        if (segment is not null && dead.Count < segment.Count)
        {
            views.Add(dead.Count > 0 ? new SegmentView(segment).Without(dead) : new(segment));
        }

        return [.. views];
    }
}
