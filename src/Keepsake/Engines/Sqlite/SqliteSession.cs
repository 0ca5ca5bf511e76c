using Keepsake.Engines.Sqlite.Integrity;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    private readonly RowGuard? _guard;

    /// <summary>Opens a connection.</summary>
    /// <param name="file">The database.</param>
    /// <param name="readOnly">Whether it only reads.</param>
    /// <param name="guard">Says which rows may be given out; <see langword="null"/>: no row is read or written through it.</param>
    public SqliteSession(string file, bool readOnly, RowGuard? guard = null)
    {
        _guard = guard;
        _ = SqliteNative.Version;
        Connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
        }.ToString());
        Connection.Open();

        // mmap stays off: it widens the WAL-reset fault and turns a disk error into a signal that ends the process.
        Execute("PRAGMA busy_timeout=5000");
        Execute("PRAGMA trusted_schema=OFF");
        Execute("PRAGMA cell_size_check=ON");
        Execute("PRAGMA mmap_size=0");
        Execute("PRAGMA temp_store=MEMORY");
        Execute("PRAGMA wal_autocheckpoint=0");
    }

    public SqliteConnection Connection { get; }

    /// <summary>Gets what says which rows may be given out.</summary>
    public RowGuard Guard => _guard ?? throw new InvalidOperationException("This connection reads and writes no rows.");

    /// <summary>Runs a statement; parameters are <c>$1</c>, <c>$2</c>, … in order.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements.Add(sql, statement = new(Connection.Handle!, sql));
        }

        return statement.Execute(values);
    }

    /// <summary>Runs a query; parameters are <c>$1</c>, <c>$2</c>, … in order.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteReader();

    /// <summary>Runs a query for one integer.</summary>
    /// <returns>The integer, or 0 for none or null.</returns>
    public long Number(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteScalar() as long? ?? 0;

    /// <summary>Makes closing this connection leave the log as it is, rather than copy it into the database and remove it.</summary>
    public void KeepLog()
    {
        const int NoCheckpointOnClose = 1_006;
        _ = SQLitePCL.raw.sqlite3_db_config(Connection.Handle, NoCheckpointOnClose, 1, out _);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        Connection.Dispose();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = Connection.CreateCommand();
#pragma warning disable CA2100 // Every caller passes constant text; values are parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            }

            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }
}
