namespace Keepsake.Server.Cli.Eval;

/// <summary>A store as any client has it, with all that a write and a search go through.</summary>
/// <param name="memory">An empty store.</param>
internal sealed class WholeStore(IMemory memory) : IEvalStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> StoreAsync(
        string @namespace, IReadOnlyList<MemoryFact> facts, CancellationToken cancellationToken)
    {
        var request = new RememberRequest { Namespace = @namespace, Facts = facts };
        var answer = await memory.RememberAsync(request, token: null, cancellationToken);
        return answer.Success
            ? [.. answer.Outcomes.Select(o => o.Id!)]
            : throw MemoryException.Invalid($"A text of the collection was refused: {answer.Errors[0]}");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> AskAsync(RecallRequest request, CancellationToken cancellationToken) =>
        [.. (await memory.RecallAsync(request, cancellationToken)).Memories.Select(m => m.Id)];
}
