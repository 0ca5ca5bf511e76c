using Keepsake.Operations;

namespace Keepsake.Server.Ownership;

/// <summary>Stores of a shared data folder that can be scanned for secrets, whoever owns the folder.</summary>
internal interface IScannableStores
{
    /// <inheritdoc cref="MemoryStore.ScanAsync"/>
    Task<ScanPage> ScanAsync(string store, ScanStep step, CancellationToken cancellationToken);

    /// <inheritdoc cref="MemoryStores.ReadersAsync"/>
    Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadersAsync(string store, IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <inheritdoc cref="MemoryStore.RebuildIndexAsync"/>
    Task RebuildIndexAsync(string store, CancellationToken cancellationToken);
}

/// <summary>One page of a scan to be done.</summary>
/// <param name="Apply">Whether what is found is redacted.</param>
/// <param name="Cursor">Where the last page ended; <see langword="null"/>: from the start.</param>
internal sealed record ScanStep(bool Apply, string? Cursor = null);

/// <summary>Of which memories it is asked to whom they were handed out.</summary>
/// <param name="Ids">Their ids.</param>
internal sealed record ReadersQuestion(IReadOnlyList<string> Ids);

/// <summary>That something was done.</summary>
/// <param name="Success">Whether it was.</param>
internal sealed record Done(bool Success);
