using Keepsake.Embedding;
using Keepsake.Engines.Sqlite;

namespace Keepsake.Tests.Support;

/// <summary>A data folder with real stores that can be closed, changed from outside and opened again.</summary>
internal sealed class OpenFolder : IAsyncDisposable
{
    // Loaded once: what is tested is elsewhere.
    private static readonly Embedder Shared = new(new EmbeddingOptions());

    private readonly TemporaryFolder _folder = new();
    private readonly TimeProvider? _time;
    private readonly MemoryStoreOptions? _options;

    public OpenFolder(TimeProvider? time = null, MemoryStoreOptions? options = null) => (_time, _options) = (time, options);

    public string Path => System.IO.Path.Combine(_folder.Path, "data");

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public MemoryStores Stores { get; private set; } = null!;

    public IMemory Memory => Stores[MemoryStores.DefaultStore];

    public string BackupsPath => this["backups"];

    public async Task<OpenFolder> OpenAsync()
    {
        Stores = await MemoryStores.TryOpenAsync(DataFolder.Open(Path), Shared, _options, _time) ?? throw new InvalidOperationException("The folder is taken.");
        return this;
    }

    public ValueTask CloseAsync() => Stores.DisposeAsync();

    public async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>Changes rows beside the stores, as a fault of the disk would; they are closed meanwhile.</summary>
    public async Task DamageAsync(Action<SqliteSession> damage)
    {
        await CloseAsync();
        using (var session = new SqliteSession(this[SqliteDatabase.FileName], readOnly: false))
        {
            damage(session);
        }

        await OpenAsync();
    }

    /// <summary>Flips a bit in the body of records.</summary>
    public Task FlipAsync(IEnumerable<string> ids) => DamageAsync(session => Flip(session, ids));

    /// <summary>Flips a bit in the body of records while the stores are open; a second time, they are as they were.</summary>
    public void FlipOpen(IEnumerable<string> ids)
    {
        using var session = new SqliteSession(this[SqliteDatabase.FileName], readOnly: false);
        Flip(session, ids);
    }

    /// <summary>Removes the row of a record while the stores are open.</summary>
    public void RemoveOpen(string id)
    {
        using var session = new SqliteSession(this[SqliteDatabase.FileName], readOnly: false);
        session.Execute("DELETE FROM records WHERE id = $1", id);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    private static void Flip(SqliteSession session, IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            byte[] body;
            using (var reader = session.Query("SELECT body FROM records WHERE id = $1", id))
            {
                Assert.True(reader.Read());
                body = (byte[])reader.GetValue(0);
            }

            body[body.Length / 2] ^= 4;
            session.Execute("UPDATE records SET body = $2 WHERE id = $1", id, body);
        }
    }
}
