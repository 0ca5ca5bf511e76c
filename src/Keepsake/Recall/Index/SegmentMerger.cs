namespace Keepsake.Recall.Index;

/// <summary>Makes one segment of several, without what was removed.</summary>
internal static class SegmentMerger
{
    /// <summary>Merges.</summary>
    /// <param name="views">The segments; their live documents have different ids.</param>
    /// <param name="cancellationToken">Gives up between two steps.</param>
    /// <returns>The segment, and for each document of each view its number there, -1 where it was removed. <see langword="null"/>: nothing is left.</returns>
    public static (Segment? Segment, int[][] Documents) Merge(IReadOnlyList<SegmentView> views, CancellationToken cancellationToken = default)
    {
        var documents = Number(views, out var order);
        if (order.Count == 0)
        {
            return (null, documents);
        }

        var passages = NumberPassages(views, order, out var lengths, out var firstPassages);
        cancellationToken.ThrowIfCancellationRequested();
        var vectors = Vectors(views, passages, lengths.Length);
        cancellationToken.ThrowIfCancellationRequested();
        var postings = Postings(views, passages, lengths);
        cancellationToken.ThrowIfCancellationRequested();
        var layout = new SegmentLayout(order.Count);
        for (var i = 0; i < order.Count; i++)
        {
            var (v, document) = order[i];
            var segment = views[v].Segment;
            var row = segment.Rows[document];
            row.FirstPassage = firstPassages[i];
            layout.Add(
                segment.RunOf(document).Path,
                row.Session < 0 ? 0 : segment.Sessions.Keys[row.Session],
                row.Speaker < 0 ? null : segment.Speakers[row.Speaker],
                segment.Ids.FormOf(document),
                row);
        }

        return (layout.ToSegment(lengths, MetadataTable.Merge(views, documents), postings, vectors), documents);
    }

    // Each segment is in order, so the order of all is found by always taking the least of the next ones.
    private static int[][] Number(IReadOnlyList<SegmentView> views, out List<(int View, int Document)> order)
    {
        int[][] numbers = [.. views.Select(view => new int[view.Segment.Count])];
        order = new(views.Sum(view => view.Live));
        var heads = new PriorityQueue<int, Place>(views.Count, PlaceComparer.Instance);
        for (var v = 0; v < views.Count; v++)
        {
            Push(views[v], v, 0, numbers[v], heads);
        }

        while (heads.TryDequeue(out var v, out var place))
        {
            numbers[v][place.Document] = order.Count;
            order.Add((v, place.Document));
            Push(views[v], v, place.Document + 1, numbers[v], heads);
        }

        return numbers;
    }

    private static void Push(SegmentView view, int v, int document, int[] numbers, PriorityQueue<int, Place> heads)
    {
        var segment = view.Segment;
        while (document < segment.Count && !view.IsLive(document))
        {
            numbers[document++] = -1;
        }

        if (document < segment.Count)
        {
            ref readonly var row = ref segment.Rows[document];
            heads.Enqueue(v, new(segment.RunOf(document).Path, row.Session < 0 ? 0 : segment.Sessions.Keys[row.Session], row.Order, document));
        }
    }

    private static int[][] NumberPassages(
        IReadOnlyList<SegmentView> views, List<(int View, int Document)> order, out byte[] lengths, out int[] firstPassages)
    {
        int[][] numbers = [.. views.Select(view =>
        {
            var none = new int[view.Segment.PassageDocuments.Length];
            Array.Fill(none, -1);
            return none;
        })];
        List<byte> kept = new(order.Count);
        firstPassages = new int[order.Count];
        for (var i = 0; i < order.Count; i++)
        {
            var (v, document) = order[i];
            var segment = views[v].Segment;
            firstPassages[i] = kept.Count;
            for (var p = segment.FirstPassage(document); p < segment.FirstPassage(document + 1); p++)
            {
                numbers[v][p] = kept.Count;
                kept.Add(segment.PassageLengths[p]);
            }
        }

        lengths = [.. kept];
        return numbers;
    }

