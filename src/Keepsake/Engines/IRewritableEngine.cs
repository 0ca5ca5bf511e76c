namespace Keepsake.Engines;

/// <summary>An engine whose items can be read as they are kept, and put right where they are: what a scan for secrets needs.</summary>
public interface IRewritableEngine
{
    /// <summary>Reads everything that is kept: also what was deleted and not yet erased, and what expired. Records first, then events.</summary>
    /// <param name="page">How much, and after which place.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One page in the order of writing. What is damaged is left out.</returns>
    Task<Page<MemoryItem>> KeptAsync(PageRequest page, CancellationToken cancellationToken);

    /// <summary>Puts items in the place of those with their ids, deleted ones too. A record's version rises by one.</summary>
    /// <param name="items">
    /// What was read, changed. A record whose version is another by now is left. One that says now what another does becomes one with that;
    /// one whose key another has by now gets a number after its key.
    /// </param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <returns>How many were put right.</returns>
    Task<int> RewriteAsync(IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken);
}
