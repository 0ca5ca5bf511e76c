namespace Keepsake.Recall;

/// <summary>An entry found by a search.</summary>
/// <param name="Id">The entry.</param>
/// <param name="Relevance">From 0 (unrelated) to 1; <see cref="Relevance"/> says what it means.</param>
/// <param name="Signals">Each signal's value from 0 to 1 by name, when the query asked for them.</param>
internal readonly record struct RankedHit(string Id, double Relevance, IReadOnlyDictionary<string, double>? Signals = null);
