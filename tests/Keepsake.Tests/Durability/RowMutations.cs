using System.Text;
using Keepsake.Engines.Sqlite;

namespace Keepsake.Tests.Durability;

/// <summary>What somebody does to the rows of one namespace who can write to the database and has no key.</summary>
/// <param name="session">The connection.</param>
/// <param name="random">Chooses.</param>
internal sealed class RowMutations(SqliteSession session, Random random)
{
    private static readonly string[] RecordColumns =
        ["seq", "store", "id", "path", "actor", "key", "kind", "content_hash", "expires_at", "deleted_at", "version", "body", "embedding", "checksum"];

    private static readonly string[] EventColumns =
        ["seq", "store", "id", "actor", "session", "branch", "path", "created_at", "expires_at", "deleted_at", "body", "embedding", "checksum"];

    private static readonly string[] GuardColumns = ["guarded", "head", "guard", "namespace_key", "actor_key", "row_key"];

    /// <summary>Does something that each row that is read gives away by itself, also while the store is open.</summary>
    /// <returns>What was done; <see langword="null"/>: nothing, because it would have changed nothing or the table does not let it be.</returns>
    public string? OfRow(TamperedPlace place)
    {
        var (table, columns, rows) = random.Next(3) == 0 ? ("events", EventColumns, place.Events) : ("records", RecordColumns, place.Records);
        var (a, b) = (Any(rows), Any(rows));
        return random.Next(12) switch
        {
            0 or 1 or 2 => Flip(table, "seq", a, Any(columns)),
            3 => Flip("guards", "guarded", a, Any(["guarded", "guard", "namespace_key", "actor_key", "row_key"])),
            4 => Swap(table, "seq", a, b, Any(columns[1..])),
            5 => Swap("guards", "guarded", a, b, Any(["guard", "row_key"])),
            6 => Copy(table, columns, a, Any(["body", "embedding", "checksum"])),
            7 => PutBack(table, columns, a, guard: false),
            8 => Done(session.Execute("DELETE FROM guards WHERE guarded = $1", a), $"guard of {a} removed"),
            9 => Duplicate(table, columns, a, withGuard: false),
            10 => Forge(table, a),
            _ => Run($"UPDATE OR IGNORE {table} SET deleted_at = CASE WHEN deleted_at IS NULL THEN 1 END, expires_at = NULL WHERE seq = $1", a),
        };
    }

    /// <summary>Does something that is noticed at the next start, because guards and sums do not fit any more.</summary>
    /// <inheritdoc cref="OfRow"/>
    public string? OfNamespace(TamperedPlace place)
    {
        var (table, columns, rows) = random.Next(3) == 0 ? ("events", EventColumns, place.Events) : ("records", RecordColumns, place.Records);
        var a = Any(rows);
        return random.Next(8) switch
        {
            0 or 1 => OfRow(place),
            2 => PutBack(table, columns, a, guard: true),
            3 => Join(PutBack(table, columns, a, guard: true), Run(
                $"UPDATE heads SET sum = o.sum, members = o.members FROM old_heads o WHERE o.number = heads.number AND heads.path = '{Path(table, place)}'")),
            4 => Done(session.Execute($"DELETE FROM {table} WHERE seq = $1", a), $"{table} {a} removed"),
            5 => Join(
                Done(session.Execute($"DELETE FROM {table} WHERE seq = $1", a), $"{table} {a} removed"),
                Done(session.Execute("DELETE FROM guards WHERE guarded = $1", a), "with its guard")),
            6 => Duplicate(table, columns, a, withGuard: true),
            _ => Run($"UPDATE heads SET members = members + $1 WHERE path = '{Path(table, place)}'", random.Next(1, 3)),
        };
    }

    private static string Path(string table, TamperedPlace place) => table == "events" ? place.Path + "/events" : place.Path;

    /// <summary>Flips a bit of a column, whatever its type; where nothing is in it, something comes to be.</summary>
    public string? Flip(string table, string by, object row, string column)
    {
        if (session.Number($"SELECT count(*) FROM {table} WHERE {by} = $1", row) == 0)
        {
            return null;
        }

        var value = Value(table, by, row, column);
        object flipped = value switch
        {
            byte[] { Length: > 0 } bytes => Flipped(bytes),
            long number => number ^ (1L << random.Next(column is "head" ? 12 : 0, 40)),
            string { Length: > 0 } text => Encoding.Latin1.GetString(Flipped(Encoding.Latin1.GetBytes(text))),
            byte[] => new byte[] { 1 },
            _ => column is "embedding" or "row_key" ? new byte[] { 1, 2, 3, 4 } : column is "key" or "path" ? "x" : 1L,
        };
        return Done(session.Execute($"UPDATE OR IGNORE {table} SET {column} = $2 WHERE {by} = $1", row, flipped), $"{table}.{column} of {row} flipped");
    }

