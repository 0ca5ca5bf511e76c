using Keepsake.Engines.Sqlite;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>A database that is known in every byte, and damaged copies of it that are opened and read in every way.</summary>
public sealed class DamagedCopies : IAsyncLifetime
{
    private const int Records = 150;
    private const int Events = 60;
    private const int Sessions = 3;

    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);
    private byte[] _bytes = [];

    internal byte[] Bytes => _bytes;

    public async ValueTask InitializeAsync()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        var random = new Random(7);
        await using (var database = SqliteDatabase.Open(folder.Path))
        {
            var store = await database.WriteAsync((session, _) => StoreRows.Insert(session, new("default", "default-0000000000", time.Now, false)), null, default);
            var engine = new SqliteEngine(database, store, time);
            List<MemoryRecord> records = [.. Enumerable.Range(0, Records).Select(i => new MemoryRecord
            {
                Id = $"mem-{i:D4}", Namespace = MemoryNamespace.Parse($"n{i % 7}/deep"), Key = i % 5 == 0 ? $"key{i}" : null, ActorId = i % 2 == 0 ? "alice" : null,
                Content = $"fact {i} " + new string((char)('a' + (i % 26)), i % 20 == 0 ? 12_000 : random.Next(10, 900)),
                Metadata = new Dictionary<string, MetadataValue> { ["i"] = MetadataValue.Of(i) },
                OccurredAt = time.Now, CreatedAt = time.Now, UpdatedAt = time.Now, ExpiresAt = i % 3 == 0 ? time.Now.AddYears(1) : null,
                Embedding = new float[] { i, random.NextSingle() }, EmbeddingModel = "m",
            })];
            List<MemoryEvent> events = [.. Enumerable.Range(0, Events).Select(i => new MemoryEvent
            {
                Id = $"1#{i:D4}", ActorId = "alice", SessionId = $"session{i % Sessions}", Content = $"event {i} " + new string('e', random.Next(10, 2_000)),
                OccurredAt = time.Now, CreatedAt = time.Now, ExpiresAt = time.Now.AddDays(7), Namespace = i % 2 == 0 ? MemoryNamespace.Parse("n1/events") : null,
            })];
            await engine.UpsertAsync(records, null, default);
            await engine.AppendAsync(events, 1_000, null, default);
            records.ForEach(r => _known[r.Id] = ItemText.Of(r));
            events.ForEach(e => _known[e.Id] = ItemText.Of(e));
        }

        _bytes = await File.ReadAllBytesAsync(folder[SqliteDatabase.FileName]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Opens a copy and reads everything there is, by id and by list. Whatever is given must be what was written.</summary>
    /// <returns>How many items were given by id, out of how many, and whether the copy said that it is damaged.</returns>
    internal async Task<Reading> ReadAsync(byte[] copy)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder[SqliteDatabase.FileName], copy);
        var reading = new Reading { All = _known.Count };
        try
        {
            await using var database = SqliteDatabase.Open(folder.Path);
            var stores = await database.ReadAsync(StoreRows.All, default);
            foreach (var (number, store) in stores)
            {
                Assert.Equal(("default", "default-0000000000"), (store.Name, store.Id));
                await ReadAllAsync(new SqliteEngine(database, number, new ManualTime()), reading);
            }

            reading.Stores = stores.Count;
            reading.Said |= database.Health.Warnings.Count > 0 || database.Health.ReadOnly is not null;
        }
        catch (MemoryException e)
        {
            IsClear(e, reading);
        }

        return reading;
    }

    private async Task ReadAllAsync(SqliteEngine engine, Reading reading)
    {
        var now = new ManualTime().Now;
        foreach (var id in _known.Keys)
        {
            await TryAsync(reading, async () =>
            {
                MemoryItem? item = id[0] == '1' ? (await engine.GetEventsAsync([id], default))[0] : (await engine.GetAsync([id], default))[0];
                if (Given(item))
                {
                    reading.Given++;
                }
            });
        }

        await TryAsync(reading, async () => reading.Listed = (await AllAsync(page => engine.ListAsync(new(), page, default))).Count(Given));
        await TryAsync(reading, async () => reading.Listed += (await AllAsync(page => engine.ListEventsAsync(new(), page, default))).Count(Given));
        await TryAsync(reading, async () => (await AllAsync(page => engine.ListAsync(new() { Scope = MemoryNamespace.Parse("n3"), Now = now }, page, default))).ForEach(
            r => Assert.Equal("n3/deep", r.Namespace.Path)));
        await TryAsync(reading, async () => (await AllAsync(page => engine.ListEventsAsync(new() { ActorId = "alice", SessionId = "session1", OldestFirst = true }, page, default))).ForEach(
            e => Assert.Equal("session1", e.SessionId)));
        await TryAsync(reading, async () => (await AllAsync(page => engine.ListActorsAsync(now, page, default))).ForEach(a => Assert.Equal("alice", a.ActorId)));
        await TryAsync(reading, async () => (await AllAsync(page => engine.ListSessionsAsync("alice", now, page, default))).ForEach(s =>
        {
            Assert.Matches("^session[012]$", s.SessionId);
            Assert.Equal((now, now), (s.CreatedAt, s.LastEventAt));
        }));
        await TryAsync(reading, () => engine.StatisticsAsync(now, default));

        // A write to a damaged file is whole or refused, and what was there stays what it was.
        await TryAsync(reading, () => engine.UpsertAsync([_record], null, default));
        await TryAsync(reading, async () => Given((await engine.GetAsync(["mem-0001"], default))[0]));
    }

    private static readonly MemoryRecord _record = new()
    {
        Id = "mem-new",
        Namespace = MemoryNamespace.Parse("new"),
        Content = "new",
        OccurredAt = default,
        CreatedAt = default,
        UpdatedAt = default,
    };

    private bool Given(MemoryItem? item)
    {
        if (item is null)
        {
            return false;
        }

        Assert.Equal(_known[item is MemoryRecord r ? r.Id : ((MemoryEvent)item).Id], ItemText.Of(item));
        return true;
    }

    private static async Task TryAsync(Reading reading, Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (MemoryException e)
        {
            IsClear(e, reading);
        }
    }

    private static void IsClear(MemoryException e, Reading reading)
    {
        // A version or a page size that was flipped may look like a newer program's; a store that was lost with its row, like a deleted one.
        Assert.Contains(e.Code, (MemoryErrorCode[])[MemoryErrorCode.Corrupt, MemoryErrorCode.NotSupported, MemoryErrorCode.ReadOnly, MemoryErrorCode.NotFound]);
        reading.Said = true;
    }

    private static async Task<List<T>> AllAsync<T>(Func<PageRequest, Task<Page<T>>> list)
    {
        const int MaxPages = 1_000;
        List<T> all = [];
        string? cursor = null;
        for (var i = 0; i < MaxPages; i++)
        {
            var page = await list(new(13, cursor));
            all.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null)
            {
                return all;
            }
        }

        throw new InvalidOperationException("A list of a damaged file does not end.");
    }

    internal sealed class Reading
    {
        public int All { get; init; }

        public int Given { get; set; }

        public int Listed { get; set; }

        public int Stores { get; set; }

        public bool Said { get; set; }
    }
}
