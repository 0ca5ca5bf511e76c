using Keepsake.Engines.Sqlite;
using Keepsake.Operations;
using Keepsake.Protection;
using Keepsake.Protection.Redaction;

namespace Keepsake.Server.Cli.Scan;

/// <summary>Scans files: exports and other texts by line, databases of backups by row.</summary>
/// <param name="dataFolder">The data folder whose keys signed the databases.</param>
/// <param name="rules">The settings of redaction: of lines those of <paramref name="store"/>, of a row those of its own store.</param>
/// <param name="store">The store whose settings lines are scanned with: they do not say where they are from.</param>
/// <param name="report">Told how many lines and rows were looked at.</param>
/// <remarks>What is redacted is a copy, which then takes the file's place: after a kill a file is as it was, or redacted as a whole.</remarks>
internal sealed class FileScan(string dataFolder, RedactionOptions rules, string store, Action<long, double?> report)
{
    private ScanPlace _place = null!;

    /// <summary>Scans files, one after another.</summary>
    public async Task<ScanPlace> RunAsync(IReadOnlyList<string> files, ScanPlace start, CancellationToken cancellationToken)
    {
        _place = start;

        // Checked first, so that a mistake in the last name leaves the first file as it was.
        foreach (var file in files)
        {
            InputFile.Check(file, "Name the files in it.", "Write what it holds to a file first.", "Name an export, a text or a backup's database that is there, or none to scan the store.");
            using var readable = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }

        foreach (var file in files)
        {
            if (DatabaseScan.IsDatabase(file))
            {
                await ScanDatabaseAsync(file, cancellationToken);
            }
            else
            {
                await ScanLinesAsync(file, cancellationToken);
            }
        }

        return _place;
    }

    private async Task ScanDatabaseAsync(string file, CancellationToken cancellationToken)
    {
        var path = Target(file);
        if (File.Exists(Path.Combine(Path.GetDirectoryName(path)!, DataFolder.LockName)))
        {
            throw MemoryException.Invalid("This is the database of a data folder. Scan its stores with: keepsake scan --data DIR");
        }

        var keys = new KeysFolder(dataFolder);
        if (!_place.Apply)
        {
            DatabaseScan.Run(path, keys, rules, apply: false, Found, cancellationToken);
            return;
        }

        ScanPart.RemoveLeft(path);
        var backup = await BackupRewrite.OfAsync(path, cancellationToken);
        using var part = await DatabasePart.CopyAsync(path, ScanPart.NameFor(path), cancellationToken);
        var items = _place.Items;
        DatabaseScan.Run(part.File, keys, rules, apply: true, Found, cancellationToken);

        // A file without secrets stays the file that it is.
        if (_place.Items > items)
        {
            await backup.AnnounceAsync(part.File, keys, cancellationToken);
            part.Replace(path);
            backup.Finish();
        }

        void Found(int scanned, IReadOnlyList<ScanFinding> findings)
        {
            _place = _place.With(findings, scanned, file);
            report(_place.Scanned, null);
        }
    }

    private async Task ScanLinesAsync(string file, CancellationToken cancellationToken)
    {
        var path = Target(file);
        var part = _place.Apply ? ScanPart.NameFor(path) : null;
        var items = _place.Items;
        if (part is not null)
        {
            ScanPart.RemoveLeft(path);
        }

        try
        {
            await using (var input = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read))
            await using (var output = part is null ? null : PrivateFile.Open(part, FileMode.CreateNew))
            {
                var lines = await new ExportScan(new(rules.Of(store))).RunAsync(input, output, Found, cancellationToken);
                _place = _place with { Scanned = _place.Scanned + lines };
                output?.Flush(flushToDisk: true);
            }

            // A file without secrets stays the file that it is.
            if (part is not null && _place.Items > items)
            {
                File.Move(part, path, overwrite: true);
            }
        }
        finally
        {
            if (part is not null)
            {
                File.Delete(part);
            }
        }

        void Found(long line, IReadOnlyList<ScanFinding> findings)
        {
            _place = _place.With(findings, 0, file, line);
            report(_place.Scanned + line, null);
        }
    }

    private static string Target(string file) =>
        new FileInfo(file) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : Path.GetFullPath(file);
}
