using Keepsake.Engines.Sqlite;
using Keepsake.Operations;
using Keepsake.Protection.Redaction;

namespace Keepsake.Server.Cli.Scan;

/// <summary>Scans files: exports and other texts by line, databases of backups by row.</summary>
/// <param name="report">Told how many lines and rows were looked at.</param>
internal sealed class FileScan(Action<long, double?> report)
{
    private readonly Redactor _redactor = new();
    private ScanPlace _place = null!;

    /// <summary>Scans files, one after another.</summary>
    public async Task<ScanPlace> RunAsync(IReadOnlyList<string> files, ScanPlace start, CancellationToken cancellationToken)
    {
        _place = start;

        // Checked first, so that a mistake in the last name leaves the first file as it was.
        foreach (var file in files)
        {
            if (Directory.Exists(file))
            {
                throw MemoryException.Invalid($"'{file}' is a folder. Name the files in it.");
            }

            using var readable = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }

        foreach (var file in files)
        {
            if (DatabaseScan.IsDatabase(file))
            {
                ScanDatabase(file, cancellationToken);
            }
            else
            {
                await ScanLinesAsync(file, cancellationToken);
            }
        }

        return _place;
    }

    private void ScanDatabase(string file, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, DataFolder.LockName)))
        {
            throw MemoryException.Invalid("This is the database of a data folder. Scan its stores with: keepsake scan --data DIR");
        }

        DatabaseScan.Run(
            file,
            _redactor,
            _place.Apply,
            (scanned, findings) =>
            {
                _place = _place.With(findings, scanned, file);
                report(_place.Scanned, null);
            },
            cancellationToken);
    }

    private async Task ScanLinesAsync(string file, CancellationToken cancellationToken)
    {
        var path = new FileInfo(file) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : Path.GetFullPath(file);
        var part = path + ".scan";
        var items = _place.Items;
        try
        {
            await using (var input = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read))
            await using (var output = _place.Apply ? PrivateFile.Open(part, FileMode.Create) : null)
            {
                var lines = await new ExportScan(_redactor).RunAsync(input, output, Found, cancellationToken);
                _place = _place with { Scanned = _place.Scanned + lines };
                output?.Flush(flushToDisk: true);
            }

            // A file without secrets stays the file that it is.
            if (_place.Apply && _place.Items > items)
            {
                File.Move(part, path, overwrite: true);
            }
        }
        finally
        {
            File.Delete(part);
        }

        void Found(long line, IReadOnlyList<ScanFinding> findings)
        {
            _place = _place.With(findings, 0, file, line);
            report(_place.Scanned + line, null);
        }
    }
}