    private static VectorTable Vectors(IReadOnlyList<SegmentView> views, int[][] passages, int count)
    {
        // Of two models' vectors, those of the newer one stay: the other documents are embedded anew anyway.
        var newest = views.Where(view => view.Segment.Vectors.Dimensions > 0)
            .MaxBy(view => view.Segment.Rows.Max(row => row.Order));
        if (newest is null)
        {
            return VectorTable.Empty;
        }

        var dimensions = newest.Segment.Vectors.Dimensions;
        var width = newest.Segment.Vectors.Width;
        var (upperSize, lowerSize) = (VectorTable.UpperSize(width), VectorTable.LowerSize(width));
        var upper = new AlignedBytes(count * upperSize);
        var lower = new AlignedBytes(count * lowerSize);
        var scales = new float[count];
        for (var v = 0; v < views.Count; v++)
        {
            var table = views[v].Segment.Vectors;
            for (var p = 0; table.Dimensions == dimensions && p < passages[v].Length; p++)
            {
                if (passages[v][p] is >= 0 and var target)
                {
                    table.UpperRow(p).CopyTo(upper.Span[(target * upperSize)..]);
                    table.Lower.Read(p, lower.Span[(target * lowerSize)..]);
                    scales[target] = table.Scales[p];
                }
            }
        }

        return new(dimensions, upper, lower, scales);
    }

    private static PostingTable Postings(IReadOnlyList<SegmentView> views, int[][] passages, byte[] lengths)
    {
        var tables = views.Select(view => view.Segment.Postings).ToArray();
        var next = new int[tables.Length];
        List<ulong> terms = new(tables.Max(table => table.Terms.Length));
        List<int> starts = new(terms.Capacity);
        var postings = new uint[tables.Sum(table => table.Postings.Length)];
        var count = 0;
        while (true)
        {
            var term = ulong.MaxValue;
            var any = false;
            for (var v = 0; v < tables.Length; v++)
            {
                if (next[v] < tables[v].Terms.Length)
                {
                    term = Math.Min(term, tables[v].Terms[next[v]]);
                    any = true;
                }
            }

            if (!any)
            {
                break;
            }

            var first = count;
            for (var v = 0; v < tables.Length; v++)
            {
                if (next[v] < tables[v].Terms.Length && tables[v].Terms[next[v]] == term)
                {
                    count = Copy(tables[v], next[v]++, passages[v], postings, count);
                }
            }

            if (count > first)
            {
                SortIfNeeded(postings.AsSpan(first..count));
                terms.Add(term);
                starts.Add(first);
            }
        }

        starts.Add(count);
        return new([.. terms], [.. starts], count == postings.Length ? postings : postings[..count], lengths);
    }

    private static int Copy(PostingTable table, int term, int[] passages, uint[] postings, int count)
    {
        foreach (var posting in table.Postings.AsSpan(table.Starts[term]..table.Starts[term + 1]))
        {
            if (passages[PostingTable.PassageOf(posting)] is >= 0 and var passage)
            {
                postings[count++] = PostingTable.Pack(passage, PostingTable.FrequencyOf(posting));
            }
        }

        return count;
    }

    private static void SortIfNeeded(Span<uint> postings)
    {
        for (var i = 1; i < postings.Length; i++)
        {
            if (postings[i] < postings[i - 1])
            {
                postings.Sort();
                return;
            }
        }
    }

    private readonly record struct Place(string Path, ulong Session, long Order, int Document);

    private sealed class PlaceComparer : IComparer<Place>
    {
        public static readonly PlaceComparer Instance = new();

        public int Compare(Place x, Place y)
        {
            var byPath = ReferenceEquals(x.Path, y.Path) ? 0 : string.CompareOrdinal(x.Path, y.Path);
            return byPath != 0 ? byPath : (x.Session, x.Order).CompareTo((y.Session, y.Order));
        }
    }
}
