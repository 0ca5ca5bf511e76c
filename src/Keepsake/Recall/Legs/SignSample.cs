using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>Says by a sample of the rows from which estimate on they are worth comparing.</summary>
internal static class SignSample
{
    private const int MinSampledRows = 1 << 11;
    private const int RowsASample = 1 << 7;
    private const int SampleShift = 4;

    /// <summary>The estimate that about as many rows reach as are wanted, several times over.</summary>
    /// <param name="scope">Where to look. Of a filtered scope only what matches is counted.</param>
    /// <param name="signed">Stretches with signs, any number of them.</param>
    /// <param name="rows">How many of their rows can be wanted, about.</param>
    /// <param name="limit">Most passages of the search.</param>
    /// <returns>The estimate; 0: all are to be compared.</returns>
    public static int Threshold(SearchScope scope, List<Stretch> signed, int rows, int limit)
    {
        if (rows == 0)
        {
            return 0;
        }

        var step = Math.Max(1, rows / (MinSampledRows + (rows / RowsASample))) * SignBlocks.BlockSize;
        Span<int> sample = stackalloc int[(ushort.MaxValue >> SampleShift) + 1];
        sample.Clear();
        var sampled = 0;
        Span<ushort> estimates = stackalloc ushort[SignBlocks.BlockSize];
        var skipped = 0;
        foreach (var stretch in signed)
        {
            var part = scope.Parts[stretch.Part];
            var at = stretch.From + skipped;
            for (; at < stretch.To; at += step)
            {
                var block = at / SignBlocks.BlockSize;
                part.Segment.Vectors.Signs!.Estimate(stretch.Signs!, block, block + 1, estimates);
                for (var i = 0; i < estimates.Length; i++)
                {
                    if (!scope.IsFiltered || Matches(scope, part, (block * SignBlocks.BlockSize) + i))
                    {
                        sample[estimates[i] >> SampleShift]++;
                        sampled++;
                    }
                }
            }

            skipped = at - stretch.To;
        }

        if (sampled == 0)
        {
            return 0;
        }

        var wanted = (long)sampled * Math.Min(rows, (2 * limit) + (rows / 512)) / rows;
        var least = sample.Length;
        for (long above = 0; least > 0 && above <= wanted; above += sample[least])
        {
            least--;
        }

        return least << SampleShift;
    }

    // The last block of a segment may be longer than the segment, and that of a part reaches into the next one.
    private static bool Matches(SearchScope scope, in ScopePart part, int row) =>
        row >= part.FirstPassage && row < part.EndPassage && scope.Matches(part.View, part.Segment.PassageDocuments[row]);
}
