using System.Runtime.InteropServices;

namespace Keepsake.Recall.Index;

/// <summary>How often a term occurs in one passage.</summary>
/// <param name="Passage">The passage's number in its partition.</param>
/// <param name="Frequency">The number of occurrences, at least 1.</param>
internal readonly record struct Posting(int Passage, int Frequency);

/// <summary>The inverted index of one partition: for each term the passages that hold it, in rising order.</summary>
/// <remarks>8 bytes a posting. Postings of removed passages stay until the partition is compacted.</remarks>
internal sealed class PostingTable(TermDictionary terms)
{
    private readonly Dictionary<int, PostingList> _lists = [];

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

            AddPosting(term, new(passage, i - first));
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
                    compacted.AddPosting(term, posting with { Passage = renumbered[posting.Passage] });
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

    private void AddPosting(int term, Posting posting)
    {
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_lists, term, out var exists);
        if (!exists)
        {
            terms.Hold(term);
        }

        list.Add(posting);
    }

    // A struct, unlike Column: there is one per term, and most terms are rare.
    private struct PostingList
    {
        private const int FirstCapacity = 2;

        private Posting[]? _items;
        private int _count;

        public readonly ReadOnlySpan<Posting> Items => _items.AsSpan(0, _count);

        public void Add(Posting posting)
        {
            if (_items is null || _count == _items.Length)
            {
                Array.Resize(ref _items, Math.Max(FirstCapacity, _count + (_count / 2)));
            }

            _items[_count++] = posting;
        }
    }
}
