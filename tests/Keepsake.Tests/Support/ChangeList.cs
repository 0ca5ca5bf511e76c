using Keepsake.Engines;

namespace Keepsake.Tests.Support;

/// <summary>Follows an engine by collecting what it tells.</summary>
internal static class ChangeList
{
    public static Task Follow(this List<MemoryChange> told, IReadOnlyList<MemoryChange> changes)
    {
        told.AddRange(changes);
        return Task.CompletedTask;
    }
}
