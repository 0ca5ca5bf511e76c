using System.Buffers;
using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>Finds the passages whose vectors are nearest to the question's.</summary>
/// <remarks>
/// <para>Few vectors are compared one by one. Of many, the signs are read first, a bit a dimension, which gives each cosine with a known standard
/// error (RaBitQ). A sample says which estimates are high; those passages are compared by the upper bits of their numbers. The tenth best of them,
/// less some standard errors, is then the lowest estimate that one of the best ten may have, and what lies above it is compared too. So
/// what is found is what comparing all would find, but for about one passage in two hundred.</para>
/// <para>Where a filter leaves few, those are compared one by one, however many others there are. Where it leaves many, the sample and what is chosen are of
/// those that match it, so a filter costs no result.</para>
/// <para>Large scopes are searched on all processors.</para>
/// </remarks>
internal sealed class VectorLeg
{
    /// <summary>The best so many are found for certain; further ones by their estimates.</summary>
    public const int CertainResults = 10;

    private const int MaxThreads = 8;

    // Of the ten nearest of 100,000, two and a half find .991 and three find .994, in a sixth more time; all that the 10 bits of a number can tell is .996.
    private const float StandardErrors = 3f;

    // Work for one thread: about half a millisecond, or waking another costs more than it gives.
    private const int RowsPerThread = 1 << 16;
    private const int RowsOfStretch = 1 << 15;
    private const int ChosenAtOnce = 1 << 10;

    // Where a filter leaves one document in so many, those are compared one by one: reading the signs of all would take longer.
    private const int FewOfAll = 8;
    private const int DocumentsOfStretch = 1 << 12;

    private readonly SearchScope _scope;
    private readonly VectorQuery _query;
    private readonly int _limit;
    private readonly long _now;

    private readonly List<Stretch> _stretches = [];
    private readonly List<SignQuery> _signs = [];

    private VectorLeg(SearchScope scope, VectorQuery query, int limit, long now) =>
        (_scope, _query, _limit, _now) = (scope, query, limit, now);

    /// <summary>Finds the best passages of live documents.</summary>
    /// <param name="scope">Where to look.</param>
    /// <param name="query">The question.</param>
    /// <param name="limit">Most passages.</param>
    /// <param name="now">In UTC ticks; what has expired by then is left out.</param>
    /// <returns>The best in no order, with their cosines.</returns>
    public static TopPassages Find(SearchScope scope, VectorQuery query, int limit, long now) => new VectorLeg(scope, query, limit, now).Find();

    private TopPassages Find()
    {
        // Rows to look at, and those among them of parts with signs that can be found.
        var (rows, signed) = (0, 0);
        for (var p = 0; p < _scope.Parts.Length; p++)
        {
            var part = _scope.Parts[p];
            if (part.Segment.Vectors.Dimensions != _query.Dimensions)
            {
                continue;
            }

            var ofPart = part.EndPassage - part.FirstPassage;
            var hasSigns = ofPart >= VectorTable.MinRowsForSigns && part.Segment.Vectors.Signs is not null;
            if (!_scope.IsFiltered)
            {
                AddAll(p, hasSigns);
                rows += ofPart;
                signed += hasSigns ? ofPart : 0;
            }
            else if (_scope.MatchingIn(part) is { IsEmpty: false } matching)
            {
                var documents = part.EndDocument - part.FirstDocument;
                var found = (int)Math.Max(1, (long)ofPart * matching.Length / documents);
                if (hasSigns && (long)matching.Length * FewOfAll >= documents)
                {
                    AddAll(p, hasSigns: true);
                    rows += ofPart;
                    signed += found;
                }
                else
                {
                    AddMatching(p, matching);
                    rows += found;
                }
            }
        }

        return Find(rows, signed);
    }

