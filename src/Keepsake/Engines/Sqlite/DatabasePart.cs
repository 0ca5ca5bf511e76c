namespace Keepsake.Engines.Sqlite;

/// <summary>A copy of a database file that nobody has open: it is changed, and then takes the file's place as a whole, or is removed.</summary>
internal sealed class DatabasePart : IDisposable
{
    // What SQLite keeps beside a database that was not closed.
    private static readonly string[] Beside = ["-wal", "-shm", "-journal"];

    private DatabasePart(string file) => File = file;

    /// <summary>Gets the copy.</summary>
    public string File { get; }

    /// <summary>Copies a database, with what its log holds and without unused pages.</summary>
    /// <param name="file">The database.</param>
    /// <param name="part">The copy: a name that no file has.</param>
    /// <param name="cancellationToken">Gives up, and removes the copy.</param>
    public static async Task<DatabasePart> CopyAsync(string file, string part, CancellationToken cancellationToken)
    {
        PrivateFile.Open(part, FileMode.CreateNew).Dispose();
        var copy = new DatabasePart(part);
        try
        {
            await DatabaseCopy.WriteAsync(file, part, _ => { }, cancellationToken);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Puts the copy, which nobody has open any more, in the place of the database.</summary>
    public void Replace(string file)
    {
        // A log that stayed beside would be taken for the copy's own. Closing empties it into the database.
        using (var session = new SqliteSession(file, readOnly: false))
        {
            session.Execute("PRAGMA journal_mode=DELETE");
        }

        using (var stream = new FileStream(File, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            stream.Flush(flushToDisk: true);
        }

        FolderSync.Rename(File, file);
    }

    /// <inheritdoc/>
    public void Dispose() => Remove();

    private void Remove()
    {
        System.IO.File.Delete(File);
        foreach (var suffix in Beside)
        {
            System.IO.File.Delete(File + suffix);
        }
    }
}
