using Keepsake.Operations;

namespace Keepsake.Engines.Sqlite;

/// <summary>What status says of a store's operations: what is in quarantine, what was begun and not ended, what was found badly.</summary>
internal static class OperationWarnings
{
    // Status names the newest; the lists of each operation name all.
    private const int MaxShown = 10;

    public static IEnumerable<string> Of(SqliteSession session, SqliteDatabase database, long store)
    {
        foreach (var item in database.Quarantine.Of(store).Take(MaxShown))
        {
            yield return $"The namespace '{item.Namespace.Path}' is in quarantine: it is neither read nor written{(item.Reason is null ? "" : $" ({item.Reason})")}. Release it with: keepsake quarantine {item.Namespace.Path} --release";
        }

        foreach (var (@namespace, _) in RebuildRows.All(session, database.Health, store).Where(rebuild => rebuild.State.IsUnderWay).Take(MaxShown))
        {
            yield return $"The rebuild of '{@namespace.Path}' is under way or was interrupted. The same command goes on: keepsake rebuild {@namespace.Path}";
        }

        foreach (var report in BenchmarkRows.Last(session, database.Health, store, MaxShown))
        {
            if (report.HitRate < BenchmarkReport.MinHitRate)
            {
                yield return $"{(report.Namespace.Length == 0 ? "The store" : $"The namespace '{report.Namespace}'")}: {Benchmark.LowHitRate(report.HitRate.Value)}";
            }
        }
    }
}
