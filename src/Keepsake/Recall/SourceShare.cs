namespace Keepsake.Recall;

/// <summary>Keeps one source that is not trusted from being most of an answer: of its memories a fifth of the answer comes in its place, the others after what others say.</summary>
internal static class SourceShare
{
    /// <summary>How much of an answer one source of low trust may be; one memory always.</summary>
    public const double MaxShare = 0.2;

    /// <summary>How much deeper to look for what others say, in answers.</summary>
    public const int Depth = 10;

    /// <summary>Whether one source is more than its share of an answer.</summary>
    public static bool IsExceeded(IReadOnlyList<RecalledMemory> memories, int limit) =>
        memories.Where(IsLow).CountBy(SourceOf, StringComparer.Ordinal).Any(source => source.Value > MostOf(limit));

    /// <summary>Puts what exceeds its source's share after the others.</summary>
    /// <param name="memories">The memories, best first.</param>
    /// <param name="limit">How many of them are the answer.</param>
    /// <returns>The answer. Where no others are, it is as it was.</returns>
    public static List<RecalledMemory> Cut(IReadOnlyList<RecalledMemory> memories, int limit)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        List<RecalledMemory> kept = [], rest = [];
        foreach (var memory in memories)
        {
            var source = SourceOf(memory);
            var count = counts[source] = counts.GetValueOrDefault(source) + 1;
            (IsLow(memory) && count > MostOf(limit) ? rest : kept).Add(memory);
        }

        // They stand in the order of rank, whichever of them are there.
        HashSet<string> shown = [.. kept.Concat(rest).Take(limit).Select(memory => memory.Id)];
        return [.. memories.Where(memory => shown.Contains(memory.Id))];
    }

    /// <summary>Whether the source of a record or event has its share of an answer already.</summary>
    public static bool IsFull(IReadOnlyList<RecalledMemory> memories, MemoryItem item, int limit)
    {
        var (trust, source) = item is MemoryRecord record
            ? (record.Trust, SourceOf(record.Provenance, record.ActorId, record.Namespace))
            : (((MemoryEvent)item).Trust, SourceOf(((MemoryEvent)item).Provenance, ((MemoryEvent)item).ActorId, ((MemoryEvent)item).Namespace));
        return trust == MemoryTrust.Low && memories.Count(memory => IsLow(memory) && string.Equals(SourceOf(memory), source, StringComparison.Ordinal)) >= MostOf(limit);
    }

    private static int MostOf(int limit) => Math.Max(1, (int)(limit * MaxShare));

    private static bool IsLow(RecalledMemory memory) => memory.Trust == MemoryTrust.Low;

    private static string SourceOf(RecalledMemory memory) => SourceOf(memory.Provenance, memory.ActorId, memory.Namespace);

    // What names no source is told by who wrote it, else by where it is.
    private static string SourceOf(Provenance? provenance, string? actor, MemoryNamespace? @namespace) =>
        provenance?.Source ?? provenance?.Agent ?? actor ?? @namespace?.Path ?? "";
}
