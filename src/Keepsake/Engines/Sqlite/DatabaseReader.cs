using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection;
using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite;

/// <summary>A database file that nobody has in use, such as a backup, read, or changed, with the keys of a data folder.</summary>
internal sealed class DatabaseReader : IDisposable
{
    /// <summary>Opens a file. Its rows are read once <see cref="Begin"/> has looked at it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="keys">The data folder's keys: rows that they signed are told from changed ones, of others only damage is told.</param>
    /// <param name="writes">Whether it is changed too.</param>
    public DatabaseReader(string file, KeysFolder keys, bool writes = false)
    {
        var guard = new RowGuard(keys, new());
        try
        {
            Session = new(file, readOnly: !writes, guard);
        }
        catch
        {
            guard.Dispose();
            throw;
        }
    }

    public SqliteSession Session { get; }

    /// <summary>Looks at how the rows are signed and which of them nobody can read any more.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: the list of what is stored was changed.</exception>
    public IReadOnlyList<StoreRow> Begin()
    {
        IntegrityStart.Inspect(Session, Session.Guard);
        var stores = StoreRows.Rows(Session);
        Session.Guard.Destroyed = stores.ToDictionary(store => store.Number, store => KeyRing.DestroyedOf(Session.Guard.Keys, store.Store.Id));
        return stores;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Dispose();
        Session.Guard.Dispose();
    }
}
