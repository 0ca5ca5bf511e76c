using System.Buffers;
using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>Finds the passages whose vectors are nearest to the question's.</summary>
/// <remarks>
/// <para>Few vectors are compared one by one. Of many, the signs are read first, a bit a dimension, which gives each cosine with a known standard
/// error (RaBitQ). A sample says which estimates are high; those passages are compared by the upper bits of their numbers. The tenth best of them,
/// less some standard errors, is then the lowest estimate that one of the best ten may have, and what lies above it is compared too. So
/// what is found is what comparing all would find, but for about one passage in two hundred.</para>
/// <para>Large scopes are searched on all processors.</para>
/// </remarks>
internal sealed class VectorLeg
{
    /// <summary>The best so many are found for certain; further ones by their estimates.</summary>
    public const int CertainResults = 10;

    private const int MaxThreads = 8;
    private const float StandardErrors = 3f;

    // Work for one thread: about half a millisecond, or waking another costs more than it gives.
    private const int RowsPerThread = 1 << 16;
    private const int RowsOfStretch = 1 << 15;
    private const int MinSampledRows = 1 << 11;
    private const int RowsASample = 1 << 7;
    private const int SampleShift = 4;
    private const int ChosenAtOnce = 1 << 10;

    private readonly SearchScope _scope;
    private readonly VectorQuery _query;
    private readonly int _limit;
    private readonly long _now;

    private readonly MeanCosine _mean = new();

    private VectorLeg(SearchScope scope, VectorQuery query, int limit, long now) =>
        (_scope, _query, _limit, _now) = (scope, query, limit, now);

    /// <summary>Finds the best passages of live documents.</summary>
    /// <param name="scope">Where to look.</param>
    /// <param name="query">The question.</param>
    /// <param name="limit">Most passages.</param>
    /// <param name="now">In UTC ticks; what has expired by then is left out.</param>
    /// <returns>The best in no order, with their cosines.</returns>
    public static VectorHits Find(SearchScope scope, VectorQuery query, int limit, long now) => new VectorLeg(scope, query, limit, now).Find();

    private VectorHits Find()
    {
        List<Stretch> stretches = [];
        var rows = 0;
        for (var p = 0; p < _scope.Parts.Length; p++)
        {
            var part = _scope.Parts[p];
            if (part.Segment.Vectors.Dimensions == _query.Dimensions)
            {
                var (from, to) = (part.FirstPassage, part.EndPassage);
                rows += to - from;
                var signs = to - from >= VectorTable.MinRowsForSigns && part.Segment.Vectors.Signs is { } table ? new SignQuery(_query, table) : null;
                for (var at = from; at < to;)
                {
                    // Cut at the blocks' borders, so that no block is estimated twice.
                    var end = Math.Min(to, (at + RowsOfStretch) / SignBlocks.BlockSize * SignBlocks.BlockSize);
                    stretches.Add(new(p, at, end, signs));
                    at = end;
                }
            }
        }

        var threshold = Sample(stretches);
        var found = InParallel(stretches, rows, float.NegativeInfinity, (stretch, top) => Search(stretch, threshold, ushort.MaxValue, top));
        if (threshold > 0)
        {
            var tenth = Tenth(found.Items);
            found = Merge([found, InParallel(stretches, rows, found.Threshold, (stretch, top) => SearchLower(stretch, tenth, threshold, top))]);
        }

        foreach (var stretch in stretches)
        {
            stretch.Return();
        }

        return new(Refine(found), _mean.Value);
    }

    // Only among the best is the order worth the lower bits.
    private TopPassages Refine(TopPassages found)
    {
        var refined = new TopPassages(_limit);
        for (var i = 0; i < found.Count; i++)
        {
            const int Ahead = 6;
            if (i + Ahead < found.Count)
            {
                _scope.Parts[found.Items[i + Ahead].Part].Segment.Vectors.Prefetch(found.Items[i + Ahead].Passage, whole: true);
            }

            var hit = found.Items[i];
            refined.Offer(hit.Part, hit.Passage, _scope.Parts[hit.Part].Segment.Vectors.Cosine(_query, hit.Passage));
        }

        return refined;
    }

    /// <summary>The estimate that about as many rows reach as are wanted, several times over, by a sample of the rows.</summary>
    private int Sample(List<Stretch> stretches)
    {
        var signed = stretches.Where(stretch => stretch.Signs is not null).ToList();
        var rows = signed.Sum(stretch => stretch.To - stretch.From);
        if (rows == 0)
        {
            return 0;
        }

        var step = Math.Max(1, rows / (MinSampledRows + (rows / RowsASample))) * SignBlocks.BlockSize;
        Span<int> sample = stackalloc int[(ushort.MaxValue >> SampleShift) + 1];
        sample.Clear();
        var sampled = 0;
        var sum = 0.0;
        Span<ushort> estimates = stackalloc ushort[SignBlocks.BlockSize];
        var skipped = 0;
        foreach (var stretch in signed)
        {
            var at = stretch.From + skipped;
            for (; at < stretch.To; at += step)
            {
                var block = at / SignBlocks.BlockSize;
                VectorsOf(stretch).Signs!.Estimate(stretch.Signs!, block, block + 1, estimates);
                foreach (var estimate in estimates)
                {
                    sample[estimate >> SampleShift]++;
                    sum += Math.Max(0, SignTable.CosineOf(estimate));
                }

                sampled += estimates.Length;
            }

            skipped = at - stretch.To;
        }

        _mean.Add(sum / sampled * rows, rows);
        var wanted = (long)sampled * Math.Min(rows, (2 * _limit) + (rows / 512)) / rows;
        var least = sample.Length;
        for (long above = 0; least > 0 && above <= wanted; above += sample[least])
        {
            least--;
        }

        return least << SampleShift;
    }

