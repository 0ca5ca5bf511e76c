using Keepsake.Access;
using Keepsake.Engines.Sqlite;

namespace Keepsake.Protection.Audit;

/// <summary>Finds to whom memories were handed out, as far as entries of the log hold their ids.</summary>
internal static class AuditReaders
{
    // What hands out memories, so that their entries name them.
    private static readonly HashSet<string> Reading =
    [
        .. new[]
        {
            MemoryOperation.Recall, MemoryOperation.Get, MemoryOperation.List, MemoryOperation.ListEvents, MemoryOperation.GetPreferences,
            MemoryOperation.GetPreference, MemoryOperation.Export,
        }.Select(AuditNote.NameOf),
    ];

    /// <summary>Finds them for all ids in one pass: the log has no index of ids, and may be a million entries long.</summary>
    /// <param name="session">A connection with a snapshot of the log.</param>
    /// <param name="store">The store that the memories are in.</param>
    /// <param name="ids">Their ids.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By id the callers in ordinal order. An id that nobody was handed is not in it.</returns>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Find(
        SqliteSession session, string store, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var readers = ids.Distinct(StringComparer.Ordinal).ToDictionary(id => id, _ => new SortedSet<string>(StringComparer.Ordinal), StringComparer.Ordinal);
        if (readers.Count > 0 && AuditRows.Exist(session))
        {
            AuditRows.Newest(session, long.MaxValue, entry =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Reading.Contains(entry.Operation) && string.Equals(entry.Store, store, StringComparison.Ordinal))
                {
                    foreach (var id in entry.Ids)
                    {
                        readers.GetValueOrDefault(id)?.Add(entry.Caller);
                    }
                }

                return true;
            });
        }

        return readers.Where(one => one.Value.Count > 0).ToDictionary(one => one.Key, IReadOnlyList<string> (one) => [.. one.Value], StringComparer.Ordinal);
    }
}
