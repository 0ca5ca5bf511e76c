namespace Keepsake.Recall.Index;

/// <summary>How often a term occurs in one passage.</summary>
/// <param name="Passage">The passage's number in its partition.</param>
/// <param name="Frequency">The number of occurrences, at least 1.</param>
internal readonly record struct Posting(int Passage, int Frequency);

/// <summary>The inverted index of one partition: for each term the passages that hold it, in rising order.</summary>
/// <remarks>8 bytes a posting. Postings of removed passages stay until the partition is compacted.</remarks>
internal sealed class PostingTable(TermDictionary terms)
{
    private readonly Dictionary<int, Column<Posting>> _lists = [];

    /// <summary>Adds the terms of a passage numbered above all before it.</summary>
    /// <param name="passage">The passage.</param>
    /// <param name="occurrences">A term number for each occurrence. Sorted here.</param>
    public void Add(int passage, Span<int> occurrences)
    {
        occurrences.Sort();
        for (var i = 0; i < occurrences.Length;)
        {
            var term = occurrences[i];
            var first = i;
            while (i < occurrences.Length && occurrences[i] == term)
            {
                i++;
            }

            ListOf(term).Add(new(passage, i - first));
        }
    }

    /// <summary>The passages that hold a term, removed ones included.</summary>
    public ReadOnlySpan<Posting> Find(int term) => _lists.TryGetValue(term, out var list) ? list.Items : [];

    /// <summary>A copy without removed passages.</summary>
    /// <param name="renumbered">Each passage's new number, rising with the old; -1: removed.</param>
    public PostingTable Compact(ReadOnlySpan<int> renumbered)
    {
        var compacted = new PostingTable(terms);
        foreach (var (term, list) in _lists)
        {
            foreach (var posting in list.Items)
            {
                if (renumbered[posting.Passage] >= 0)
                {
                    compacted.ListOf(term).Add(posting with { Passage = renumbered[posting.Passage] });
                }
            }
        }

        // After the copy holds its terms, so that a term in use is not freed in between.
        ReleaseTerms();
        return compacted;
    }

    /// <summary>Gives up all terms; the table is not used afterwards.</summary>
    public void ReleaseTerms()
    {
        foreach (var term in _lists.Keys)
        {
            terms.Release(term);
        }
    }

    private Column<Posting> ListOf(int term)
    {
        if (!_lists.TryGetValue(term, out var list))
        {
            list = new();
            _lists.Add(term, list);
            terms.Hold(term);
        }

        return list;
    }
}
