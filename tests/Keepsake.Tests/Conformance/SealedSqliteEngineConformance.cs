using Keepsake.Engines;
using Keepsake.Engines.Sqlite;
using Keepsake.Engines.Sqlite.Sealing;
using Keepsake.Protection.Sealing;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Conformance;

/// <summary>An encrypted store does all that a plain one does.</summary>
public sealed class SealedSqliteEngineConformance : EngineConformance
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;
    private StoreKeys? _keys;
    private long _store;

    protected override async ValueTask<IMemoryEngine> OpenAsync()
    {
        Open();
        var info = new StoreInfo("default", "default-0000000000", Time.Now, Encrypted: true);
        var vault = _keys!.Create(info.Id, SealingState.Sealed);
        _store = await _database!.WriteAsync((session, _) => StoreRows.Insert(session, info, SealingState.Sealed, vault.Epoch), null, Cancellation);
        _database.Guard.SetVault(_store, vault);
        return new SqliteEngine(_database, _store, Time);
    }

    protected override async ValueTask<IMemoryEngine> ReopenAsync()
    {
        await _database!.DisposeAsync();
        _keys!.Dispose();
        Open();
        _keys.Open(await _database.ReadAsync(StoreRows.Rows, Cancellation));
        return new SqliteEngine(_database, _store, Time);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database!.DisposeAsync();
        _keys!.Dispose();
        _folder.Dispose();
    }

    private void Open()
    {
        _database = SqliteDatabase.Open(_folder.Path);
        _keys = new(_database.Guard, new(_database.Guard.Keys, new()), Time);
    }
}
