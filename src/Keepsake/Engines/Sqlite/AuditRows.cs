using Keepsake.Protection.Audit;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows of the audit log and its checkpoints. They are checked by the chain, so they carry no checksum of their own.</summary>
internal static class AuditRows
{
    private const string Checkpoint = "kind, seq, at, head, digest, signature";

    public static void Insert(SqliteSession session, AuditEntry entry, byte[] body, byte[] mac) => session.Execute(
        "INSERT INTO audit (seq, at, body, mac) VALUES ($1, $2, $3, $4)", entry.Seq, entry.At.UtcTicks, body, mac);

    public static void Insert(SqliteSession session, AuditCheckpoint checkpoint) => session.Execute(
        $"INSERT OR REPLACE INTO audit_checkpoints ({Checkpoint}) VALUES ($1, $2, $3, $4, $5, $6)",
        (long)checkpoint.Kind, checkpoint.Chain.Seq, checkpoint.At.UtcTicks, checkpoint.Chain.Head, checkpoint.Chain.Digest, checkpoint.Signature);

    public static long LastSeq(SqliteSession session) => session.Number("SELECT max(seq) FROM audit");

    public static long FirstSeq(SqliteSession session) => session.Number("SELECT min(seq) FROM audit");

    /// <summary>Whether the file is of a schema that has the log; one that is opened read-only may be older.</summary>
    public static bool Exist(SqliteSession session) => session.Number("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit'") == 1;

    /// <summary>Reads rows in their order.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="after">The place after which to begin.</param>
    /// <param name="read">Takes place, time in UTC ticks, body and MAC of each row.</param>
    public static void Each(SqliteSession session, long after, Action<long, long, byte[], byte[]> read)
    {
        using var reader = session.Query("SELECT seq, at, body, mac FROM audit WHERE seq > $1 ORDER BY seq", after);
        while (reader.Read())
        {
            // Somebody may have made another type of it: that is for the check to tell, too.
            read(reader.GetInt64(0), reader.GetInt64(1), reader.GetValue(2) as byte[] ?? [], reader.GetValue(3) as byte[] ?? []);
        }
    }

    /// <summary>Reads entries before a place, newest first, until one is refused.</summary>
    public static void Newest(SqliteSession session, long before, Func<AuditEntry, bool> goesOn)
    {
        using var reader = session.Query("SELECT body FROM audit WHERE seq < $1 ORDER BY seq DESC", before);
        while (reader.Read())
        {
            // What is damaged is for the check to tell.
            if (AuditCodec.Decode(reader.GetValue(0) as byte[]) is { } entry && !goesOn(entry))
            {
                break;
            }
        }
    }

    /// <summary>Reads the details of the entries of an operation, in their order.</summary>
    public static List<string> Details(SqliteSession session, string operation)
    {
        List<string> details = [];
        if (!Exist(session))
        {
            return details;
        }

        // Most of a million entries are passed over without being decoded.
        using var reader = session.Query("SELECT body FROM audit WHERE instr(body, $1) > 0 ORDER BY seq", System.Text.Encoding.UTF8.GetBytes(operation));
        while (reader.Read())
        {
            if (AuditCodec.Decode(reader.GetValue(0) as byte[]) is { Detail: { } detail } entry && entry.Operation == operation)
            {
                details.Add(detail);
            }
        }

        return details;
    }

    public static List<AuditCheckpoint> Checkpoints(SqliteSession session)
    {
        using var reader = session.Query($"SELECT {Checkpoint} FROM audit_checkpoints ORDER BY seq, kind");
        List<AuditCheckpoint> all = [];
        while (reader.Read())
        {
            all.Add(new(
                (AuditCheckpointKind)reader.GetInt64(0),
                new(reader.GetInt64(1), [], reader.GetValue(3) as byte[] ?? [], reader.GetValue(4) as byte[] ?? []),
                new(reader.GetInt64(2), TimeSpan.Zero),
                reader.GetValue(5) as byte[] ?? []));
        }

        return all;
    }

    /// <summary>The last checkpoint at or before a place; <see langword="null"/>: there is none.</summary>
    public static AuditCheckpoint? CheckpointBefore(SqliteSession session, long seq)
    {
        using var reader = session.Query($"SELECT {Checkpoint} FROM audit_checkpoints WHERE kind = 0 AND seq <= $1 ORDER BY seq DESC LIMIT 1", seq);
        return reader.Read()
            ? new(
                AuditCheckpointKind.SoFar,
                new(reader.GetInt64(1), [], reader.Bytes(3), reader.Bytes(4)),
                new(reader.GetInt64(2), TimeSpan.Zero),
                reader.Bytes(5))
            : null;
    }

    /// <summary>Erases the rows up to a place, and the checkpoints before it; where keys began is kept, as the entries after it are.</summary>
    public static void EraseThrough(SqliteSession session, long seq)
    {
        session.Execute("DELETE FROM audit WHERE seq <= $1", seq);
        session.Execute("DELETE FROM audit_checkpoints WHERE kind < 2 AND (seq < $1 OR (kind = 1 AND seq <= $1))", seq);
    }
}
