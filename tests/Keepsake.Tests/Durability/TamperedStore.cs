using Keepsake.Embedding;
using Keepsake.Engines.Sqlite;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>A store of which every answer is known, in a folder that is put back to what it was as often as a test wants.</summary>
internal sealed class TamperedStore : IDisposable
{
    public const int Places = 48;
    public const int Actors = 5;
    public const string ForgottenSession = "gone";
    private const int FactsPerPlace = 4;
    private const int EventsPerPlace = 2;

    // Loaded once: what is tested is below it.
    private static readonly Embedder Embedder = new(new EmbeddingOptions());

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly ManualTime _time = new();
    private readonly string _name;

    private TamperedStore(string name) => _name = name;

    /// <summary>Gets what is there, by id.</summary>
    public Dictionary<string, KnownItem> Known { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the ids of what was forgotten.</summary>
    public List<string> Forgotten { get; } = [];

    /// <summary>Gets where rows may be changed that have nothing to do with one another.</summary>
    public IReadOnlyList<TamperedPlace> All { get; private set; } = [];

    private string Data => _folder["data"];

    private string File => Path.Combine(Data, SqliteDatabase.FileName);

    public static string SessionOf(int place) => $"session-{place}";

    public static string ActorOf(int place) => $"actor-{place % Actors}";

    public static string QuestionOf(int place, int fact) => $"zebra{place}x{fact}";

    public static async Task<TamperedStore> CreateAsync(bool encrypted)
    {
        var store = new TamperedStore(encrypted ? "sealed" : MemoryStores.DefaultStore);
        await using (var stores = await store.OpenAsync())
        {
            if (encrypted)
            {
                await stores.CreateEncryptedAsync(store._name);
            }

            await store.WriteAsync(stores);
        }

        store.Remember();
        return store;
    }

    /// <summary>Opens the folder as it is now.</summary>
    public async Task<MemoryStores> OpenAsync() =>
        await MemoryStores.TryOpenAsync(DataFolder.Open(Data), Embedder, time: _time) ?? throw new InvalidOperationException("The folder is taken.");

    public IMemory Of(MemoryStores stores) => stores[_name];

    /// <summary>Puts every file back to what it was.</summary>
    public void PutBack()
    {
        foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories).Where(file => !_files.ContainsKey(file)))
        {
            System.IO.File.Delete(file);
        }

        foreach (var (file, bytes) in _files)
        {
            System.IO.File.WriteAllBytes(file, bytes);
        }
    }

    /// <summary>Changes rows while no process has the folder.</summary>
    public T Change<T>(Func<SqliteSession, T> change)
    {
        using var session = new SqliteSession(File, readOnly: false);
        session.Execute("BEGIN IMMEDIATE");
        var result = change(session);
        session.Execute("COMMIT");
        return result;
    }

    /// <summary>Does what a person does who takes the database as it is.</summary>
    public void RemoveCommits() => System.IO.File.Delete(Path.Combine(Data, "keys", "commits"));

    public void Dispose() => _folder.Dispose();

    private async Task WriteAsync(MemoryStores stores)
    {
        var memory = Of(stores);
        List<IReadOnlyList<WriteOutcome>> written = [];
        for (var place = 0; place < Places; place++)
        {
            written.Add((await memory.RememberAsync(new()
            {
                Namespace = $"n{place:D2}",
                Facts = [.. Enumerable.Range(0, FactsPerPlace).Select(fact => Fact(place, fact, "first"))],
            })).Outcomes);
            for (var i = 0; i < EventsPerPlace; i++)
            {
                await memory.AppendEventAsync(Event(place, SessionOf(place), i));
                await memory.AppendEventAsync(Event(place, ForgottenSession, i));
            }
        }

        // What rows, guards and heads were, for who puts them back.
        await stores.Database.WriteAsync(
            (session, _) => ((string[])["records", "events", "guards", "heads"]).Sum(table => session.Execute($"CREATE TABLE old_{table} AS SELECT * FROM {table}")),
            null,
            default);
        for (var place = 0; place < Places; place++)
        {
            await memory.RememberAsync(new() { Namespace = $"n{place:D2}", Facts = [Fact(place, 0, "second")] });
            await memory.UpdateAsync(written[place][1].Id!, new() { Content = $"{QuestionOf(place, 1)} in its second telling" });
            await memory.ForgetAsync([written[place][3].Id!], hard: place % 2 == 0);
            Forgotten.Add(written[place][3].Id!);
        }

        for (var actor = 0; actor < Actors; actor++)
        {
            await memory.ForgetSessionAsync(ActorOf(actor), ForgottenSession, hard: actor % 2 == 0);
        }

        foreach (var record in (await memory.ListAsync(new() { Page = new(PageRequest.MaxLimit) })).Items)
        {
            Known[record.Id] = new(ItemText.Of(record), record.Content, record.Namespace.Path);
        }

        for (var place = 0; place < Places; place++)
        {
            foreach (var item in (await memory.ListEventsAsync(new() { ActorId = ActorOf(place), SessionId = SessionOf(place) })).Events)
            {
                Known[item.Id] = new(ItemText.Of(item), item.Content, item.Namespace!.Path);
            }
        }

        Assert.Equal(Places * (FactsPerPlace - 1 + EventsPerPlace), Known.Count);
    }

    private void Remember()
    {
        foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories))
        {
            _files[file] = System.IO.File.ReadAllBytes(file);
        }

        All = Change(session => Enumerable.Range(0, Places).Select(place => new TamperedPlace(
            $"n{place:D2}",
            Rows(session, "SELECT seq FROM records WHERE path = $1 ORDER BY seq", $"n{place:D2}"),
            Rows(session, "SELECT seq FROM events WHERE path = $1 ORDER BY seq", $"n{place:D2}/events"))).ToList());
    }

    private static List<long> Rows(SqliteSession session, string sql, string path)
    {
        using var reader = session.Query(sql, path);
        List<long> rows = [];
        while (reader.Read())
        {
            rows.Add(reader.GetInt64(0));
        }

        return rows;
    }

    private static MemoryFact Fact(int place, int fact, string telling) => new()
    {
        Content = $"{QuestionOf(place, fact)} in its {telling} telling",
        Key = fact == 0 ? "key" : null,
        ActorId = ActorOf(place),
        Metadata = new Dictionary<string, MetadataValue> { ["telling"] = MetadataValue.Of(telling) },
    };

    private static EventInput Event(int place, string session, int i) => new()
    {
        ActorId = ActorOf(place),
        SessionId = session,
        Namespace = $"n{place:D2}/events",
        Content = $"{session} heard of {QuestionOf(place, 7 + i)}",
    };
}

/// <summary>An item as it was written last.</summary>
internal sealed record KnownItem(string Text, string Content, string Path);

/// <summary>The rows of one namespace: what is done to them costs no other.</summary>
internal sealed record TamperedPlace(string Path, IReadOnlyList<long> Records, IReadOnlyList<long> Events);
