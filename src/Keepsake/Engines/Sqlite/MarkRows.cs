using System.Security.Cryptography;
using System.Text;

namespace Keepsake.Engines.Sqlite;

/// <summary>Marks by which rows are found for what stands in their bodies: the sources they come from, what they were derived from, that they are suspicious.</summary>
/// <remarks>
/// A mark is a hash, so it tells nobody what it stands for. Marks only say where to look: who finds a row by one looks at the row. Triggers remove the
/// marks of rows that are erased. Rows that are older than the table have none and are looked through (<see cref="LastUnmarked"/>).
/// </remarks>
internal static class MarkRows
{
    /// <summary>The mark of what is suspicious.</summary>
    public static byte[] Suspicious { get; } = [1];

    /// <summary>The mark of what comes from a source.</summary>
    public static byte[] OfSource(string source) => Hash("source\0" + source);

    /// <summary>The mark of what was derived from a record or an event.</summary>
    public static byte[] OfParent(string id) => Hash("parent\0" + id);

    /// <summary>Marks a row that was inserted.</summary>
    public static void Insert(SqliteSession session, long store, long seq, MemoryItem item)
    {
        foreach (var mark in MarksOf(item))
        {
            session.Execute("INSERT OR IGNORE INTO marks (store, mark, seq) VALUES ($1, $2, $3)", store, mark, seq);
        }
    }

    /// <summary>Marks a row that was updated.</summary>
    public static void Update(SqliteSession session, long store, long seq, MemoryItem item)
    {
        session.Execute("DELETE FROM marks WHERE seq = $1", seq);
        Insert(session, store, seq, item);
    }

    /// <summary>The rows with a mark.</summary>
    public static List<long> Find(SqliteSession session, long store, byte[] mark)
    {
        using var reader = session.Query("SELECT seq FROM marks WHERE store = $1 AND mark = $2 ORDER BY seq", store, mark);
        List<long> rows = [];
        while (reader.Read())
        {
            rows.Add(reader.GetInt64(0));
        }

        return rows;
    }

    /// <summary>The last row from before there were marks; 0: there is none.</summary>
    public static long LastUnmarked(SqliteSession session) => -session.Number("SELECT min(seq) FROM marks WHERE store = 0 AND mark = x''");

    private static IEnumerable<byte[]> MarksOf(MemoryItem item)
    {
        var (provenance, suspicions) = item is MemoryRecord record
            ? (record.Provenance, record.Suspicions)
            : (((MemoryEvent)item).Provenance, ((MemoryEvent)item).Suspicions);
        if (suspicions is not null)
        {
            yield return Suspicious;
        }

        foreach (var source in (provenance?.Sources ?? []).Prepend(provenance?.Source).OfType<string>())
        {
            yield return OfSource(source);
        }

        foreach (var parent in provenance?.Parents ?? [])
        {
            yield return OfParent(parent);
        }
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];
}
