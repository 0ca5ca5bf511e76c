using System.Numerics.Tensors;
using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>The direction that all vectors of a scope have in common, half of which is left out of their cosines with a question.</summary>
/// <remarks>
/// Texts of one kind lie close together, whatever each of them says: preferences all begin with "I like", pages of a manual all explain. How near a question is to that says
/// nothing of which of them it asks for, and a text that has little else comes up for every question. Half, because where one thing is said over and over, a question may well
/// ask for that. After Arora, Liang and Ma, "A simple but tough-to-beat baseline for sentence embeddings" (2017), with the mean for the first component.
/// </remarks>
internal sealed class CommonDirection
{
    // The mean of so many has nearly the direction of the mean of all.
    private const int SampledDocuments = 1_024;

    // Of a product of two vectors, each of which loses half of its part in that direction: 1 - (1 - 1/2)².
    private const float LeftOut = 0.75f;

    private readonly VectorQuery _question;
    private readonly VectorQuery _direction;
    private readonly float _ofQuestion;

    private CommonDirection(VectorQuery question, VectorQuery direction) =>
        (_question, _direction, _ofQuestion) = (question, direction, TensorPrimitives.Dot<float>(question.Turned, direction.Turned));

    /// <summary>Finds it by a sample of the documents that may be in an answer.</summary>
    /// <param name="scope">Where to look. Of a filtered scope only what matches counts.</param>
    /// <param name="question">The question.</param>
    public static CommonDirection Of(SearchScope scope, VectorQuery question)
    {
        var sum = new float[question.Turned.Length];
        var documents = scope.Parts.Sum(part => (long)DocumentsOf(scope, part));
        var step = Math.Max(1, (double)documents / SampledDocuments);
        var (at, before) = (0.0, 0L);
        Span<int> rows = stackalloc int[SampledDocuments + 1];
        foreach (var part in scope.Parts)
        {
            var end = before + DocumentsOf(scope, part);
            var count = 0;
            for (; at < end; at += step)
            {
                rows[count++] = Middle(part.Segment, DocumentAt(scope, part, (int)((long)at - before)));
            }

            if (part.Segment.Vectors.Dimensions == question.Dimensions)
            {
                part.Segment.Vectors.AddRough(rows[..count], sum);
            }

            before = end;
        }

        return new(question, VectorQuery.OfTurned(sum, question.Dimensions));
    }

    /// <summary>A row's cosine with the question, and with the direction; 0 where the row has no vector.</summary>
    public (float Cosine, float Along) Compare(VectorTable vectors, int row) => vectors.Cosines(_question, _direction, row);

    /// <summary>What a vector's cosine with the question is after both have lost half of their part in the direction.</summary>
    /// <param name="cosine">The vector's cosine with the question.</param>
    /// <param name="along">The vector's cosine with the direction.</param>
    public float Without(float cosine, float along) =>
        (cosine - (LeftOut * _ofQuestion * along)) / MathF.Sqrt((1 - (LeftOut * _ofQuestion * _ofQuestion)) * (1 - (LeftOut * along * along)));

    private static int DocumentsOf(SearchScope scope, in ScopePart part) => scope.IsFiltered ? scope.MatchingIn(part).Length : part.EndDocument - part.FirstDocument;

    private static int DocumentAt(SearchScope scope, in ScopePart part, int number) => scope.IsFiltered ? scope.MatchingIn(part).Span[number] : part.FirstDocument + number;

    private static int Middle(Segment segment, int document) => (segment.FirstPassage(document) + segment.FirstPassage(document + 1)) / 2;
}
