using Keepsake.Operations;

namespace Keepsake.Server.Ownership;

/// <summary>What the stores of a shared data folder can do about their model, beyond the API.</summary>
internal interface IModelSwitch
{
    /// <summary>Chooses the model of the data folder. The owner opens its stores anew with it soon after; what has another model's embedding is re-embedded behind.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>, <see cref="MemoryErrorCode.Corrupt"/>: there is no such model, or it does not load;
    /// <see cref="MemoryErrorCode.Conflict"/>: the settings name another.</exception>
    Task UseModelAsync(string name, CancellationToken cancellationToken);

    /// <summary>Says how far re-embedding is.</summary>
    Task<ModelProgress> ModelProgressAsync(string store, CancellationToken cancellationToken);

    /// <summary>Says how well a store finds its own records.</summary>
    Task<BenchmarkReport> ProbeAsync(string store, CancellationToken cancellationToken);
}
