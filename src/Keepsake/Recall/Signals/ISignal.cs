namespace Keepsake.Recall.Signals;

/// <summary>One reason why a candidate may answer a question.</summary>
internal interface ISignal
{
    /// <summary>Its name in an explanation.</summary>
    string Name { get; }

    /// <summary>What its values are, and so how they are made comparable with those of the others.</summary>
    SignalKind Kind { get; }

    /// <summary>Gives each candidate its value.</summary>
    /// <param name="set">The candidates and what the question finds in them.</param>
    /// <param name="values">One value per candidate, 0 before.</param>
    /// <returns>False when the question or the store gives it nothing to go by: its weight then goes to the others.</returns>
    bool TryScore(CandidateSet set, Span<float> values);
}

/// <summary>What the values of a signal are. Evidence is divided by the best candidate's value, so that the best has 1: raw, it compares neither with that of other signals nor with itself on other questions.</summary>
internal enum SignalKind
{
    /// <summary>Evidence of words, that counts as far as words are to be trusted.</summary>
    Words,

    /// <summary>Evidence of meaning, that counts as far as meaning is to be trusted.</summary>
    Meaning,

    /// <summary>A circumstance, from 0 to 1 already.</summary>
    Circumstance,
}
