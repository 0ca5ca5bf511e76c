using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>Tells which entries say nearly the same.</summary>
internal static class Likeness
{
    /// <summary>From this cosine on two passages say nearly the same.</summary>
    public const float Least = 0.92f;

    /// <summary>So many passages of an entry are compared: a long one that begins with another's first eight says the same for long enough.</summary>
    public const int MaxPassages = 8;

    /// <summary>Whether each passage of the shorter entry says nearly what some passage of the longer one says.</summary>
    public static bool Between(in PassageRows a, in PassageRows b)
    {
        if (a.Count == 0 || b.Count == 0)
        {
            return false;
        }

        var (shorter, longer) = a.Count <= b.Count ? (a, b) : (b, a);
        for (var i = 0; i < shorter.Count; i++)
        {
            var found = false;
            for (var j = 0; j < longer.Count && !found; j++)
            {
                found = VectorTable.Cosine(shorter.Table, shorter.First + i, longer.Table, longer.First + j) >= Least;
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Where the vectors of an entry's passages stand.</summary>
/// <param name="Table">The table.</param>
/// <param name="First">The first row.</param>
/// <param name="Count">How many rows are compared; 0: it has no vector.</param>
internal readonly record struct PassageRows(VectorTable Table, int First, int Count)
{
    /// <summary>The rows of a document.</summary>
    public static PassageRows Of(Segment segment, int document)
    {
        var first = segment.Rows[document].FirstPassage;
        var hasVectors = segment.Vectors.Dimensions > 0 && segment.Rows[document].VectorSum > 0;
        return new(segment.Vectors, first, hasVectors ? Math.Min(segment.FirstPassage(document + 1) - first, Likeness.MaxPassages) : 0);
    }
}
