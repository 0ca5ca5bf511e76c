namespace Keepsake.Engines.Sqlite;

/// <summary>The tables, and the steps that bring an older file to them.</summary>
/// <remarks>
/// Each step runs in one transaction with the new version number, so a kill leaves the file before or after a step, never
/// between. Steps are never changed once released; new ones are added at the end.
/// </remarks>
internal static class SqliteSchema
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE stores (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            id TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            checksum BLOB NOT NULL);

        CREATE TABLE records (
            seq INTEGER PRIMARY KEY,
            store INTEGER NOT NULL,
            id TEXT NOT NULL,
            path TEXT NOT NULL,
            actor TEXT NOT NULL,
            key TEXT,
            kind INTEGER NOT NULL,
            content_hash BLOB NOT NULL,
            expires_at INTEGER,
            deleted_at INTEGER,
            version INTEGER NOT NULL,
            body BLOB NOT NULL,
            embedding BLOB,
            checksum BLOB NOT NULL);
        CREATE UNIQUE INDEX records_by_id ON records (store, id);
        CREATE INDEX records_by_path ON records (store, path, seq);
        CREATE UNIQUE INDEX records_by_key ON records (store, path, actor, key) WHERE key IS NOT NULL AND deleted_at IS NULL;
        CREATE UNIQUE INDEX records_by_content ON records (store, path, actor, content_hash) WHERE key IS NULL AND deleted_at IS NULL;
        CREATE INDEX records_deleted ON records (deleted_at) WHERE deleted_at IS NOT NULL;
        CREATE INDEX records_expiring ON records (expires_at) WHERE expires_at IS NOT NULL;

        CREATE TABLE events (
            seq INTEGER PRIMARY KEY,
            store INTEGER NOT NULL,
            id TEXT NOT NULL,
            actor TEXT NOT NULL,
            session TEXT NOT NULL,
            branch TEXT NOT NULL,
            path TEXT,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            deleted_at INTEGER,
            body BLOB NOT NULL,
            embedding BLOB,
            checksum BLOB NOT NULL);
        CREATE UNIQUE INDEX events_by_id ON events (store, id);
        CREATE INDEX events_by_session ON events (store, actor, session, seq);
        CREATE INDEX events_deleted ON events (deleted_at) WHERE deleted_at IS NOT NULL;
        CREATE INDEX events_expiring ON events (expires_at) WHERE expires_at IS NOT NULL;

        CREATE TABLE tokens (
            store INTEGER NOT NULL,
            token BLOB NOT NULL,
            fingerprint TEXT NOT NULL,
            reply BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            checksum BLOB NOT NULL,
            PRIMARY KEY (store, token)) WITHOUT ROWID;
        CREATE INDEX tokens_by_age ON tokens (created_at);
        """,
        """
        CREATE TABLE outbox (
            seq INTEGER PRIMARY KEY,
            store INTEGER NOT NULL,
            kind TEXT NOT NULL,
            payload BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            checksum BLOB NOT NULL);
        CREATE INDEX outbox_due ON outbox (due_at);
        """,
        """
        CREATE TABLE changes (
            seq INTEGER PRIMARY KEY,
            store INTEGER NOT NULL,
            id TEXT NOT NULL);
        """,
        """
        CREATE TABLE marks (
            store INTEGER NOT NULL,
            mark BLOB NOT NULL,
            seq INTEGER NOT NULL,
            PRIMARY KEY (store, mark, seq)) WITHOUT ROWID;
        CREATE INDEX marks_by_row ON marks (seq);
        CREATE TRIGGER records_erased AFTER DELETE ON records BEGIN DELETE FROM marks WHERE seq = OLD.seq; END;
        CREATE TRIGGER events_erased AFTER DELETE ON events BEGIN DELETE FROM marks WHERE seq = OLD.seq; END;
        INSERT INTO marks (store, mark, seq)
            SELECT 0, x'', -coalesce(max(seq), 0) FROM (SELECT max(seq) AS seq FROM records UNION ALL SELECT max(seq) FROM events);
        """,
        """
        ALTER TABLE stores ADD COLUMN sealing INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE stores ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE guards (
            guarded INTEGER PRIMARY KEY,
            head INTEGER NOT NULL,
            guard BLOB NOT NULL,
            namespace_key INTEGER,
            actor_key INTEGER,
            row_key BLOB);

        CREATE TABLE heads (
            number INTEGER PRIMARY KEY,
            store INTEGER NOT NULL,
            tbl INTEGER NOT NULL,
            path TEXT NOT NULL,
            members INTEGER NOT NULL,
            sum BLOB NOT NULL,
            tag BLOB NOT NULL);
        CREATE UNIQUE INDEX heads_by_path ON heads (store, tbl, path);

        CREATE TABLE integrity (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        """,
        """
        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            body BLOB NOT NULL,
            mac BLOB NOT NULL);
        CREATE TABLE audit_checkpoints (
            kind INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            at INTEGER NOT NULL,
            head BLOB NOT NULL,
            digest BLOB NOT NULL,
            signature BLOB NOT NULL,
            PRIMARY KEY (kind, seq)) WITHOUT ROWID;
        CREATE TABLE api_keys (
            name TEXT PRIMARY KEY,
            hash BLOB NOT NULL,
            body BLOB NOT NULL,
            checksum BLOB NOT NULL) WITHOUT ROWID;
        """,
        """
        CREATE TABLE benchmarks (
            number INTEGER PRIMARY KEY,
            store INTEGER NOT NULL,
            path TEXT NOT NULL,
            report BLOB NOT NULL,
            checksum BLOB NOT NULL);
        CREATE INDEX benchmarks_by_path ON benchmarks (store, path, number);

        CREATE TABLE quarantine (
            store INTEGER NOT NULL,
            path TEXT NOT NULL,
            since INTEGER NOT NULL,
            reason TEXT,
            checksum BLOB NOT NULL,
            PRIMARY KEY (store, path)) WITHOUT ROWID;

        CREATE TABLE rebuilds (
            store INTEGER NOT NULL,
            path TEXT NOT NULL,
            state BLOB NOT NULL,
            checksum BLOB NOT NULL,
            PRIMARY KEY (store, path)) WITHOUT ROWID;
        """,

        // Embeddings in half precision, which a program of the step before takes for others (EmbeddingColumn).
        "",

        // Rows of API keys, quarantines and rebuilds are signed, which a program of the step before takes for damage. IntegrityStart signs those that are there.
        "",
    ];

    /// <summary>Gets the version that this program reads and writes.</summary>
    public static int Latest => Steps.Length;

    /// <summary>The version of a file; 0 when it is new.</summary>
    public static int VersionOf(SqliteSession session) => (int)session.Number("PRAGMA user_version");

    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotSupported"/>: a newer program wrote the file.</exception>
    public static void RefuseIfNewer(SqliteSession session)
    {
        var version = VersionOf(session);
        if (version > Latest)
        {
            throw new MemoryException(
                MemoryErrorCode.NotSupported,
                $"This data was written by a newer Keepsake (schema {version}; this one knows up to {Latest}). Update Keepsake to open it.");
        }
    }

    /// <summary>Brings a file to the latest version.</summary>
    public static void Migrate(SqliteSession session)
    {
        for (var version = VersionOf(session); version < Latest; version++)
        {
            FailPoint.Hit("migration.begin");
            session.Execute("BEGIN IMMEDIATE");
            using (var step = session.Connection.CreateCommand())
            {
#pragma warning disable CA2100 // A constant of this file and a number.
                step.CommandText = Steps[version] + $"PRAGMA user_version={version + 1};";
#pragma warning restore CA2100
                step.ExecuteNonQuery();
            }

            FailPoint.Hit("migration.commit");
            session.Execute("COMMIT");
            FailPoint.Hit("migration.end");
        }
    }
}