    /// <summary>The cosine of the last of the best <see cref="CertainResults"/>.</summary>
    private static float Tenth(ReadOnlySpan<PassageHit> found)
    {
        if (found.Length < CertainResults)
        {
            return float.NegativeInfinity;
        }

        var scores = new float[found.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = found[i].Score;
        }

        Array.Sort(scores);
        return scores[^CertainResults];
    }

    private TopPassages InParallel(List<Stretch> stretches, int rows, float floor, Action<Stretch, TopPassages> search)
    {
        var threads = Math.Min(Math.Min(Environment.ProcessorCount, MaxThreads), rows / RowsPerThread);
        if (threads < 2)
        {
            var top = new TopPassages(_limit, floor);
            stretches.ForEach(stretch => search(stretch, top));
            return top;
        }

        var tops = new TopPassages[threads];
        var next = -1;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            tops[thread] = new(_limit, floor);
            for (var i = Interlocked.Increment(ref next); i < stretches.Count; i = Interlocked.Increment(ref next))
            {
                search(stretches[i], tops[thread]);
            }
        });
        return Merge(tops);
    }

    private TopPassages Merge(IEnumerable<TopPassages> tops)
    {
        var merged = new TopPassages(_limit);
        foreach (var top in tops)
        {
            foreach (var hit in top.Items)
            {
                merged.Offer(hit.Part, hit.Passage, hit.Score);
            }
        }

        return merged;
    }

    // The first call estimates all rows and looks at those from least up; a later one looks at more of the same estimates.
    private void Search(Stretch stretch, int least, int most, TopPassages top)
    {
        if (stretch.Signs is null)
        {
            if (most == ushort.MaxValue)
            {
                CompareAll(stretch, top);
            }

            return;
        }

        var first = stretch.From / SignBlocks.BlockSize * SignBlocks.BlockSize;
        var estimates = (stretch.Estimates ?? Estimate(stretch, first)).AsSpan(0, stretch.To - first);
        Span<int> chosen = stackalloc int[ChosenAtOnce];
        Span<float> cosines = stackalloc float[ChosenAtOnce];
        for (var from = stretch.From - first; from < estimates.Length;)
        {
            var count = SignBlocks.Choose(estimates, ref from, (ushort)least, (ushort)most, chosen);
            VectorsOf(stretch).RoughCosines(_query, first, chosen[..count], cosines);
            for (var i = 0; i < count; i++)
            {
                if (cosines[i] > top.Threshold)
                {
                    Offer(stretch.Part, first + chosen[i], cosines[i], top);
                }
            }
        }
    }

    // Looks at what one of the best may be estimated at, below what was looked at before.
    private void SearchLower(Stretch stretch, float tenth, int threshold, TopPassages top)
    {
        if (stretch.Signs is { } signs && SignTable.EstimateOf(tenth - (StandardErrors * signs.StandardError)) is var certain && certain < threshold)
        {
            Search(stretch, certain, threshold - 1, top);
        }
    }

    private ushort[] Estimate(Stretch stretch, int first)
    {
        var (block, end) = (first / SignBlocks.BlockSize, (stretch.To + SignBlocks.BlockSize - 1) / SignBlocks.BlockSize);
        stretch.Estimates = ArrayPool<ushort>.Shared.Rent((end - block) * SignBlocks.BlockSize);
        VectorsOf(stretch).Signs!.Estimate(stretch.Signs!, block, end, stretch.Estimates);
        return stretch.Estimates;
    }

    private void CompareAll(Stretch stretch, TopPassages top)
    {
        var vectors = VectorsOf(stretch);
        var sum = 0.0;
        for (var row = stretch.From; row < stretch.To; row++)
        {
            var cosine = vectors.RoughCosine(_query, row);
            sum += Math.Max(0, cosine);
            if (cosine > top.Threshold)
            {
                Offer(stretch.Part, row, cosine, top);
            }
        }

        _mean.Add(sum, stretch.To - stretch.From);
    }

    private void Offer(int p, int row, float cosine, TopPassages top)
    {
        var part = _scope.Parts[p];
        if (part.Segment.Vectors.Scales[row] > 0 && _scope.CanReturn(part.View, part.Segment.PassageDocuments[row], _now))
        {
            top.Offer(p, row, cosine);
        }
    }

    private VectorTable VectorsOf(Stretch stretch) => _scope.Parts[stretch.Part].Segment.Vectors;
}