    private TopPassages Find(int rows, int signed)
    {
        var threshold = SignSample.Threshold(_scope, _stretches.FindAll(stretch => stretch.Signs is not null), signed, _limit);
        var found = InParallel(rows, float.NegativeInfinity, (stretch, top) => Search(stretch, threshold, ushort.MaxValue, top));
        if (threshold > 0)
        {
            var tenth = Tenth(found.Items);
            found = Merge([found, InParallel(rows, found.Threshold, (stretch, top) => SearchLower(stretch, tenth, threshold, top))]);
        }

        foreach (var stretch in _stretches)
        {
            stretch.Return();
        }

        _signs.ForEach(signs => signs.Return());

        return Refine(found);
    }

    private void AddAll(int p, bool hasSigns)
    {
        var part = _scope.Parts[p];
        var signs = hasSigns ? new SignQuery(_query, part.Segment.Vectors.Signs!) : null;
        if (signs is not null)
        {
            _signs.Add(signs);
        }

        for (int at = part.FirstPassage, to = part.EndPassage; at < to;)
        {
            // Cut at the blocks' borders, so that no block is estimated twice.
            var end = Math.Min(to, (at + RowsOfStretch) / SignBlocks.BlockSize * SignBlocks.BlockSize);
            _stretches.Add(new(p, at, end, signs));
            at = end;
        }
    }

    private void AddMatching(int p, ReadOnlyMemory<int> matching)
    {
        for (var at = 0; at < matching.Length; at += DocumentsOfStretch)
        {
            _stretches.Add(new(p, matching[at..Math.Min(at + DocumentsOfStretch, matching.Length)]));
        }
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

    private TopPassages InParallel(int rows, float floor, Action<Stretch, TopPassages> search)
    {
        var threads = Math.Min(Math.Min(Environment.ProcessorCount, MaxThreads), rows / RowsPerThread);
        if (threads < 2)
        {
            var top = new TopPassages(_limit, floor);
            _stretches.ForEach(stretch => search(stretch, top));
            return top;
        }

        var tops = new TopPassages[threads];
        var next = -1;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            tops[thread] = new(_limit, floor);
            for (var i = Interlocked.Increment(ref next); i < _stretches.Count; i = Interlocked.Increment(ref next))
            {
                search(_stretches[i], tops[thread]);
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
            if (most == ushort.MaxValue && stretch.Matching is { } matching)
            {
                CompareMatching(stretch, matching.Span, top);
            }
            else if (most == ushort.MaxValue)
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
            count = _scope.IsFiltered ? KeepMatching(stretch.Part, first, chosen[..count]) : count;
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

    private int KeepMatching(int p, int first, Span<int> chosen)
    {
        var part = _scope.Parts[p];
        var kept = 0;
        foreach (var row in chosen)
        {
            chosen[kept] = row;
            kept += _scope.Matches(part.View, part.Segment.PassageDocuments[first + row]) ? 1 : 0;
        }

        return kept;
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
        for (var row = stretch.From; row < stretch.To; row++)
        {
            var cosine = vectors.RoughCosine(_query, row);
            if (cosine > top.Threshold)
            {
                Offer(stretch.Part, row, cosine, top);
            }
        }
    }

    // As CompareAll, of the documents that match the filter.
    private void CompareMatching(Stretch stretch, ReadOnlySpan<int> documents, TopPassages top)
    {
        var segment = _scope.Parts[stretch.Part].Segment;
        Span<int> rows = stackalloc int[ChosenAtOnce];
        Span<float> cosines = stackalloc float[ChosenAtOnce];
        var count = 0;
        for (var i = 0; i < documents.Length; i++)
        {
            var end = segment.FirstPassage(documents[i] + 1);
            for (var row = segment.FirstPassage(documents[i]); row < end; row++)
            {
                rows[count++] = row;
                if (count == rows.Length)
                {
                    Compare(stretch, rows, cosines, top);
                    count = 0;
                }
            }
        }

        Compare(stretch, rows[..count], cosines, top);
    }

    private void Compare(Stretch stretch, ReadOnlySpan<int> rows, Span<float> cosines, TopPassages top)
    {
        VectorsOf(stretch).RoughCosines(_query, 0, rows, cosines);
        for (var i = 0; i < rows.Length; i++)
        {
            if (cosines[i] > top.Threshold)
            {
                Offer(stretch.Part, rows[i], cosines[i], top);
            }
        }
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
