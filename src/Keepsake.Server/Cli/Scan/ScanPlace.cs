using System.Text.Json;
using Keepsake.Operations;

namespace Keepsake.Server.Cli.Scan;

/// <summary>How far a scan got and what it found, kept in the data folder so that the same command goes on after a kill. It holds no secret.</summary>
internal sealed record ScanPlace
{
    /// <summary>Most findings that are kept and shown one by one; all are counted. It is asked of all of them at once to whom they were handed out.</summary>
    public const int MaxFindings = MemoryStores.MaxReadersOf;

    // What was looked at longer ago may have changed, and so may the rules.
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(1);

    /// <summary>Gets the version of the program: other versions have other rules.</summary>
    public required string Version { get; init; }

    /// <summary>Gets whether what is found is redacted.</summary>
    public required bool Apply { get; init; }

    /// <summary>Gets when the place was noted, in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets where the scan goes on; <see langword="null"/>: at the start.</summary>
    public string? Cursor { get; init; }

    /// <summary>Gets a digest of the settings of redaction that the pages before were looked at with; <see langword="null"/>: there are none yet.</summary>
    public string? Rules { get; init; }

    /// <summary>Gets whether the findings of the page at <see cref="Cursor"/> are in already, and only their redaction may be missing.</summary>
    public bool IsNoted { get; init; }

    /// <summary>Gets how many items were looked at.</summary>
    public long Scanned { get; init; }

    /// <summary>Gets how many of them hold what can be redacted.</summary>
    public long Items { get; init; }

    /// <summary>Gets how many secrets were found that a scan leaves.</summary>
    public long Stays { get; init; }

    /// <summary>Gets how many secrets of each kind were found.</summary>
    public Dictionary<string, int> Kinds { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Gets the first findings.</summary>
    public List<ScanFinding> Findings { get; init; } = [];

    /// <summary>Adds what was found in one place.</summary>
    public ScanPlace With(IReadOnlyList<ScanFinding> findings, int scanned, string? file = null, long? line = null)
    {
        foreach (var finding in findings)
        {
            Kinds[finding.Kind] = Kinds.GetValueOrDefault(finding.Kind) + finding.Count;
            if (Findings.Count < MaxFindings)
            {
                Findings.Add(finding with { File = file, Line = line });
            }
        }

        var items = findings.Where(finding => !finding.Stays).Select(finding => (finding.Type, finding.Id)).Distinct().Count();
        var stays = findings.Where(finding => finding.Stays).Sum(finding => (long)finding.Count);
        return this with { Scanned = Scanned + scanned, Items = Items + items, Stays = Stays + stays };
    }

    /// <summary>Reads the place of an interrupted scan.</summary>
    /// <param name="path">Where it is kept.</param>
    /// <param name="start">The place from which a new scan starts.</param>
    /// <returns>The place, or <paramref name="start"/> when there is none, or it is of another kind of scan, or too old.</returns>
    public static ScanPlace Load(string path, ScanPlace start)
    {
        try
        {
            var place = JsonSerializer.Deserialize(PlainFile.ReadAllBytes(path), CliJson.Default.ScanPlace);
            return place is not null && place.Version == start.Version && place.Apply == start.Apply && start.At - place.At < MaxAge ? place : start;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return start;
        }
    }

    /// <summary>Keeps the place. A scan that redacts must not go on without: what it found would be gone from its report.</summary>
    public void Save(string path)
    {
        var temporary = path + ".new";
        using (var file = PrivateFile.Open(temporary, FileMode.Create))
        {
            JsonSerializer.Serialize(file, this, CliJson.Default.ScanPlace);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
