using System.Buffers;

namespace Keepsake.Recall.Signals;

/// <summary>The question's words in the candidate's best passage, read with what was said around it.</summary>
/// <remarks>BM25 with each passage and its <see cref="Surroundings"/> as one text, in which both words and length count by their weight.</remarks>
internal sealed class WordsSignal : ISignal
{
    // Surroundings even out lengths, so less is held against a long text than in plain BM25.
    private const float B = 0.5f;

    /// <inheritdoc/>
    public string Name => "words";

    /// <inheritdoc/>
    public SignalKind Kind => SignalKind.Words;

    /// <inheritdoc/>
    public bool TryScore(CandidateSet set, Span<float> values)
    {
        if (!set.HasTerms)
        {
            return false;
        }

        var terms = set.Worth.Length;
        var texts = ArrayPool<float>.Shared.Rent(set.PassageLengths.Length * (terms + 1));
        var average = Gather(set, texts);
        for (var c = 0; c < set.Candidates.Length; c++)
        {
            ref readonly var candidate = ref set.Candidates[c];
            for (var passage = candidate.FirstPassage; candidate.CanReturn && passage < candidate.EndOfPassages; passage++)
            {
                var text = texts.AsSpan(passage * (terms + 1), terms + 1);
                var score = 0f;
                for (var t = 0; t < terms; t++)
                {
                    score += text[t] > 0 ? set.Worth[t] * Bm25.Saturation(text[t], text[terms], average, B) : 0;
                }

                values[c] = Math.Max(values[c], score);
            }
        }

        ArrayPool<float>.Shared.Return(texts);
        return true;
    }

    // Each passage's row holds its terms with those around it, and then the length of all that.
    private static float Gather(CandidateSet set, Span<float> texts)
    {
        var terms = set.Worth.Length;
        var total = 0.0;
        var count = 0;
        for (var c = 0; c < set.Candidates.Length; c++)
        {
            ref readonly var candidate = ref set.Candidates[c];
            for (var passage = candidate.FirstPassage; candidate.CanReturn && passage < candidate.EndOfPassages; passage++)
            {
                var text = texts.Slice(passage * (terms + 1), terms + 1);
                set.OccurrencesIn(passage).CopyTo(text);
                text[terms] = set.PassageLengths[passage];
                AddSide(set, new(set.Candidates, c, passage, forwards: false), text);
                AddSide(set, new(set.Candidates, c, passage, forwards: true), text);
                total += text[terms];
                count++;
            }
        }

        return Math.Max(1, (float)(total / Math.Max(1, count)));
    }

    private static void AddSide(CandidateSet set, PassageWalk walk, Span<float> text)
    {
        var distance = 0;
        for (var i = 0; i < Surroundings.MaxOnOneSide && walk.MoveNext(); i++)
        {
            var length = set.PassageLengths[walk.Passage];
            var weight = Surroundings.Weight(distance, length);
            if (weight == 0)
            {
                return;
            }

            var occurrences = set.OccurrencesIn(walk.Passage);
            for (var t = 0; t < occurrences.Length; t++)
            {
                text[t] += weight * occurrences[t];
            }

            text[^1] += weight * length;
            distance += length;
        }
    }
}
