using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>Reads a store in every way: whatever is given is what was written last, and what is not given is said to be missing.</summary>
/// <param name="store">What there was.</param>
/// <param name="doing">What was done to it, for the message.</param>
internal sealed class TamperReading(TamperedStore store, string doing)
{
    private readonly HashSet<string> _byId = new(StringComparer.Ordinal);
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    /// <summary>Gets the ids of what was given by id and by list.</summary>
    public HashSet<string> Given { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets whether the file as a whole was refused.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Reads everything.</summary>
    /// <param name="stores">The stores, as they were opened.</param>
    /// <param name="questions">How many places are asked for by their words.</param>
    public async Task ReadAsync(MemoryStores stores, int questions)
    {
        if (await TryAsync(() => Task.FromResult(store.Of(stores))) is not { } memory)
        {
            IsRefused = true;
            return;
        }

        foreach (var (id, known) in store.Known)
        {
            if (known.Path.EndsWith("/events", StringComparison.Ordinal))
            {
                _byId.Add(id);
            }
            else if (await TryAsync(() => memory.GetAsync(id), [id]) is { } record)
            {
                Check(record.Id, ItemText.Of(record));
                _byId.Add(id);
            }
        }

        foreach (var id in store.Forgotten)
        {
            Assert.Null(await TryAsync(() => memory.GetAsync(id)));
        }

        await TryAsync(() => ListAsync(memory));
        for (var place = 0; place < TamperedStore.Places; place++)
        {
            var (actor, session) = (TamperedStore.ActorOf(place), TamperedStore.SessionOf(place));
            var path = $"n{place:D2}/events";
            await TryAsync(() => EventsAsync(memory, actor, session), store.Known.Where(known => known.Value.Path == path).Select(known => known.Key));
        }

        for (var actor = 0; actor < TamperedStore.Actors; actor++)
        {
            var of = TamperedStore.ActorOf(actor);
            await TryAsync(() => EventsAsync(memory, of, TamperedStore.ForgottenSession));
        }

        for (var place = 0; place < questions; place++)
        {
            var question = TamperedStore.QuestionOf(place, place % 9);
            await TryAsync(() => RecallAsync(memory, question));
        }

        Given.UnionWith(_byId);
        Given.IntersectWith(_listed);
        await SaidAsync(stores);
    }

    /// <summary>What a caller may be told of a damaged store.</summary>
    public static bool IsClear(MemoryException error) => error.Code == MemoryErrorCode.Corrupt || error.Code == MemoryErrorCode.NotFound
        || error.Code == MemoryErrorCode.Unavailable || error.Code == MemoryErrorCode.ReadOnly;

    // What is missing is damaged, or of a namespace of which rows are known to be missing.
    private async Task SaidAsync(MemoryStores stores)
    {
        await TryAsync(() => stores.Database.Care.ScrubAsync(pause: null, TestContext.Current.CancellationToken));
        var health = stores.Database.Health;
        IsRefused = health.Refused is not null;
        var warnings = health.Warnings;
        var unsaid = store.Known.Where(known => !Given.Contains(known.Key) && !_refused.Contains(known.Key)
            && !warnings.Any(warning => warning.Contains($"the namespace {known.Value.Path} ", StringComparison.Ordinal))).ToList();
        Assert.True(
            IsRefused || unsaid.Count <= health.DamagedRows,
            $"{unsaid.Count} items are missing, {health.DamagedRows} are known to be damaged: {string.Join(", ", unsaid.Select(known => known.Key + " of " + known.Value.Path))}\n{string.Join('\n', warnings)}\n{doing}");
    }

    private async Task<TamperReading> ListAsync(IMemory memory)
    {
        string? cursor = null;
        do
        {
            var page = await memory.ListAsync(new() { Page = new(100, cursor) });
            foreach (var record in page.Items)
            {
                Check(record.Id, ItemText.Of(record));
                Assert.True(_listed.Add(record.Id), $"{record.Id} is listed twice\n{doing}");
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return this;
    }

    private async Task<TamperReading> EventsAsync(IMemory memory, string actor, string session)
    {
        var answer = await memory.ListEventsAsync(new() { ActorId = actor, SessionId = session });
        foreach (var item in answer.Events)
        {
            Check(item.Id, ItemText.Of(item));
            Assert.True(_listed.Add(item.Id), $"{item.Id} is listed twice\n{doing}");
        }

        return this;
    }

    private async Task<TamperReading> RecallAsync(IMemory memory, string question)
    {
        foreach (var found in (await memory.RecallAsync(new() { Query = question, TopK = 3, MinRelevance = 0 })).Memories)
        {
            Assert.True(store.Known.TryGetValue(found.Id, out var known), $"{found.Id} is recalled, which nobody wrote\n{doing}");
            Assert.True(found.Content == known.Content && found.Namespace.Path == known.Path, $"{found.Id} is recalled as {found.Content} and not {known.Content}\n{doing}");
        }

        return this;
    }

    private void Check(string id, string text)
    {
        Assert.True(store.Known.TryGetValue(id, out var known), $"{id} is given, which nobody wrote or which was forgotten:\n{text}\n{doing}");
        Assert.True(known.Text == text, $"Given:\n{text}\nWritten:\n{known.Text}\n{doing}");
    }

    private async Task<T?> TryAsync<T>(Func<Task<T>> read, IEnumerable<string>? ids = null)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (MemoryException e) when (IsClear(e))
        {
            if (e.Code != MemoryErrorCode.NotFound)
            {
                _refused.UnionWith(ids ?? []);
            }

            return null;
        }
    }
}
