namespace Keepsake.Recall;

/// <summary>An entry found by a search.</summary>
/// <param name="Id">The entry.</param>
/// <param name="Relevance">From 0 (unrelated) to 1; <see cref="Relevance"/> says what it means.</param>
/// <param name="Explanation">What ranked it; <see langword="null"/> unless the query asked for it.</param>
internal readonly record struct RankedHit(string Id, double Relevance, Explanation? Explanation = null);

/// <summary>What ranked an entry, by the names of the signals that had something to go by.</summary>
/// <param name="Signals">Each one's value, from 0 to 1.</param>
/// <param name="Shares">What part of the sum each one's value gave by its weight, from 0 to 1; together 1.</param>
internal sealed record Explanation(IReadOnlyDictionary<string, double> Signals, IReadOnlyDictionary<string, double> Shares);
