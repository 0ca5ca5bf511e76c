namespace Keepsake.Protection.Audit;

/// <summary>Finds what is unusual: much at once by one caller, many refusals, writes while keys are rotated.</summary>
internal sealed class AuditAnomalies
{
    /// <summary>How long a stretch is in which things are counted together.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Most memories that a caller usually writes within <see cref="Window"/>.</summary>
    public const long MaxWrites = 2_000;

    /// <summary>Most memories that a caller usually deletes within <see cref="Window"/>.</summary>
    public const long MaxDeletes = 100;

    /// <summary>Most memories that a caller is usually handed within <see cref="Window"/>.</summary>
    public const long MaxReads = 5_000;

    /// <summary>Most attempts of a caller that are usually refused within <see cref="Window"/>.</summary>
    public const long MaxRefusals = 10;

    /// <summary>Most anomalies that are told.</summary>
    public const int MaxFound = 1_000;

    private const string Rotation = "rotate_keys";

    private static readonly string[] Deleting = ["forget", "forget_session", "forget_preference", "forget_source", "delete_store"];
    private static readonly string[] Writing = ["remember", "append_event", "update", "restore", "import"];
    private static readonly string[] Refusals = ["unauthenticated", "forbidden", "rate_limited", "read_only"];

    private readonly Dictionary<(string Kind, string Caller), Stretch> _open = [];
    private readonly List<AuditAnomaly> _found = [];
    private bool _isRotating;

    /// <summary>Looks through entries, oldest first.</summary>
    public static IReadOnlyList<AuditAnomaly> Find(IEnumerable<AuditEntry> entries)
    {
        var search = new AuditAnomalies();
        foreach (var entry in entries)
        {
            search.Take(entry);
        }

        foreach (var (key, stretch) in search._open)
        {
            search.Close(key, stretch);
        }

        return [.. search._found.OrderBy(a => a.From).ThenBy(a => a.Kind, StringComparer.Ordinal).Take(MaxFound)];
    }

    private void Take(AuditEntry entry)
    {
        if (entry.Operation == Rotation)
        {
            _isRotating = entry.Outcome == AuditEntry.Started;
        }

        if (Refusals.Contains(entry.Outcome))
        {
            Count("refused_attempts", entry, Math.Max(1, entry.Count));
        }
        else if (entry.Outcome == AuditEntry.Ok)
        {
            var writes = Writing.Contains(entry.Operation);
            var deletes = Deleting.Contains(entry.Operation);
            Count(deletes ? "bulk_deletes" : writes ? "bulk_writes" : "bulk_reads", entry, entry.Count);
            if (_isRotating && (writes || deletes))
            {
                Count("writes_during_rotation", entry, entry.Count);
            }
        }
    }

    // A stretch begins with its first entry, so a burst is one anomaly, or two where it lasts longer.
    private void Count(string kind, AuditEntry entry, long count)
    {
        var key = (kind, entry.Caller);
        if (_open.TryGetValue(key, out var stretch) && entry.At - stretch.From > Window)
        {
            Close(key, stretch);
            stretch = null;
        }

        stretch ??= new(entry.At, entry.At, 0);
        _open[key] = stretch with { To = entry.At, Count = stretch.Count + count };
    }

    private void Close((string Kind, string Caller) key, Stretch stretch)
    {
        if (stretch.Count > MaxOf(key.Kind) && _found.Count < MaxFound)
        {
            _found.Add(new(key.Kind, key.Caller, stretch.From, stretch.To, stretch.Count));
        }
    }

    private static long MaxOf(string kind) => kind switch
    {
        "bulk_writes" => MaxWrites,
        "bulk_deletes" => MaxDeletes,
        "bulk_reads" => MaxReads,
        "refused_attempts" => MaxRefusals,
        _ => 0,
    };

    private sealed record Stretch(DateTimeOffset From, DateTimeOffset To, long Count);
}
