using System.Buffers;
using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>Finds the passages whose vectors are nearest to the question's.</summary>
/// <remarks>
/// <para>Few vectors are compared one by one. Of many, the signs are read first, a bit a dimension, which gives each cosine with a known standard
/// error (RaBitQ). A sample says which estimates are high; those passages are compared by the upper bits of their numbers. The tenth best of them,
/// less two and a half standard errors, is then the lowest estimate that one of the best ten may have, and what lies above it is compared too. So
/// what is found is what comparing all would find, but for about one passage in two hundred.</para>
/// <para>Large scopes are searched on all processors.</para>
/// </remarks>
internal sealed class VectorLeg
{
    /// <summary>The best so many are found for certain; further ones by their estimates.</summary>
    public const int CertainResults = 10;

    private const int MaxThreads = 8;
    private const float StandardErrors = 2.5f;

    // Work for one thread: about a tenth of a millisecond.
    private const int RowsPerTask = 1 << 15;
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
                var signed = part.Segment.Vectors.Signs.Length > 0 && to - from >= VectorTable.MinRowsForSigns;
                for (var at = from; at < to;)
                {
                    // Cut at the blocks' borders, so that no block is estimated twice.
                    var end = Math.Min(to, (at + RowsPerTask) / SignBlocks.BlockSize * SignBlocks.BlockSize);
                    stretches.Add(new(p, at, end, signed));
                    at = end;
                }
            }
        }

        var threshold = Sample(stretches);
        var found = InParallel(stretches, rows, float.NegativeInfinity, (stretch, top) => Search(stretch, threshold, ushort.MaxValue, top));
        var certain = CertainSum(found.Items);
        if (certain < threshold)
        {
            found = Merge([found, InParallel(stretches, rows, found.Threshold, (stretch, top) => Search(stretch, certain, threshold - 1, top))]);
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
        foreach (var hit in found.Items)
        {
            refined.Offer(hit.Part, hit.Passage, _scope.Parts[hit.Part].Segment.Vectors.Cosine(_query, hit.Passage));
        }

        return refined;
    }

    /// <summary>The sum that about as many rows reach as are wanted, several times over, by a sample of the rows.</summary>
    private int Sample(List<Stretch> stretches)
    {
        var signed = stretches.Where(stretch => stretch.IsSigned).ToList();
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
        Span<ushort> sums = stackalloc ushort[SignBlocks.BlockSize];
        var skipped = 0;
        foreach (var stretch in signed)
        {
            var at = stretch.From + skipped;
            for (; at < stretch.To; at += step)
            {
                SignBlocks.Estimate(VectorsOf(stretch).SignBlock(at / SignBlocks.BlockSize), _query.Lookups, sums);
                foreach (var estimate in sums)
                {
                    sample[estimate >> SampleShift]++;
                    sum += Math.Max(0, _query.Base + (_query.Step * estimate));
                }

                sampled += sums.Length;
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

    /// <summary>The lowest sum that one of the best <see cref="CertainResults"/> can have.</summary>
    private int CertainSum(ReadOnlySpan<PassageHit> found)
    {
        if (found.Length < CertainResults)
        {
            return 0;
        }

        var scores = new float[found.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = found[i].Score;
        }

        Array.Sort(scores);
        var lowest = scores[^CertainResults] - (StandardErrors * _query.StandardErrorAt(scores[^CertainResults]));
        return (int)Math.Clamp((lowest - _query.Base) / _query.Step, 0, ushort.MaxValue);
    }

    private TopPassages InParallel(List<Stretch> stretches, int rows, float floor, Action<Stretch, TopPassages> search)
    {
        var threads = Math.Min(Math.Min(Environment.ProcessorCount, MaxThreads), rows / RowsPerTask);
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
        if (!stretch.IsSigned)
        {
            if (most == ushort.MaxValue)
            {
                CompareAll(stretch, top);
            }

            return;
        }

        var first = stretch.From / SignBlocks.BlockSize * SignBlocks.BlockSize;
        var sums = (stretch.Sums ?? Estimate(stretch, first)).AsSpan(0, stretch.To - first);
        Span<int> chosen = stackalloc int[ChosenAtOnce];
        Span<float> cosines = stackalloc float[ChosenAtOnce];
        for (var from = stretch.From - first; from < sums.Length;)
        {
            var count = SignBlocks.Choose(sums, ref from, (ushort)least, (ushort)most, chosen);
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

    private ushort[] Estimate(Stretch stretch, int first)
    {
        var vectors = VectorsOf(stretch);
        var blocks = (stretch.To - first + SignBlocks.BlockSize - 1) / SignBlocks.BlockSize;
        stretch.Sums = ArrayPool<ushort>.Shared.Rent(blocks * SignBlocks.BlockSize);
        for (var b = 0; b < blocks; b++)
        {
            SignBlocks.Estimate(
                vectors.SignBlock((first / SignBlocks.BlockSize) + b), _query.Lookups, stretch.Sums.AsSpan(b * SignBlocks.BlockSize, SignBlocks.BlockSize));
        }

        return stretch.Sums;
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
