using Keepsake.Engines;

namespace Keepsake.Operations;

/// <summary>Removes all that came from one source, with what was derived from it.</summary>
/// <param name="engine">Where it is.</param>
internal sealed class SourceRemoval(IMemoryEngine engine)
{
    /// <summary>Removes what was there when the call began.</summary>
    /// <param name="source">The source as it was kept.</param>
    /// <param name="how">Soft: what is not deleted yet is. Hard: also what is deleted and not yet erased goes for good.</param>
    /// <param name="dryRun">Whether only to count.</param>
    /// <param name="cancellationToken">Gives up between two parts; the same call goes on.</param>
    public async Task<ForgetSourceAnswer> RemoveAsync(string source, Deletion how, bool dryRun, CancellationToken cancellationToken)
    {
        var due = (await engine.FromSourceAsync(source, cancellationToken)).Where(item => how.Hard || !item.IsDeleted).ToList();
        if (!dryRun)
        {
            // What was derived goes before what it was derived from: when this is cut short, the rest is still found.
            foreach (var part in Enumerable.Reverse(due).Select(item => item.Id).Chunk(engine.Capabilities.MaxBatchSize))
            {
                await engine.DeleteAsync(part, how, cancellationToken);
            }
        }

        var events = due.Count(item => item.IsEvent);
        return new(Success: true, dryRun, due.Count - events, events, due.Count(item => item.IsDerived));
    }
}