    private byte[] Flipped(byte[] bytes)
    {
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    // Two rows of one namespace and store: what is swapped has been vouched for, at another place.
    private string? Swap(string table, string by, long a, long b, string column)
    {
        var (ofA, ofB) = (Value(table, by, a, column), Value(table, by, b, column));
        return session.Number("SELECT quote($1) <> quote($2)", ofA, ofB) == 0 ? null : Join(
            Run($"UPDATE OR IGNORE {table} SET {column} = $2 WHERE {by} = $1", a, ofB),
            Run($"UPDATE OR IGNORE {table} SET {column} = $2 WHERE {by} = $1", b, ofA));
    }

    private object? Value(string table, string by, object row, string column)
    {
        using var reader = session.Query($"SELECT {column} FROM {table} WHERE {by} = $1", row);
        return reader.Read() && !reader.IsDBNull(0) ? reader.GetValue(0) : null;
    }

    // What another row holds, together with the columns that it is checked by.
    private string? Copy(string table, string[] columns, long to, string column)
    {
        var whole = random.Next(2) == 0;
        var set = string.Join(", ", (whole ? columns.Where(c => c is not ("seq" or "id" or "store")) : [column]).Select(c => $"{c} = o.{c}"));
        return Run(
            $"""
            UPDATE OR IGNORE {table} SET {set} FROM (SELECT * FROM {table} WHERE seq <> $1 ORDER BY (seq * 7919 + $2) % 1009 LIMIT 1) o
            WHERE {table}.seq = $1 AND quote({table}.{column}) <> quote(o.{column})
            """,
            to, random.Next(1_000));
    }

    private string? PutBack(string table, string[] columns, long row, bool guard)
    {
        var set = string.Join(", ", columns[1..].Select(column => $"{column} = o.{column}"));
        var rows = Run(
            $"UPDATE OR IGNORE {table} SET {set} FROM old_{table} o WHERE {table}.seq = $1 AND o.seq = $1 AND o.checksum <> {table}.checksum", row);
        if (rows is not null)
        {
            return guard
                ? Join(rows, Run(
                    """
                    UPDATE guards SET guard = o.guard, row_key = o.row_key, namespace_key = o.namespace_key, actor_key = o.actor_key
                    FROM old_guards o WHERE guards.guarded = $1 AND o.guarded = $1
                    """,
                    row))
                : rows;
        }

        // It is as it was: one beside it that was erased comes back.
        rows = Run(
            $"""
            INSERT OR IGNORE INTO {table} SELECT * FROM old_{table} WHERE seq = (
                SELECT min(seq) FROM old_{table} o WHERE path = (SELECT path FROM {table} WHERE seq = $1) AND NOT EXISTS (SELECT 1 FROM {table} WHERE seq = o.seq))
            """,
            row);
        return rows is not null && guard
            ? Join(rows, Run($"INSERT INTO guards SELECT * FROM old_guards WHERE guarded IN (SELECT seq FROM {table}) AND guarded NOT IN (SELECT guarded FROM guards)"))
            : rows;
    }

    private string? Duplicate(string table, string[] columns, long row, bool withGuard)
    {
        var number = (1L << 33) + random.Next();
        string Of(string column) => column switch
        {
            "seq" => $"{number}",
            "id" => $"id || 'x{number}'",
            "content_hash" => "randomblob(16)",
            "key" => "NULL",
            _ => column,
        };
        var made = Run($"INSERT OR IGNORE INTO {table} SELECT {string.Join(", ", columns.Select(Of))} FROM {table} WHERE seq = $1", row);
        return withGuard && made is not null
            ? Join(made, Run($"INSERT OR IGNORE INTO guards SELECT {number}, {string.Join(", ", GuardColumns[1..])} FROM guards WHERE guarded = $1", row))
            : made;
    }

    private string? Forge(string table, long row) => Run(
        $"UPDATE {table} SET body = $2 WHERE seq = $1", row, """{"type":"record","id":"mem-forged","namespace":"n01","content":"forged"}"""u8.ToArray());

    private string? Run(string sql, params ReadOnlySpan<object?> values) => Done(session.Execute(sql, values), sql);

    private static string? Done(int rows, string what) => rows > 0 ? what : null;

    private static string? Join(string? first, string? second) => first is null ? second : second is null ? first : $"{first}; {second}";

    private T Any<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
