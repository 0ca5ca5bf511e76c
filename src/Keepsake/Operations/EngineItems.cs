using System.Runtime.CompilerServices;
using Keepsake.Engines;

namespace Keepsake.Operations;

/// <summary>Reads through an engine page by page.</summary>
internal static class EngineItems
{
    /// <summary>The records of a scope and then its searchable events.</summary>
    public static async IAsyncEnumerable<MemoryItem> Of(
        IMemoryEngine engine, MemoryNamespace scope, DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await engine.ListAsync(new() { Scope = scope, Now = now }, new(PageRequest.MaxLimit, cursor), cancellationToken);
            foreach (var record in page.Items)
            {
                yield return record;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
        do
        {
            var filter = new EventFilter { Scope = scope, Now = now, OldestFirst = true };
            var page = await engine.ListEventsAsync(filter, new(PageRequest.MaxLimit, cursor), cancellationToken);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}
