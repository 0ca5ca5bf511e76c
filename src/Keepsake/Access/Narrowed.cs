using System.Globalization;
using Keepsake.Engines;

namespace Keepsake.Access;

/// <summary>Lists and exports the part of a store that a caller reaches, page by page.</summary>
internal static class Narrowed
{
    /// <summary>Most pages that are read to fill one; a page may then be short, and its cursor leads on.</summary>
    public const int MaxReads = 20;

    private const string FirstEvents = "events:";

    /// <summary>Lists records, part of the scope after part.</summary>
    public static async Task<Page<MemoryRecord>> ListAsync(IMemory memory, RecordQuery query, Reach reach, CancellationToken cancellationToken)
    {
        var scope = MemoryNamespace.ParseScope(query.Namespace);
        var parts = reach.Within(scope) ?? [scope.Path];
        if (query.ActorId is { } actor)
        {
            reach.DemandActor(actor);
        }

        var (limit, cursor) = (query.Page.Limit, query.Page.Cursor);
        var at = cursor is null ? 0 : PartOf(parts, RecordCursor.Parse(cursor).Path);
        List<MemoryRecord> items = [];
        for (var reads = 0; reads < MaxReads && at < parts.Count && items.Count < limit; reads++)
        {
            var page = await memory.ListAsync(query with { Namespace = parts[at], Page = new(limit - items.Count, cursor) }, cancellationToken);
            items.AddRange(page.Items.Where(reach.Sees));
            cursor = page.NextCursor;
            at += cursor is null ? 1 : 0;
        }

        return new(items, cursor ?? (at < parts.Count ? RecordCursor.Format(parts[at], 0) : null));
    }

    /// <summary>Lists the newest events of a session that are reached, oldest of the page first.</summary>
    public static async Task<SessionEvents> ListEventsAsync(IMemory memory, EventQuery query, Reach reach, CancellationToken cancellationToken)
    {
        reach.DemandActor(query.ActorId);
        if (query.Namespace is not null)
        {
            _ = reach.Within(MemoryNamespace.ParseScope(query.Namespace));
        }

        var (limit, cursor) = (query.Page.Limit, query.Page.Cursor);
        List<MemoryEvent> events = [];
        SessionEvents page;
        var reads = 0;
        do
        {
            page = await memory.ListEventsAsync(query with { Page = new(limit - events.Count, cursor) }, cancellationToken);
            events.InsertRange(0, page.Events.Where(reach.Sees));
            cursor = page.NextCursor;
        }
        while (cursor is not null && events.Count < limit && ++reads < MaxReads);
        return page with { Events = events, Count = events.Count, NextCursor = cursor };
    }

    /// <summary>Exports what is reached: each part's records and events, then the events without a namespace.</summary>
    public static async Task<Page<MemoryItem>> ExportAsync(
        IMemory memory, string? scope, string? cursor, Reach reach, CancellationToken cancellationToken)
    {
        var whole = MemoryNamespace.ParseScope(scope);
        List<string> parts = [.. reach.Within(whole) ?? [whole.Path]];
        var ofParts = parts.Count;
        if (whole.Path.Length == 0 && parts[0].Length > 0 && reach.IsByActor)
        {
            parts.Add("");
        }

        var (at, inner) = ReadCursor(cursor, parts.Count);
        var bare = at == ofParts;
        var page = await memory.ExportAsync(parts[at], inner ?? (bare ? FirstEvents : null), cancellationToken);
        var items = page.Items.Where(item => reach.Sees(item) && (!bare || item is MemoryEvent { Namespace: null })).ToList();
        return new(items, page.NextCursor is { } next ? $"{at}~{next}" : at + 1 < parts.Count ? $"{at + 1}~" : null);
    }

    private static int PartOf(IReadOnlyList<string> parts, string path)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (MemoryNamespace.ContainsPath(parts[i], path))
            {
                return i;
            }
        }

        throw Cursor.Unknown();
    }

    private static (int At, string? Inner) ReadCursor(string? cursor, int parts)
    {
        if (cursor is null)
        {
            return (0, null);
        }

        var end = cursor.IndexOf('~', StringComparison.Ordinal);
        return end > 0 && int.TryParse(cursor.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < parts
            ? (at, end + 1 < cursor.Length ? cursor[(end + 1)..] : null)
            : throw Cursor.Unknown();
    }
}
