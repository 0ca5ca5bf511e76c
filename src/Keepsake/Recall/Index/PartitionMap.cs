namespace Keepsake.Recall.Index;

/// <summary>The partitions by namespace path, in ordinal order, so that a scope is one or two runs of them.</summary>
internal sealed class PartitionMap
{
    private readonly List<string> _paths = [];
    private readonly List<Partition> _partitions = [];

    /// <summary>How many there are.</summary>
    public int Count => _paths.Count;

    /// <summary>All partitions.</summary>
    public IReadOnlyList<Partition> All => _partitions;

    /// <summary>The partition at a path, or <see langword="null"/>.</summary>
    public Partition? Find(string path)
    {
        var at = _paths.BinarySearch(path, StringComparer.Ordinal);
        return at >= 0 ? _partitions[at] : null;
    }

    /// <summary>Puts a partition at a path, in place of the one there.</summary>
    public void Set(string path, Partition partition)
    {
        var at = _paths.BinarySearch(path, StringComparer.Ordinal);
        if (at >= 0)
        {
            _partitions[at] = partition;
        }
        else
        {
            _paths.Insert(~at, path);
            _partitions.Insert(~at, partition);
        }
    }

    /// <summary>Takes out the partition at a path.</summary>
    public void Remove(string path)
    {
        var at = _paths.BinarySearch(path, StringComparer.Ordinal);
        if (at >= 0)
        {
            _paths.RemoveAt(at);
            _partitions.RemoveAt(at);
        }
    }

    /// <summary>The partitions at a scope and under it, by segment. The empty scope is everything.</summary>
    public Partition[] Under(string scope)
    {
        if (scope.Length == 0)
        {
            return [.. _partitions];
        }

        // What lies under "a/b" begins with "a/b/", and ordinally all that does lies before "a/b0": '0' is '/' + 1.
        var from = FirstAtOrAfter(scope + '/');
        var to = FirstAtOrAfter(scope + '0');
        return Find(scope) is { } own
            ? [own, .. _partitions[from..to]]
            : [.. _partitions[from..to]];
    }

    private int FirstAtOrAfter(string path)
    {
        var at = _paths.BinarySearch(path, StringComparer.Ordinal);
        return at >= 0 ? at : ~at;
    }
}
