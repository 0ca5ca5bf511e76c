using Keepsake.Capture;
using Keepsake.Operations;
using Keepsake.Protection;
using Keepsake.Protection.Redaction;
using Keepsake.Protection.Sealing;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>Finds secrets in a database file that nobody has open, such as a backup's, with today's rules.</summary>
internal static class DatabaseScan
{
    private static ReadOnlySpan<byte> Header => "SQLite format 3\0"u8;

    /// <summary>Tells whether a file is a database.</summary>
    public static bool IsDatabase(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[Header.Length];
        return stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header.SequenceEqual(Header);
    }

    /// <summary>Scans all stores of a file.</summary>
    /// <param name="file">The file. No process may own its folder.</param>
    /// <param name="keys">The keys of the data folder that wrote it.</param>
    /// <param name="rules">Today's settings of redaction: each store's own count for its rows.</param>
    /// <param name="apply">Whether what is found is redacted, in place.</param>
    /// <param name="found">Told how many items were looked at and what they hold.</param>
    /// <param name="cancellationToken">Stops between two pages.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>; <see cref="MemoryErrorCode.NotSupported"/> for another schema or an encrypted store;
    /// <see cref="MemoryErrorCode.Forbidden"/>: another data folder's key signed the rows, so they cannot be signed anew.</exception>
    public static void Run(
        string file, KeysFolder keys, RedactionOptions rules, bool apply, Action<int, IReadOnlyList<ScanFinding>> found, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = new DatabaseReader(file, keys, apply);
            var session = reader.Session;
            SqliteSchema.RefuseIfNewer(session);
            if (SqliteSchema.VersionOf(session) != SqliteSchema.Latest)
            {
                throw new MemoryException(MemoryErrorCode.NotSupported, "This database is none of this version of Keepsake's. Put it into a data folder, and scan its stores.");
            }

            var stores = reader.Begin();
            if (stores.FirstOrDefault(store => store.Sealing is not SealingState.Plain) is { } encrypted)
            {
                throw new MemoryException(
                    MemoryErrorCode.NotSupported,
                    $"The store '{encrypted.Store.Name}' is encrypted in this file, where nobody reads it without its keys. Put the backup in place, and scan the store: keepsake backup restore");
            }

            if (apply)
            {
                Begin(session);
            }

            foreach (var store in stores)
            {
                OneStore(session, store.Number, new(new(rules.Of(store.Store.Name))), apply, found, cancellationToken);
            }
        }
        catch (SqliteException e)
        {
            throw e.ToMemoryException();
        }
    }

    private static void Begin(SqliteSession session)
    {
        if (session.Guard.IsForeign)
        {
            throw new MemoryException(
                MemoryErrorCode.Forbidden, "Another data folder's key signed what this database holds, and only with that key can it be changed. Name that folder with: --data DIR");
        }

        session.Guard.Heads.Begin(session);
        session.Execute("PRAGMA secure_delete=ON");
    }

    private static void OneStore(
        SqliteSession session, long store, StoredCheck check, bool apply, Action<int, IReadOnlyList<ScanFinding>> found, CancellationToken cancellationToken)
    {
        var health = session.Guard.Health;
        string? cursor = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = KeptRows.Read(session, health, store, new(ScanPage.MaxItems, cursor));
            List<MemoryItem> changed = [];
            List<ScanFinding> findings = [];
            foreach (var item in page.Items)
            {
                var (clean, secrets) = check.Of(item);
                findings.AddRange(StoreScan.Findings(item, secrets));
                if (!ReferenceEquals(clean, item))
                {
                    changed.Add(clean);
                }
            }

            // Found first, and then redacted: the other way round a kill would leave nothing to report.
            found(page.Items.Count, findings);
            if (apply && changed.Count > 0)
            {
                session.Execute("BEGIN IMMEDIATE");
                foreach (var item in changed)
                {
                    KeptRows.Rewrite(session, health, store, item, []);
                }

                session.Guard.Heads.Flush(session);
                session.Execute("COMMIT");
                session.Guard.Heads.Committed();
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}
