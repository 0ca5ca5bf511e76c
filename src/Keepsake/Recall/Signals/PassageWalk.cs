namespace Keepsake.Recall.Signals;

/// <summary>Goes from a passage to those around it: within its candidate, then in the neighbours in the session.</summary>
internal ref struct PassageWalk(ReadOnlySpan<Candidate> candidates, int candidate, int passage, bool forwards)
{
    private readonly ReadOnlySpan<Candidate> _candidates = candidates;
    private int _candidate = candidate;

    /// <summary>The passage reached.</summary>
    public int Passage { get; private set; } = passage;

    /// <summary>Goes one passage further.</summary>
    public bool MoveNext()
    {
        ref readonly var row = ref _candidates[_candidate];
        var next = Passage + (forwards ? 1 : -1);
        if (next >= row.FirstPassage && next < row.EndOfPassages)
        {
            Passage = next;
            return true;
        }

        var neighbour = forwards ? row.Next : row.Previous;
        if (neighbour == Candidate.None)
        {
            return false;
        }

        _candidate = neighbour;
        Passage = forwards ? _candidates[neighbour].FirstPassage : _candidates[neighbour].EndOfPassages - 1;
        return true;
    }
}
