using Keepsake.Protection.Integrity;

namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>Compares the heads with the guards, and the root with the heads. Reads some bytes for each row, and no row.</summary>
internal static class HeadCheck
{
    private const int Part = 4_096;

    /// <summary>Looks at everything there is, in one snapshot.</summary>
    /// <param name="session">The database.</param>
    /// <param name="key">The key that signed it.</param>
    /// <param name="onlyStores">Whether, of all rows, only the stores and API keys are compared with their head: those are few.</param>
    public static HeadFindings Run(SqliteSession session, IntegrityKey key, bool onlyStores = false)
    {
        var heads = HeadRows.All(session);
        var sums = Sums(session, key, onlyStores);
        HashSet<long> distrusted = [];
        UInt128 ofRoot = 0;
        Head? root = null;
        foreach (var head in heads)
        {
            var isGenuine = head.Tag.AsSpan().SequenceEqual(head.TagWith(key));
            if (head.Table == GuardedTable.Root)
            {
                root = isGenuine ? head : null;
                continue;
            }

            ofRoot += NumberOf(head.Tag, key);
            if (onlyStores && head.Table != GuardedTable.Stores)
            {
                continue;
            }

            if (!sums.Remove(head.Number, out var found) || !isGenuine || found != (head.Sum, head.Members))
            {
                distrusted.Add(head.Number);
            }
        }

        // Rows whose head was taken away.
        distrusted.UnionWith(sums.Keys);
        return new(
            [.. heads.Where(head => distrusted.Contains(head.Number))],
            distrusted,
            root is null ? heads.Count == 0 : root.Sum == ofRoot);
    }

    private static Dictionary<long, (UInt128 Sum, long Members)> Sums(SqliteSession session, IntegrityKey key, bool onlyStores)
    {
        Dictionary<long, (UInt128, long)> sums = [];
        var (heads, tags, numbers) = (new long[Part], new byte[Part * IntegrityKey.TagLength], new UInt128[Part]);
        var count = 0;
        using var reader = session.Query(
            onlyStores ? "SELECT head, guard FROM guards WHERE guarded < 0 AND guard <> x''" : "SELECT head, guard FROM guards WHERE guard <> x''");
        while (reader.Read())
        {
            heads[count] = reader.GetInt64(0);
            if (reader.Bytes(1) is { Length: IntegrityKey.TagLength } tag)
            {
                tag.CopyTo(tags, count * IntegrityKey.TagLength);
            }

            if (++count == Part)
            {
                Take();
            }
        }

        Take();
        return sums;

        void Take()
        {
            key.Numbers(tags.AsSpan(0, count * IntegrityKey.TagLength), numbers.AsSpan(0, count));
            for (var i = 0; i < count; i++)
            {
                var (sum, members) = sums.GetValueOrDefault(heads[i]);
                sums[heads[i]] = (sum + numbers[i], members + 1);
            }

            count = 0;
        }
    }

    private static UInt128 NumberOf(byte[] tag, IntegrityKey key)
    {
        if (tag.Length != IntegrityKey.TagLength)
        {
            return 0;
        }

        Span<UInt128> number = [0];
        key.Numbers(tag, number);
        return number[0];
    }
}

/// <summary>What a look at the heads found.</summary>
/// <param name="Heads">Those whose rows are not what they were, as far as they are there.</param>
/// <param name="Distrusted">Their numbers, and those that are not there.</param>
/// <param name="IsRootRight">Whether the heads are those of the last commit.</param>
internal sealed record HeadFindings(IReadOnlyList<Head> Heads, IReadOnlySet<long> Distrusted, bool IsRootRight);
