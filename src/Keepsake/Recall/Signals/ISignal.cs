namespace Keepsake.Recall.Signals;

/// <summary>One reason why a candidate may answer a question.</summary>
internal interface ISignal
{
    /// <summary>Its name in an explanation.</summary>
    string Name { get; }

    /// <summary>How its values are made comparable with those of the others.</summary>
    SignalScale Scale { get; }

    /// <summary>Gives each candidate its value.</summary>
    /// <param name="set">The candidates and what the question finds in them.</param>
    /// <param name="values">One value per candidate, 0 before.</param>
    /// <returns>False when the question or the store gives it nothing to go by: its weight then goes to the others.</returns>
    bool TryScore(CandidateSet set, Span<float> values);
}

/// <summary>How the values of a signal are made comparable: with those of other signals, and of itself on other questions.</summary>
internal enum SignalScale
{
    /// <summary>Evidence, of words: divided by the best candidate's value, so that the best has 1.</summary>
    Best,

    /// <summary>Evidence, of meaning: the mean of all that is searched, and what is below it, has 0, the best candidate 1.</summary>
    AboveMean,

    /// <summary>A circumstance, from 0 to 1 already.</summary>
    Given,
}
