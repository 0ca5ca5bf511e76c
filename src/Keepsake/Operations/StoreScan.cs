using Keepsake.Capture;
using Keepsake.Engines;
using Keepsake.Protection.Redaction;

namespace Keepsake.Operations;

/// <summary>Finds secrets that are stored already, with today's rules, and takes them out.</summary>
/// <param name="engine">Where the items are.</param>
/// <param name="redactor">Today's rules.</param>
/// <param name="write">Embeds and writes what changed.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreScan(IMemoryEngine engine, Redactor redactor, WritePath write, TimeProvider time)
{
    // Others may change an item between its being read and being put right.
    private const int MaxTries = 16;

    private readonly StoredCheck _check = new(redactor);

    /// <summary>Scans a page.</summary>
    /// <param name="apply">Whether what is found is redacted. Else nothing changes.</param>
    /// <param name="cursor">Where the last page ended; <see langword="null"/>: from the start.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    public async Task<ScanPage> PageAsync(bool apply, string? cursor, CancellationToken cancellationToken)
    {
        var kept = engine as IRewritableEngine
            ?? throw new MemoryException(MemoryErrorCode.NotSupported, $"What the {engine.Capabilities.Name} engine keeps cannot be scanned. Export it and scan the file.");
        ScanPage? first = null;
        var redacted = 0;
        for (var i = 0; i < MaxTries; i++)
        {
            var page = await kept.KeptAsync(new(ScanPage.MaxItems, cursor), cancellationToken);
            var checkedItems = page.Items.Select(item => (Item: item, Result: _check.Of(item))).ToList();
            first ??= new(page.Items.Count, 0, [.. checkedItems.SelectMany(c => Findings(c.Item, c.Result.Found))], page.NextCursor)
            {
                Items = checkedItems.Count(c => c.Result.Found.Count > 0),
                Rules = redactor.Digest,
            };
            var changed = checkedItems.Where(c => !ReferenceEquals(c.Result.Clean, c.Item)).Select(c => c.Result.Clean).ToList();
            if (!apply || changed.Count == 0)
            {
                return first with { Redacted = redacted };
            }

            redacted += await write.RewriteAsync(kept, [.. changed.Select(Touched)], cancellationToken);
        }

        throw new MemoryException(MemoryErrorCode.Conflict, "The records of this page are being changed by others all the time. Scan again.");
    }

    private MemoryItem Touched(MemoryItem item) => item is MemoryRecord record ? record with { UpdatedAt = time.GetUtcNow() } : item;

    /// <summary>Says what an item holds.</summary>
    public static IReadOnlyList<ScanFinding> Findings(MemoryItem item, IReadOnlyList<FoundSecret> found)
    {
        if (found.Count == 0)
        {
            return [];
        }

        var about = About(item, found);
        return [.. found.Select(secret => about with { Kind = secret.Kind, Count = secret.Count, Field = secret.Field, Stays = secret.Stays })];
    }

    // Everything about an item that is no secret itself.
    private static ScanFinding About(MemoryItem item, IReadOnlyList<FoundSecret> found)
    {
        string? Unless(string field, string? value) => found.Any(secret => secret.Field == field) ? null : value;
        return item switch
        {
            MemoryRecord record => new()
            {
                Kind = "",
                Count = 0,
                Field = "",
                Type = "record",
                Id = Unless("id", record.Id),
                Namespace = Unless("namespace", record.Namespace.Path),
                CreatedAt = record.CreatedAt,
                LastRecalledAt = record.LastRecalledAt,
                Deleted = record.DeletedAt is not null,
            },
            MemoryEvent happened => new()
            {
                Kind = "",
                Count = 0,
                Field = "",
                Type = "event",
                Id = Unless("id", happened.Id),
                Namespace = Unless("namespace", happened.Namespace?.Path),
                CreatedAt = happened.CreatedAt,
                Deleted = happened.DeletedAt is not null,
            },
            _ => throw new InvalidOperationException("There is no such item."),
        };
    }
}
