using Keepsake.Access;
using Keepsake.Engines;

namespace Keepsake.Capture;

/// <summary>Gives records that were derived from others no more trust than the least of those had, and the sources that those came from.</summary>
/// <param name="engine">Where the others are.</param>
internal sealed class SourceTrust(IMemoryEngine engine)
{
    /// <summary>Settles the trust of records that are about to be written.</summary>
    /// <param name="prepared">The records; what was derived from nothing stays as it is.</param>
    /// <param name="reach">What the writer reaches. What lies outside is as if it were not there: neither its trust nor its sources are told.</param>
    /// <param name="isImport">Whether what is not there lends its trust all the same: an import brings it later, or left it behind, and was settled when it was first written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SettleAsync(IReadOnlyList<Prepared<MemoryRecord>> prepared, Reach reach, bool isImport, CancellationToken cancellationToken)
    {
        var derived = prepared.Where(p => p.Item?.Provenance.Parents.Any() == true).ToList();
        if (derived.Count == 0)
        {
            return;
        }

        var ids = derived.SelectMany(p => p.Item!.Provenance.Parents).ToHashSet(StringComparer.Ordinal);
        var known = (await ReadAsync(ids, cancellationToken)).Where(reach.Sees).ToDictionary(IdOf, StringComparer.Ordinal);
        foreach (var one in derived)
        {
            var record = one.Item!;
            var parents = record.Provenance.Parents.Select(known.GetValueOrDefault).Where(parent => parent is not null || !isImport).ToList();
            one.Item = record with
            {
                Trust = parents.Select(TrustRule.Lent).Aggregate(record.Trust, TrustRule.Least),
                Provenance = record.Provenance with { Sources = SourcesOf(record.Provenance, parents) },
            };
        }
    }

    private async Task<IEnumerable<MemoryItem>> ReadAsync(HashSet<string> ids, CancellationToken cancellationToken)
    {
        // With a second id, one that is damaged is left out rather than the failure of all.
        const string Nobody = "nobody";
        var records = await engine.GetAsync([.. ids.Where(id => !Ids.IsEvent(id)), Nobody, Nobody], cancellationToken);
        var events = await engine.GetEventsAsync([.. ids.Where(Ids.IsEvent), Nobody, Nobody], cancellationToken);
        return records.Cast<MemoryItem?>().Concat(events).OfType<MemoryItem>();
    }

    private static string[]? SourcesOf(Provenance own, IEnumerable<MemoryItem?> parents)
    {
        var sources = parents.Select(ProvenanceOf).SelectMany(provenance => (provenance?.Sources ?? []).Prepend(provenance?.Source))
            .Concat(own.Sources ?? []).OfType<string>().Distinct(StringComparer.Ordinal).Take(Provenance.MaxSources).ToArray();
        return sources.Length == 0 ? null : sources;
    }

    private static Provenance? ProvenanceOf(MemoryItem? item) => item is MemoryRecord record ? record.Provenance : (item as MemoryEvent)?.Provenance;

    private static string IdOf(MemoryItem item) => item is MemoryRecord record ? record.Id : ((MemoryEvent)item).Id;
}
