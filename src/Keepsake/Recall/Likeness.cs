using System.Numerics.Tensors;
using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>What an entry says, by the vectors of its passages, to be held against what others say.</summary>
internal sealed class Likeness
{
    /// <summary>From this cosine on two passages say nearly the same.</summary>
    public const float NearlySame = 0.92f;

    /// <summary>From this cosine on a passage is a repetition of what is said very often: another number or name in a sentence of a dozen words.</summary>
    public const float Repetition = 0.85f;

    /// <summary>From this cosine on to what is known to be said very often a passage is of it: of ten thousand repetitions some are a little less alike.</summary>
    public const float OfFlood = 0.8f;

    /// <summary>So many passages of an entry are compared: a long one that begins with another's first eight says the same for long enough.</summary>
    public const int MaxPassages = 8;

    private readonly float[][] _vectors;

    /// <summary>Reads the vectors of a document.</summary>
    public Likeness(Segment segment, int document)
    {
        var first = segment.Rows[document].FirstPassage;
        var hasVectors = segment.Vectors.Dimensions > 0 && segment.Rows[document].VectorSum > 0;
        _vectors = new float[hasVectors ? Math.Min(segment.FirstPassage(document + 1) - first, MaxPassages) : 0][];
        for (var i = 0; i < _vectors.Length; i++)
        {
            _vectors[i] = new float[segment.Vectors.Width];
            segment.Vectors.Read(first + i, _vectors[i]);
        }
    }

    /// <summary>Whether there is anything to compare.</summary>
    public bool HasVectors => _vectors.Length > 0;

    /// <summary>Whether each passage of the shorter entry says nearly what some passage of the longer one says.</summary>
    /// <param name="other">The other entry.</param>
    /// <param name="least">The cosine from which on two passages do.</param>
    public bool To(Likeness other, float least)
    {
        var (shorter, longer) = _vectors.Length <= other._vectors.Length ? (_vectors, other._vectors) : (other._vectors, _vectors);
        return shorter.Length > 0 && Array.TrueForAll(shorter, a => Array.Exists(longer, b => a.Length == b.Length && TensorPrimitives.Dot<float>(a, b) >= least));
    }
}
