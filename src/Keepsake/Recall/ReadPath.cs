using Keepsake.Access;
using Keepsake.Capture;
using Keepsake.Embedding;
using Keepsake.Engines;
using Keepsake.Protection.Redaction;
using Keepsake.Recall.Reranking;

namespace Keepsake.Recall;

/// <summary>The way of a question: redact, embed, rank, read and verify, cut to the floor and the budget.</summary>
/// <param name="engine">Where the records are.</param>
/// <param name="feed">The index of them.</param>
/// <param name="embedder">Embeds the question.</param>
/// <param name="redactor">Takes secrets out of the question.</param>
/// <param name="usage">Notes what was recalled.</param>
/// <param name="time">Says what has expired.</param>
/// <param name="whyFinder">Says why an item is in the answer, or is not.</param>
/// <param name="rerank">The last stage; <see langword="null"/>: there is none.</param>
internal sealed class ReadPath(
    IMemoryEngine engine, IndexFeed feed, Embedder embedder, Redactor redactor, UsageLog usage, TimeProvider time, WhyFinder whyFinder, RerankStage? rerank = null)
{
    private const int CharactersPerToken = 4;
    private const int MoreHits = 5;

    private readonly QuestionEmbedder _questions = new(embedder);

    /// <inheritdoc cref="IMemory.RecallAsync"/>
    public Task<RecallAnswer> RecallAsync(RecallRequest request, CancellationToken cancellationToken) =>
        RecallAsync(request, Reach.Everything, cancellationToken);

    /// <summary>Finds what is known, as far as a caller reaches.</summary>
    public async Task<RecallAnswer> RecallAsync(RecallRequest request, Reach reach, CancellationToken cancellationToken)
    {
        var scope = MemoryNamespace.ParseScope(request.Namespace);
        var within = reach.Within(scope);
        var text = redactor.Redact(Question(request.Query)).Text;
        var filter = MetadataFilter.Of(request.Metadata, redactor);
        var why = request.Why is null ? null : Rules.GivenId(request.Why);
        var now = time.GetUtcNow();
        var closed = engine.Closed;
        if (closed.FirstOrDefault(@namespace => @namespace.Contains(scope)) is { } quarantine)
        {
            throw QuarantineFault.Of(quarantine);
        }

        var index = await feed.LoadedAsync(cancellationToken);
        using var search = SearchTraffic.Begin();
        var vector = await _questions.EmbedAsync(index.TextToEmbed(text, scope.Path, within, closed), cancellationToken);
        var query = new RecallQuery
        {
            Text = text,
            Vector = vector,
            Parts = await PartsAsync(text, part => index.TextToEmbed(part, scope.Path, within, closed), cancellationToken),
            Scope = scope.Path,
            Within = within,
            Closed = closed,
            Filter = filter,
            Limit = TopK(request.TopK),
            MinRelevance = request.MinRelevance is null ? Relevance.DefaultFloor : Rules.Share(request.MinRelevance, 0, "minRelevance"),
            Now = now,
            Explain = request.Explain,
        };
        var depth = rerank?.Depth(query.Limit) ?? query.Limit;
        var found = await FindAsync(index, query with { Limit = depth }, reach, cancellationToken);
        if (SourceShare.IsExceeded(found, depth))
        {
            var deeper = query with { Limit = Math.Min(SourceShare.Depth * depth, RecallQuery.MaxLimit) };
            found = SourceShare.Cut(await FindAsync(index, deeper, reach, cancellationToken), depth);
        }

        bool? reranked = null;
        if (rerank is not null)
        {
            (found, reranked) = await rerank.OrderAsync(text, found, cancellationToken);
            found = found[..Math.Min(found.Count, query.Limit)];
        }

        var memories = Within(Budget(request.MaxTokens), found);
        usage.Note(memories.Where(m => m.Type == MemoryType.Record).Select(m => m.Id));
        return new()
        {
            Query = text,
            Namespace = request.Namespace ?? "",
            Count = memories.Count,
            Search = embedder.State.Status == EmbedderStatus.Ready ? RecallAnswer.Hybrid : RecallAnswer.LexicalOnly,
            Reranked = reranked,
            Memories = memories,
            Why = why is null ? null : await whyFinder.FindAsync(why, new(index, scope, query, request.MaxTokens is not null, reranked is true), reach, memories, cancellationToken),
        };
    }

    private async ValueTask<IReadOnlyList<QuestionPart>> PartsAsync(string text, Func<string, string> toEmbed, CancellationToken cancellationToken)
    {
        List<QuestionPart> parts = [];
        foreach (var part in QuestionParts.Of(text))
        {
            parts.Add(new(part, await _questions.EmbedAsync(toEmbed(part), cancellationToken)));
        }

        return parts;
    }

    // The index knows namespaces and no actors, and metadata by a number only, so where those count it is asked for more until enough hits stand.
    private async Task<List<RecalledMemory>> FindAsync(RecallIndex index, RecallQuery query, Reach reach, CancellationToken cancellationToken)
    {
        for (var limit = query.Limit; ; limit = Math.Min(limit * MoreHits, RecallQuery.MaxLimit))
        {
            var hits = index.Search(query with { Limit = limit });
            var memories = await ReadAsync(hits, reach, query.Filter, cancellationToken);
            if ((!reach.IsByActor && query.Filter is null) || memories.Count >= query.Limit || hits.Count < limit || limit == RecallQuery.MaxLimit)
            {
                return memories.Count <= query.Limit ? memories : memories[..query.Limit];
            }
        }
    }

    private async Task<List<RecalledMemory>> ReadAsync(
        IReadOnlyList<RankedHit> hits, Reach reach, MetadataFilter? filter, CancellationToken cancellationToken)
    {
        bool Stands(MemoryItem item) => reach.Sees(item) && filter?.Matches(item) != false;

        var records = await ReadAsync(hits, isEvent: false, engine.GetAsync, r => r.Id, cancellationToken);
        var events = await ReadAsync(hits, isEvent: true, engine.GetEventsAsync, e => e.Id, cancellationToken);
        List<RecalledMemory> memories = new(hits.Count);
        foreach (var hit in hits)
        {
            // One that was changed, forgotten or found damaged since the ranking is left out.
            if (records.TryGetValue(hit.Id, out var record) && Stands(record))
            {
                memories.Add(Memory(record, hit));
            }
            else if (events.TryGetValue(hit.Id, out var item) && Stands(item))
            {
                memories.Add(Memory(item, hit));
            }
        }

        return memories;
    }

    private static async Task<Dictionary<string, T>> ReadAsync<T>(
        IReadOnlyList<RankedHit> hits,
        bool isEvent,
        Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<T?>>> read,
        Func<T, string> id,
        CancellationToken cancellationToken)
        where T : class
    {
        List<string> ids = [.. hits.Select(hit => hit.Id).Where(hit => Ids.IsEvent(hit) == isEvent)];
        Dictionary<string, T> found = new(StringComparer.Ordinal);
        if (ids.Count == 0)
        {
            return found;
        }

        try
        {
            foreach (var item in await read(ids, cancellationToken))
            {
                if (item is not null)
                {
                    found[id(item)] = item;
                }
            }
        }
        catch (MemoryException e) when (e.Code == MemoryErrorCode.Corrupt && ids.Count == 1)
        {
            // Noted by the engine; a search answers with the rest.
        }

        return found;
    }

    private static List<RecalledMemory> Within(int? characters, List<RecalledMemory> memories)
    {
        if (characters is not { } left)
        {
            return memories;
        }

        return [.. memories.TakeWhile(memory => (left -= memory.Content.Length) >= 0)];
    }

    private static RecalledMemory Memory(MemoryRecord record, RankedHit hit) => new()
    {
        Id = record.Id,
        Type = MemoryType.Record,
        Content = record.Content,
        Relevance = Math.Round(hit.Relevance, 4),
        Namespace = record.Namespace,
        Kind = record.Kind,
        Key = record.Key,
        ActorId = record.ActorId,
        SessionId = record.SessionId,
        Speaker = record.Speaker,
        OccurredAt = record.OccurredAt,
        CreatedAt = record.CreatedAt,
        UpdatedAt = record.UpdatedAt,
        LastRecalledAt = record.LastRecalledAt,
        ExpiresAt = record.ExpiresAt,
        Importance = record.Importance,
        Confidence = record.Confidence,
        Tier = record.Tier,
        Metadata = record.Metadata,
        Provenance = record.Provenance,
        Trust = record.Trust,
        Suspicions = record.Suspicions,
        Signals = hit.Explanation?.Signals,
        Shares = hit.Explanation?.Shares,
    };

    private static RecalledMemory Memory(MemoryEvent item, RankedHit hit) => new()
    {
        Id = item.Id,
        Type = MemoryType.Event,
        Content = item.Content,
        Relevance = Math.Round(hit.Relevance, 4),
        Namespace = item.Namespace!,
        ActorId = item.ActorId,
        SessionId = item.SessionId,
        Speaker = item.Role,
        OccurredAt = item.OccurredAt,
        CreatedAt = item.CreatedAt,
        ExpiresAt = item.ExpiresAt,
        Metadata = item.Metadata,
        Provenance = item.Provenance,
        Trust = item.Trust,
        Suspicions = item.Suspicions,
        Signals = hit.Explanation?.Signals,
        Shares = hit.Explanation?.Shares,
    };

    private static string Question(string? query)
    {
        if (string.IsNullOrWhiteSpace(query))
        {
            throw MemoryException.Invalid("query is empty. Say what you want to know, or list the namespace instead.");
        }

        return query.Length <= RecallRequest.MaxQueryLength
            ? Rules.WellFormed(query, "query")
            : throw new MemoryException(
                MemoryErrorCode.TooLarge, $"query has {query.Length} characters; at most {RecallRequest.MaxQueryLength} are read.");
    }

    private static int TopK(int? topK) => topK switch
    {
        null => RecallRequest.DefaultTopK,
        >= 1 and <= RecallRequest.MaxTopK => topK.Value,
        _ => throw MemoryException.Invalid($"topK is {topK}; use 1 to {RecallRequest.MaxTopK}."),
    };

    private static int? Budget(int? tokens) => tokens switch
    {
        null => null,
        >= 1 => (int)Math.Min((long)tokens * CharactersPerToken, int.MaxValue),
        _ => throw MemoryException.Invalid($"maxTokens is {tokens}; use 1 or more."),
    };
}
