using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>Copies a database that is in use, as it is at one moment, into a file of its own without unused pages.</summary>
internal static class DatabaseCopy
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Copies.</summary>
    /// <param name="file">The database.</param>
    /// <param name="target">A file that is there and empty.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellationToken">Interrupts; the target is then of no use.</param>
    public static async Task WriteAsync(string file, string target, Action<double> progress, CancellationToken cancellationToken)
    {
        // Off the readers' connections: this one reads for as long as it takes.
        using var session = new SqliteSession(file, readOnly: true);
        using var interrupting = cancellationToken.Register(() => SQLitePCL.raw.sqlite3_interrupt(session.Connection.Handle));
        var size = Math.Max(1, session.Number("PRAGMA page_count") * session.Number("PRAGMA page_size"));
        var copying = Task.Run(() => session.Execute("VACUUM INTO $1", target), CancellationToken.None);
        while (await Task.WhenAny(copying, Task.Delay(Poll, CancellationToken.None)) != copying)
        {
            progress(Math.Min(1, (double)new FileInfo(target).Length / size));
        }

        try
        {
            await copying;
        }
        catch (SqliteException fault)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw fault.ToMemoryException();
        }
    }
}
