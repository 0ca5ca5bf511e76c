namespace Keepsake.Recall.Index;

/// <summary>Makes a segment of entries.</summary>
internal static class SegmentBuilder
{
    /// <summary>Makes a segment.</summary>
    /// <param name="entries">At least one; each id once.</param>
    public static Segment Build(IReadOnlyList<AnalyzedEntry> entries)
    {
        AnalyzedEntry[] sorted = [.. entries];
        Array.Sort(sorted, Compare);
        var layout = new SegmentLayout(sorted.Length);
        var passages = sorted.Sum(entry => entry.Lengths.Length);
        var lengths = new byte[passages];
        var keys = new ulong[sorted.Sum(entry => entry.Terms.Length)];
        var postings = new uint[keys.Length];
        var (passage, posting) = (0, 0);
        Span<byte> form = stackalloc byte[IdTable.MaxForm];
        foreach (var analyzed in sorted)
        {
            var row = analyzed.Row;
            row.FirstPassage = passage;
            layout.Add(analyzed.Entry.Path, analyzed.SessionKey, analyzed.Entry.Speaker, form[..IdTable.Encode(analyzed.Entry.Id, form)], row);
            for (var p = 0; p < analyzed.Lengths.Length; p++, passage++)
            {
                lengths[passage] = analyzed.Lengths[p];
                for (var t = p == 0 ? 0 : analyzed.TermEnds[p - 1]; t < analyzed.TermEnds[p]; t++, posting++)
                {
                    keys[posting] = analyzed.Terms[t];
                    postings[posting] = PostingTable.Pack(passage, analyzed.Frequencies[t]);
                }
            }
        }

        return layout.ToSegment(lengths, Metadata(sorted), Invert(keys, postings, lengths), Vectors(sorted, passages));
    }

    private static int Compare(AnalyzedEntry a, AnalyzedEntry b)
    {
        var byPath = ReferenceEquals(a.Entry.Path, b.Entry.Path) ? 0 : string.CompareOrdinal(a.Entry.Path, b.Entry.Path);
        return byPath != 0 ? byPath : (a.SessionKey, a.Row.Order).CompareTo((b.SessionKey, b.Row.Order));
    }

    private static MetadataTable Metadata(AnalyzedEntry[] sorted)
    {
        var pairs = new ulong[sorted.Sum(entry => entry.Metadata.Length)];
        var documents = new int[pairs.Length];
        var count = 0;
        for (var document = 0; document < sorted.Length; document++)
        {
            foreach (var pair in sorted[document].Metadata)
            {
                (pairs[count], documents[count++]) = (pair, document);
            }
        }

        return MetadataTable.Of(pairs, documents);
    }

    private static PostingTable Invert(ulong[] keys, uint[] postings, byte[] lengths)
    {
        Array.Sort(keys, postings);
        List<ulong> terms = [];
        List<int> starts = [];
        for (var i = 0; i < keys.Length;)
        {
            var first = i;
            while (i < keys.Length && keys[i] == keys[first])
            {
                i++;
            }

            postings.AsSpan(first..i).Sort();
            terms.Add(keys[first]);
            starts.Add(first);
        }

        starts.Add(keys.Length);
        return new([.. terms], [.. starts], postings, lengths);
    }

    private static VectorTable Vectors(AnalyzedEntry[] sorted, int passages)
    {
        // All of one model, but for the moment in which the model changes: the newest decides.
        var dimensions = sorted.Where(entry => entry.Entry.Vectors.Count > 0 && entry.Entry.Vectors[0].Length > 0)
            .OrderByDescending(entry => entry.Row.Order).FirstOrDefault()?.Entry.Vectors[0].Length ?? 0;
        if (dimensions == 0)
        {
            return VectorTable.Empty;
        }

        var width = VectorRotation.Padded(dimensions);
        var (upperSize, lowerSize) = (VectorTable.UpperSize(width), VectorTable.LowerSize(width));
        var upper = new AlignedBytes(passages * upperSize);
        var lower = new AlignedBytes(passages * lowerSize);
        var scales = new float[passages];
        var passage = 0;
        foreach (var analyzed in sorted)
        {
            var vectors = analyzed.Entry.Vectors;
            for (var p = 0; p < Math.Min(vectors.Count, analyzed.Lengths.Length); p++)
            {
                if (vectors[p].Length == dimensions)
                {
                    scales[passage + p] = VectorTable.Write(
                        vectors[p], upper.Span.Slice((passage + p) * upperSize, upperSize), lower.Span.Slice((passage + p) * lowerSize, lowerSize));
                }
            }

            passage += analyzed.Lengths.Length;
        }

        return new(dimensions, upper, lower, scales);
    }
}
