namespace Keepsake;

/// <summary>One preference.</summary>
/// <param name="Key">Its name, unique in its namespace and actor.</param>
/// <param name="Value">What is preferred.</param>
/// <param name="Id">The id of the record that holds it.</param>
/// <param name="Namespace">Where it belongs.</param>
/// <param name="CreatedAt">When it was first stored.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
public sealed record Preference(
    string Key, string Value, string Id, MemoryNamespace Namespace, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <inheritdoc cref="MemoryRecord.Trust"/>
    public MemoryTrust Trust { get; init; } = MemoryTrust.Medium;

    /// <inheritdoc cref="MemoryRecord.Suspicions"/>
    public IReadOnlyList<string>? Suspicions { get; init; }
}

/// <summary>The preferences of one actor.</summary>
/// <param name="Preferences">Their keyed records of kind preference, by key.</param>
/// <param name="Count">How many.</param>
public sealed record PreferencesAnswer(IReadOnlyList<Preference> Preferences, int Count);
