using Keepsake.Capture;
using Keepsake.Operations;
using Keepsake.Protection.Redaction;
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
    /// <param name="redactor">Today's rules.</param>
    /// <param name="apply">Whether what is found is redacted, in place: all of it or, after a kill, what one more run finds.</param>
    /// <param name="found">Told how many items were looked at and what they hold.</param>
    /// <param name="cancellationToken">Stops between two pages.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>, <see cref="MemoryErrorCode.NotSupported"/> for another schema.</exception>
    public static void Run(string file, Redactor redactor, bool apply, Action<int, IReadOnlyList<ScanFinding>> found, CancellationToken cancellationToken)
    {
        try
        {
            using var session = new SqliteSession(file, readOnly: !apply);
            SqliteSchema.RefuseIfNewer(session);
            if (SqliteSchema.VersionOf(session) == 0)
            {
                throw new MemoryException(MemoryErrorCode.NotSupported, "This database is none of Keepsake's.");
            }

            if (apply)
            {
                session.Execute("PRAGMA secure_delete=ON");
            }

            foreach (var (store, _) in StoreRows.All(session))
            {
                OneStore(session, store, new(redactor), apply, found, cancellationToken);
            }
        }
        catch (SqliteException e)
        {
            throw e.ToMemoryException();
        }
    }

    private static void OneStore(
        SqliteSession session, long store, StoredCheck check, bool apply, Action<int, IReadOnlyList<ScanFinding>> found, CancellationToken cancellationToken)
    {
        var health = new SqliteHealth();
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

                session.Execute("COMMIT");
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}
