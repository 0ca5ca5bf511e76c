namespace Keepsake.Access;

/// <summary>What a status says to a caller that does not reach all of a store: nothing of what others keep in it.</summary>
internal static class NarrowedStatus
{
    public static MemoryStatus Of(MemoryStatus status, Reach reach)
    {
        // Counts are by namespace. Where actors share one, they would tell of each other.
        List<NamespaceCounts> namespaces = reach.IsByActor ? [] : [.. status.Counts.Namespaces.Where(n => reach.Sees(n.Namespace, actorId: null))];
        return status with
        {
            Counts = new()
            {
                Records = namespaces.Sum(n => n.Records),
                Events = namespaces.Sum(n => n.Events),
                Sessions = 0,
                Namespaces = namespaces,
            },
            Warnings = reach.IsByActor ? ["Your key is bound to actors, so nothing is counted."] : ["Only what your key reaches is counted, and no sessions."],
            Engine = new Dictionary<string, string>(),
        };
    }
}
