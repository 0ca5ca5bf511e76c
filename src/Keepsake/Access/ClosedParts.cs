using Keepsake.Engines;

namespace Keepsake.Access;

/// <summary>What lies in quarantine of that which a caller asks about, as far as the caller reaches: the rest is served, and this is said to be left out.</summary>
internal sealed class ClosedParts
{
    private readonly IReadOnlyList<MemoryNamespace> _closed;

    /// <summary>Works it out.</summary>
    /// <param name="closed">The namespaces in quarantine.</param>
    /// <param name="scope">What is asked about.</param>
    /// <param name="reach">What the caller reaches.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>: nothing of the scope is reached.</exception>
    public ClosedParts(IReadOnlyList<MemoryNamespace> closed, MemoryNamespace scope, Reach reach)
    {
        _closed = closed;
        Parts = reach.Within(scope) ?? [scope.Path];

        // Of a quarantine around a part the part alone is named, and none beside it.
        var leftOut = Parts.SelectMany(part => ClosingOf(part) is null
            ? closed.Select(one => one.Path).Where(path => MemoryNamespace.ContainsPath(part, path) && reach.Sees(path, actorId: null))
            : [part]).Order(StringComparer.Ordinal).ToList();
        LeftOut = leftOut.Count > 0 ? leftOut : null;
    }

    /// <summary>Gets the parts of the scope that are reached.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>Gets what is left out, in ordinal order; <see langword="null"/>: nothing.</summary>
    public IReadOnlyList<string>? LeftOut { get; }

    /// <summary>Whether all of a part lies in quarantine.</summary>
    public bool IsClosed(string part) => ClosingOf(part) is not null;

    /// <summary>Refuses what lies in quarantine as a whole: an empty answer would say that there is nothing.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: it does.</exception>
    public void ThrowIfAll()
    {
        if (Parts.All(IsClosed))
        {
            throw QuarantineFault.Of(ClosingOf(Parts[0])!);
        }
    }

    private MemoryNamespace? ClosingOf(string part) => _closed.FirstOrDefault(one => MemoryNamespace.ContainsPath(one.Path, part));
}
