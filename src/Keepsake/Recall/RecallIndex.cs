using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>Finds records and events by words and by meaning. Derived from the store, in memory, rebuilt by adding everything again.</summary>
/// <remarks>
/// <para>Safe for concurrent use: searches run beside each other, a write waits for those under way and they for it, which is
/// microseconds. So a search sees every write that returned before it began, and each write whole or not at all. Writes never
/// wait for more than the searches that came first.</para>
/// <para>Memory for a record of 40 words is 0.8 to 1.2 KB plus 4 bytes a dimension of its vectors: about 2 KB with 256.</para>
/// </remarks>
internal sealed class RecallIndex : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly TermDictionary _terms = new();
    private readonly SpeakerTable _speakers = new();
    private readonly PartitionMap _partitions = new();
    private readonly Dictionary<string, string> _pathOfId = new(StringComparer.Ordinal);
    private readonly Ranker _ranker;

    /// <summary>Makes an empty index.</summary>
    public RecallIndex()
        : this(Ranker.Default)
    {
    }

    /// <summary>Makes an empty index with a ranking of its own, for measuring.</summary>
    public RecallIndex(Ranker ranker) => _ranker = ranker;

    /// <summary>What the index holds now.</summary>
    public RecallIndexStatistics Statistics
    {
        get
        {
            _lock.EnterReadLock();
            try
            {
                var all = _partitions.All;
                return new(_pathOfId.Count, all.Sum(p => p.LivePassages), all.Sum(p => p.LiveVectors), all.Count, _terms.Count);
            }
            finally
            {
                _lock.ExitReadLock();
            }
        }
    }

    /// <summary>Adds an entry, or replaces the one with its id unless that is of a newer version.</summary>
    public void Upsert(IndexEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);

        _lock.EnterWriteLock();
        try
        {
            if (_pathOfId.TryGetValue(entry.Id, out var path))
            {
                if (_partitions.Find(path)?.VersionOf(entry.Id) > entry.Version)
                {
                    return;
                }

                RemoveFrom(path, entry.Id);
            }

            if (_partitions.Find(entry.Path) is not { } partition)
            {
                partition = new(_terms);
                _partitions.Set(entry.Path, partition);
            }

            partition.Add(entry, _speakers.FindOrAdd(entry.Speaker));
            _pathOfId[entry.Id] = entry.Path;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Removes an entry.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string id)
    {
        ArgumentNullException.ThrowIfNull(id);

        _lock.EnterWriteLock();
        try
        {
            if (!_pathOfId.Remove(id, out var path))
            {
                return false;
            }

            RemoveFrom(path, id);
            return true;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Finds what answers a question.</summary>
    /// <returns>At most <see cref="RecallQuery.Limit"/> hits, most relevant first; ties go to the one appended later.</returns>
    public IReadOnlyList<RankedHit> Search(RecallQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(query.Limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, RecallQuery.MaxLimit);

        _lock.EnterReadLock();
        try
        {
            var partitions = _partitions.Under(query.Scope);
            if (partitions.Length == 0)
            {
                return [];
            }

            using var search = new Search(query, partitions, _terms, _speakers.Names);
            var set = CandidateReader.Read(search);
            var ranking = _ranker.Score(set);
            var relevance = new Relevance(set, ranking.Scores);
            return [.. BestDocuments.Find(search, ranking.Scores, relevance).Select(hit => new RankedHit(
                search.IdOf(hit.Document),
                relevance.Of(hit.Score),
                query.Explain ? ranking.Signals.ToDictionary(s => s.Name, s => (double)s.Values[hit.Document]) : null))];
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>What to embed of a question asked of a scope.</summary>
    public string TextToEmbed(string text, string scope)
    {
        _lock.EnterReadLock();
        try
        {
            return QuestionReader.TextToEmbed(text, Recall.Search.SpeakersIn(_partitions.Under(scope), _speakers.Names));
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private void RemoveFrom(string path, string id)
    {
        if (_partitions.Find(path) is not { } partition || !partition.Remove(id))
        {
            return;
        }

        if (partition.LiveDocuments == 0)
        {
            partition.ReleaseTerms();
            _partitions.Remove(path);
        }
        else if (partition.NeedsCompaction)
        {
            _partitions.Set(path, partition.Compact());
        }
    }
}
