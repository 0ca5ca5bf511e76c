using System.Buffers.Binary;

namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>Rows of the table of heads.</summary>
internal static class HeadRows
{
    private const string Columns = "number, store, tbl, path, members, sum, tag";

    /// <summary>Reads the head with a number.</summary>
    public static Head? ByNumber(SqliteSession session, long number) => One(session, $"SELECT {Columns} FROM heads WHERE number = $1", number);

    /// <summary>Reads the head of a namespace.</summary>
    public static Head? ByPath(SqliteSession session, long store, GuardedTable table, string path) => One(
        session, $"SELECT {Columns} FROM heads WHERE store = $1 AND tbl = $2 AND path = $3", store, (long)table, path);

    /// <summary>Reads the heads of a store, or all.</summary>
    public static List<Head> All(SqliteSession session, long? store = null)
    {
        using var reader = session.Query($"SELECT {Columns} FROM heads WHERE $1 IS NULL OR store = $1 ORDER BY number", store);
        List<Head> heads = [];
        while (reader.Read())
        {
            heads.Add(Read(reader));
        }

        return heads;
    }

    public static void Put(SqliteSession session, Head head) => session.Execute(
        $"INSERT OR REPLACE INTO heads ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        head.Number, head.Store, (long)head.Table, head.Path, head.Members, head.SumBytes, head.Tag);

    public static void Erase(SqliteSession session, Head head) => session.Execute("DELETE FROM heads WHERE number = $1", head.Number);

    private static Head? One(SqliteSession session, string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = session.Query(sql, values);
        return reader.Read() ? Read(reader) : null;
    }

    private static Head Read(Microsoft.Data.Sqlite.SqliteDataReader reader) => new()
    {
        Number = reader.GetInt64(0),
        Store = reader.GetInt64(1),
        Table = (GuardedTable)reader.GetInt64(2),
        Path = reader.GetString(3),
        Members = reader.GetInt64(4),
        Sum = reader.Bytes(5) is { Length: 16 } sum ? BinaryPrimitives.ReadUInt128LittleEndian(sum) : 0,
        Tag = reader.Bytes(6),
    };
}
