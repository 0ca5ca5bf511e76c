using Keepsake.Engines;

namespace Keepsake.Operations;

/// <summary>Reads all of a store, page by page: records by namespace, then events in the order of appending, so that an import gives the same order.</summary>
internal static class Exporter
{
    private const string Events = "events:";
    private const string Records = "records:";

    /// <summary>Reads a page.</summary>
    /// <param name="engine">Where to read.</param>
    /// <param name="scope">The scope; with everything, events without a namespace too.</param>
    /// <param name="cursor">Where the last page ended; <see langword="null"/>: from the start.</param>
    /// <param name="now">What expired before is left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Page<MemoryItem>> PageAsync(
        IMemoryEngine engine, MemoryNamespace scope, string? cursor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // An export that silently lacks a namespace would be taken for the whole.
        if (engine.Closed.FirstOrDefault(closed => closed.Contains(scope) || scope.Contains(closed)) is { } quarantine)
        {
            throw QuarantineFault.Of(quarantine);
        }

        if (cursor is null || cursor.StartsWith(Records, StringComparison.Ordinal))
        {
            var records = await engine.ListAsync(
                new() { Scope = scope, Now = now }, new(PageRequest.MaxLimit, cursor?[Records.Length..]), cancellationToken);
            return new(records.Items, records.NextCursor is null ? Events : Records + records.NextCursor);
        }

        if (!cursor.StartsWith(Events, StringComparison.Ordinal))
        {
            throw Cursor.Unknown();
        }

        var isEverything = scope.Equals(MemoryNamespace.Everything);
        var filter = new EventFilter { Scope = isEverything ? null : scope, Now = now, OldestFirst = true };
        var events = await engine.ListEventsAsync(filter, new(PageRequest.MaxLimit, cursor[Events.Length..]), cancellationToken);
        return new(events.Items, events.NextCursor is null ? null : Events + events.NextCursor);
    }
}
