using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Keepsake.Engines.Sqlite;

/// <summary>A prepared statement that gives no rows to read; its parameters are <c>$1</c>, <c>$2</c>, … without a gap.</summary>
/// <remarks>An import runs one for each record, and looking up fourteen names each time would be a good part of what that costs.</remarks>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly int[] _places;

    /// <exception cref="SqliteException">The statement is not well-formed, or names what is not there.</exception>
    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));

        // SQLite counts parameters as they first stand in the text.
        _places = new int[raw.sqlite3_bind_parameter_count(_statement)];
        for (var i = 0; i < _places.Length; i++)
        {
            _places[i] = raw.sqlite3_bind_parameter_index(_statement, $"${i + 1}");
        }
    }

    /// <summary>Runs the statement to its end.</summary>
    /// <param name="values">Its parameters in order: numbers, texts, blobs and <see langword="null"/>.</param>
    /// <returns>How many rows an insert, update or deletion changed; of other statements it says nothing.</returns>
    /// <exception cref="SqliteException">It failed.</exception>
    public int Execute(ReadOnlySpan<object?> values)
    {
        try
        {
            for (var i = 0; i < values.Length; i++)
            {
                Check(Bind(_places[i], values[i]));
            }

            int result;
            while ((result = raw.sqlite3_step(_statement)) == raw.SQLITE_ROW)
            {
                // A pragma answers with what it was set to.
            }

            if (result != raw.SQLITE_DONE)
            {
                Check(result);
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            // What was wrong was said by the step; the text of a secret is not to stay bound either.
            _ = raw.sqlite3_reset(_statement);
            _ = raw.sqlite3_clear_bindings(_statement);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();

    private int Bind(int place, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_statement, place),
        long number => raw.sqlite3_bind_int64(_statement, place, number),
        int number => raw.sqlite3_bind_int64(_statement, place, number),
        string text => raw.sqlite3_bind_text(_statement, place, text),
        byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(_statement, place, 0),
        byte[] bytes => raw.sqlite3_bind_blob(_statement, place, bytes),
        _ => throw new NotSupportedException($"A {value.GetType().Name} cannot be bound."),
    };

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
