namespace Keepsake.Server.Cli.Eval;

/// <summary>What a collection is stored in and asked of: a whole store, or the index alone under a setting that is compared.</summary>
internal interface IEvalStore
{
    /// <summary>Stores facts.</summary>
    /// <returns>The records' ids, in the order of the facts.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: one was refused.</exception>
    Task<IReadOnlyList<string>> StoreAsync(string @namespace, IReadOnlyList<MemoryFact> facts, CancellationToken cancellationToken);

    /// <summary>Asks a question.</summary>
    /// <returns>The ids of the records found, best first.</returns>
    Task<IReadOnlyList<string>> AskAsync(RecallRequest request, CancellationToken cancellationToken);
}
