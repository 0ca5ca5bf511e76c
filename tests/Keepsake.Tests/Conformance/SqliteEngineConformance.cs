using Keepsake.Engines;
using Keepsake.Engines.Sqlite;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Conformance;

public sealed class SqliteEngineConformance : EngineConformance
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;
    private long _store;

    protected override async ValueTask<IMemoryEngine> OpenAsync()
    {
        _database = SqliteDatabase.Open(_folder.Path);
        _store = await _database.WriteAsync(
            (session, _) => StoreRows.Insert(session, new("default", "default-0000000000", Time.Now, Encrypted: false)), null, Cancellation);
        return new SqliteEngine(_database, _store, Time);
    }

    protected override async ValueTask<IMemoryEngine> ReopenAsync()
    {
        await _database!.DisposeAsync();
        _database = SqliteDatabase.Open(_folder.Path);
        return new SqliteEngine(_database, _store, Time);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database!.DisposeAsync();
        _folder.Dispose();
    }
}
