using System.Globalization;
using Keepsake.Server.Ownership;

namespace Keepsake.Server.Cli.Scan;

/// <summary>A scan of a whole store, page by page through the folder's owner, going on where an interrupted one stopped.</summary>
/// <param name="stores">The stores.</param>
/// <param name="store">The store.</param>
/// <param name="folder">The data folder, where the place is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Told after each page how many memories were looked at.</param>
internal sealed class StoreScanRun(IScannableStores stores, StoreInfo store, string folder, TimeProvider time, Action<long, double?> report)
{
    private static readonly TimeSpan NoteInterval = TimeSpan.FromSeconds(1);

    private readonly string _file = Path.Combine(folder, $"scan-{store.Id}.place");

    /// <summary>Scans to the end.</summary>
    /// <param name="start">A new scan's place.</param>
    /// <param name="note">Told what the caller should know: an earlier scan is gone on with, or is not.</param>
    /// <param name="cancellationToken">Stops; the same scan goes on.</param>
    public async Task<ScanPlace> RunAsync(ScanPlace start, Action<string> note, CancellationToken cancellationToken)
    {
        var place = ScanPlace.Load(_file, start);
        if (!ReferenceEquals(place, start))
        {
            note(string.Create(CultureInfo.InvariantCulture, $"going on after {place.Scanned:N0} memories of an interrupted scan"));
        }

        var notedAt = time.GetTimestamp();
        while (true)
        {
            var (next, isNote) = await PageAsync(place, cancellationToken);
            if (next is null)
            {
                note("the settings of redaction are others since; starting anew");
                place = start with { Kinds = new(StringComparer.Ordinal), Findings = [] };
                continue;
            }

            if (next.Cursor is null)
            {
                // What is derived from the texts holds their words, in the snapshot too.
                if (next is { Apply: true, Items: > 0 })
                {
                    await stores.RebuildIndexAsync(store.Name, cancellationToken);
                }

                // Once for all pages, because it reads the whole audit log.
                next = await WithReadersAsync(next, cancellationToken);
                File.Delete(_file);
                return next;
            }

            place = next;
            report(place.Scanned, null);
            if (isNote || time.GetElapsedTime(notedAt) >= NoteInterval)
            {
                (place with { At = time.GetUtcNow() }).Save(_file);
                notedAt = time.GetTimestamp();
            }
        }
    }

    private async Task<ScanPlace> WithReadersAsync(ScanPlace place, CancellationToken cancellationToken)
    {
        string[] ids = [.. place.Findings.Select(finding => finding.Id).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (ids.Length == 0)
        {
            return place;
        }

        var readers = await stores.ReadersAsync(store.Name, ids, cancellationToken);
        return place with { Findings = [.. place.Findings.Select(finding => finding.Id is { } id ? finding with { RecalledBy = readers.GetValueOrDefault(id, []) } : finding)] };
    }

    // What a page holds is written down before it is redacted: afterwards nobody could say any more where it was.
    private async Task<(ScanPlace? Next, bool IsNote)> PageAsync(ScanPlace place, CancellationToken cancellationToken)
    {
        // Looked at also where its findings are in already: the owner says with which rules, and it may have been started with others.
        var page = await stores.ScanAsync(store.Name, new(Apply: false, place.Cursor), cancellationToken);
        if (place.Rules is { } rules && rules != page.Rules)
        {
            return (null, false);
        }

        var found = place.IsNoted;
        if (!found)
        {
            var before = place.Items;
            place = place.With(page.Findings, page.Scanned) with { Rules = page.Rules, IsNoted = true };
            found = place.Items > before;
        }

        if (!place.Apply || !found)
        {
            return (place with { Cursor = page.NextCursor, IsNoted = false }, false);
        }

        (place with { At = time.GetUtcNow() }).Save(_file);
        FailPoint.Hit("scan.noted");
        var redacted = await stores.ScanAsync(store.Name, new(Apply: true, place.Cursor), cancellationToken);
        FailPoint.Hit("scan.redacted");
        return (place with { Cursor = redacted.NextCursor, IsNoted = false }, true);
    }
}
