namespace Keepsake.Recall.Index;

/// <summary>Which documents of a segment have which metadata: for each pair of key and value, the documents that have it.</summary>
/// <remarks>A pair takes 12 bytes, and 4 more for each document that has it; a document without metadata takes none.</remarks>
/// <param name="pairs">The pairs by <see cref="MetadataHash"/>, rising.</param>
/// <param name="starts">Where each pair's documents begin, and the end.</param>
/// <param name="documents">The documents of all pairs; those of one are rising.</param>
internal sealed class MetadataTable(ulong[] pairs, int[] starts, int[] documents)
{
    /// <summary>The pairs, as given.</summary>
    public ulong[] Pairs => pairs;

    /// <summary>Where each pair's documents begin, as given.</summary>
    public int[] Starts => starts;

    /// <summary>The documents, as given.</summary>
    public int[] Documents => documents;

    /// <summary>Makes a table.</summary>
    /// <param name="pairs">A pair for each document that has it, in any order. Taken, and sorted.</param>
    /// <param name="documents">The documents of those, each with one pair once. Taken, and sorted.</param>
    public static MetadataTable Of(ulong[] pairs, int[] documents)
    {
        Array.Sort(pairs, documents);
        List<ulong> distinct = [];
        List<int> starts = [];
        for (var i = 0; i < pairs.Length;)
        {
            var first = i;
            while (i < pairs.Length && pairs[i] == pairs[first])
            {
                i++;
            }

            documents.AsSpan(first..i).Sort();
            distinct.Add(pairs[first]);
            starts.Add(first);
        }

        starts.Add(pairs.Length);
        return new([.. distinct], [.. starts], documents);
    }

    /// <summary>Makes one table of those of several segments.</summary>
    /// <param name="views">The segments.</param>
    /// <param name="numbers">The new number of each document of each; -1: it is gone.</param>
    public static MetadataTable Merge(IReadOnlyList<SegmentView> views, int[][] numbers)
    {
        var most = views.Sum(view => view.Segment.Metadata.Documents.Length);
        List<ulong> merged = new(most);
        List<int> documents = new(most);
        for (var v = 0; v < views.Count; v++)
        {
            var table = views[v].Segment.Metadata;
            for (var pair = 0; pair < table.Pairs.Length; pair++)
            {
                foreach (var document in table.Documents.AsSpan(table.Starts[pair]..table.Starts[pair + 1]))
                {
                    if (numbers[v][document] is >= 0 and var number)
                    {
                        merged.Add(table.Pairs[pair]);
                        documents.Add(number);
                    }
                }
            }
        }

        return Of([.. merged], [.. documents]);
    }

    /// <summary>The documents that have all of some pairs, rising.</summary>
    /// <param name="wanted">The pairs, at least one.</param>
    public ReadOnlyMemory<int> Find(ReadOnlySpan<ulong> wanted)
    {
        List<ReadOnlyMemory<int>> lists = new(wanted.Length);
        foreach (var pair in wanted)
        {
            lists.Add(Find(pair));
        }

        // From the rarest on, so that no more are looked at than the rarest has.
        lists.Sort(static (a, b) => a.Length.CompareTo(b.Length));
        var found = lists[0];
        for (var i = 1; i < lists.Count && found.Length > 0; i++)
        {
            found = Both(found.Span, lists[i].Span);
        }

        return found;
    }

    /// <summary>The documents that have a pair, rising.</summary>
    public ReadOnlyMemory<int> Find(ulong pair) =>
        Array.BinarySearch(pairs, pair) is >= 0 and var at ? documents.AsMemory(starts[at]..starts[at + 1]) : default;

    private static int[] Both(ReadOnlySpan<int> few, ReadOnlySpan<int> many)
    {
        List<int> both = new(few.Length);
        foreach (var document in few)
        {
            many = many[Before(many, document)..];
            if (many.IsEmpty)
            {
                break;
            }

            if (many[0] == document)
            {
                both.Add(document);
            }
        }

        return [.. both];
    }

    // How many are less. Steps that double, then halves: the next one is often near.
    private static int Before(ReadOnlySpan<int> rising, int document)
    {
        var end = 1;
        while (end < rising.Length && rising[end - 1] < document)
        {
            end <<= 1;
        }

        var at = rising[..Math.Min(end, rising.Length)].BinarySearch(document);
        return at < 0 ? ~at : at;
    }
}
