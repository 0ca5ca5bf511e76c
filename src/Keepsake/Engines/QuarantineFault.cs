namespace Keepsake.Engines;

/// <summary>What it means that a namespace is in quarantine, to who wants to read or write there.</summary>
internal static class QuarantineFault
{
    /// <summary>Makes the error.</summary>
    /// <param name="closed">The namespace in quarantine.</param>
    public static MemoryException Of(MemoryNamespace closed) => new(
        MemoryErrorCode.Unavailable,
        $"The namespace '{closed.Path}' is in quarantine: nothing in it is read or written until it is released, with: keepsake quarantine {closed.Path} --release");

    /// <summary>The namespace in quarantine that an item lies in; <see langword="null"/>: none.</summary>
    public static MemoryNamespace? Closing(IReadOnlyList<MemoryNamespace> closed, MemoryItem item) =>
        (item is MemoryRecord record ? record.Namespace : ((MemoryEvent)item).Namespace) is { } at ? closed.FirstOrDefault(one => one.Contains(at)) : null;
}
