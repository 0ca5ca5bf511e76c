using System.Globalization;
using Keepsake.Access;
using Keepsake.Capture;
using Keepsake.Embedding;
using Keepsake.Engines;

namespace Keepsake.Recall;

/// <summary>Finds out why a record or an event is in an answer, or is not: first what it is, then where it ranks.</summary>
/// <param name="engine">Where the records are, those in quarantine too.</param>
/// <param name="embedder">Says which model is the present one.</param>
internal sealed class WhyFinder(IMemoryEngine engine, Embedder embedder)
{
    /// <summary>Finds the reason.</summary>
    /// <param name="id">The record or event.</param>
    /// <param name="asked">The question and what the index found.</param>
    /// <param name="reach">What the caller reaches: anything else is not there.</param>
    /// <param name="memories">What is in the answer, in its order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RecallWhy> FindAsync(
        string id, AskedIndex asked, Reach reach, IReadOnlyList<RecalledMemory> memories, CancellationToken cancellationToken)
    {
        if (memories.TakeWhile(m => m.Id != id).Count() is var before && before < memories.Count)
        {
            return Ranked(id, asked, (_, _) => (RecallReason.Returned, $"It is number {before + 1} of the answer."));
        }

        MemoryItem? item;
        try
        {
            item = await ReadAsync(id, cancellationToken);
        }
        catch (MemoryException e) when (e.Code == MemoryErrorCode.Corrupt)
        {
            return !reach.IsWhole ? Unknown(id) : new() { Id = id, Reason = RecallReason.Unreadable, Message = "It is damaged, and what is damaged is left out." };
        }

        var deleted = item is null ? await engine.GetDeletedAsync(id, cancellationToken) : null;
        if ((item ?? deleted) is not { } there || !reach.Sees(there))
        {
            return Unknown(id);
        }

        if (QuarantineFault.Closing(asked.Query.Closed, there) is { } closed)
        {
            return new() { Id = id, Reason = RecallReason.Quarantined, Message = QuarantineFault.Of(closed).Message };
        }

        if (item is null)
        {
            return deleted!.ExpiresAt <= asked.Query.Now
                ? new() { Id = id, Reason = RecallReason.Expired, Message = $"It was deleted, and does not come back: {Expired(deleted.ExpiresAt.Value)}" }
                : new() { Id = id, Reason = RecallReason.Deleted, Message = "It was deleted. Restoring it brings it back." };
        }

        return OfItself(item, asked) is { } reason
            ? new() { Id = id, Reason = reason.Reason, Message = reason.Message }
            : Ranked(id, asked, (hit, rank) => OfRank(item, asked, memories, hit, rank));
    }

    private static RecallWhy Unknown(string id) =>
        new() { Id = id, Reason = RecallReason.Unknown, Message = "This store has no record or event with this id: it was never there, or it is erased." };

    private async Task<MemoryItem?> ReadAsync(string id, CancellationToken cancellationToken) => Ids.IsEvent(id)
        ? (await engine.GetEventsAsync([id], cancellationToken))[0]
        : (await engine.GetAsync([id], cancellationToken))[0];

    // What keeps it out of every answer of this scope, whatever is asked.
    private static (RecallReason Reason, string Message)? OfItself(MemoryItem item, AskedIndex asked)
    {
        var (at, expiresAt) = item is MemoryRecord record ? (record.Namespace, record.ExpiresAt) : (((MemoryEvent)item).Namespace, ((MemoryEvent)item).ExpiresAt);
        return item is MemoryRecord { SupersededBy: { } successor } ? (RecallReason.Superseded, $"The record {successor} has taken its place.")
            : expiresAt <= asked.Query.Now ? (RecallReason.Expired, Expired(expiresAt.Value))
            : at is null ? (RecallReason.NotSearched, "It is an event without a namespace; such events are listed with their session and not searched.")
            : !asked.Scope.Contains(at) ? (RecallReason.OutOfScope, $"It is in '{at.Value}', and the search looked only in and under '{asked.Scope.Value}'.")
            : asked.Query.Filter?.Missing(item) is { } key ? (RecallReason.FilteredOut, $"Its metadata has no '{key}' with the value that the search asked for.")
            : null;
    }

    private static string Expired(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"It expired at {at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}.");

    private (RecallReason Reason, string Message) OfRank(
        MemoryItem item, AskedIndex asked, IReadOnlyList<RecalledMemory> memories, RankedHit? hit, int? rank) =>
        hit is not { } found ? OfNoMatch(item, asked.Query)
        : found.Relevance < asked.Query.MinRelevance ? (RecallReason.BelowFloor, BelowFloor(found.Relevance, asked.Query.MinRelevance, item))
        : rank is null || rank > asked.Query.Limit ? (RecallReason.BeyondTopK, BeyondTopK(rank, asked.Query.Limit))
        : SourceShare.IsFull(memories, item, asked.Query.Limit)
            ? (RecallReason.BeyondTopK, "It is of low trust, and its source has its share of the answer already; others come before the rest of it.")
        : asked.IsReranked && memories.Count >= asked.Query.Limit
            ? (RecallReason.BeyondTopK, $"It is number {rank}, but the reranker put others before it, and {asked.Query.Limit} were asked for.")
        : asked.HasBudget ? (RecallReason.BeyondBudget, $"It is number {rank}, and it or a memory before it did not fit into the budget of tokens.")
        : (RecallReason.Unreadable, "It changed a moment ago. Ask again.");

    private (RecallReason Reason, string Message) OfNoMatch(MemoryItem item, RecallQuery query) =>
        query.Vector is null ? (RecallReason.NoMatch, "None of the question's words is in it, and only words were searched.")
        : IsEmbedded(item) ? (RecallReason.NoMatch, "It has none of the question's words and no likeness in meaning.")
        : (RecallReason.NotEmbedded, "None of the question's words is in it, and it has no embedding of the present model yet. It is embedded in the background; ask again later.");

    private string BelowFloor(double relevance, double floor, MemoryItem item) => string.Create(
        CultureInfo.InvariantCulture,
        $"Its relevance of {relevance:0.0000} is below the floor of {floor:0.00##}; a lower floor shows it.{(IsEmbedded(item) ? "" : " It has no embedding of the present model yet, so only its words count.")}");

    private static string BeyondTopK(int? rank, int limit) => rank switch
    {
        null => $"More than {RecallQuery.MaxLimit} others rank before it. Ask more precisely, or in a narrower namespace.",
        > RecallRequest.MaxTopK => $"It is number {rank}, and at most {RecallRequest.MaxTopK} can be asked for. Ask more precisely, or in a narrower namespace.",
        _ => $"It is number {rank}, and {limit} were asked for.",
    };

    private bool IsEmbedded(MemoryItem item) =>
        embedder.Model is not { } model || model == (item is MemoryRecord record ? record.EmbeddingModel : ((MemoryEvent)item).EmbeddingModel);

    private static RecallWhy Ranked(
        string id, AskedIndex asked, Func<RankedHit?, int?, (RecallReason Reason, string Message)> reason)
    {
        var (index, query) = (asked.Index, asked.Query);

        // The rank is among all, so the floor is left out.
        var all = index.Search(query with { Limit = RecallQuery.MaxLimit, MinRelevance = 0, Explain = true, AlsoConsider = id });
        int? rank = RankOf(id, all);
        RankedHit? hit = rank is null ? null : all[rank.Value - 1];
        var (why, message) = reason(hit, rank);
        return new()
        {
            Id = id,
            Reason = why,
            Message = message,
            Rank = rank,
            Relevance = hit is null ? null : Math.Round(hit.Value.Relevance, 4),
            Signals = hit?.Explanation?.Signals,
            Shares = hit?.Explanation?.Shares,
        };
    }

    private static int? RankOf(string id, IReadOnlyList<RankedHit> all)
    {
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i].Id == id)
            {
                return i + 1;
            }
        }

        return null;
    }
}

/// <summary>A question that the index was asked.</summary>
/// <param name="Index">The index.</param>
/// <param name="Scope">The scope of the question.</param>
/// <param name="Query">The question.</param>
/// <param name="HasBudget">Whether the answer was cut to a budget of tokens.</param>
/// <param name="IsReranked">Whether the order of the answer is a reranker's.</param>
internal sealed record AskedIndex(RecallIndex Index, MemoryNamespace Scope, RecallQuery Query, bool HasBudget, bool IsReranked);
