namespace Keepsake.Recall.Signals;

/// <summary>One reason why a candidate may answer a question.</summary>
internal interface ISignal
{
    /// <summary>Its name in an explanation.</summary>
    string Name { get; }

    /// <summary>Its share in the sum; docs/recall.md says how it was chosen.</summary>
    double Weight { get; }

    /// <summary>Whether it is evidence by itself. A candidate with no evidence is no answer, whoever said it.</summary>
    bool IsEvidence { get; }

    /// <summary>Gives each candidate its value, in any scale from 0 up; <see cref="Ranker"/> scales the best to 1.</summary>
    /// <param name="search">The search.</param>
    /// <param name="values">One value per candidate, 0 before.</param>
    /// <returns>False when the question gives it nothing to go by: its weight then goes to the others.</returns>
    bool TryScore(Search search, Span<float> values);
}
