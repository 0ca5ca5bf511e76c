using System.Numerics.Tensors;

namespace Keepsake.Recall.Index;

/// <summary>The vectors of one partition, row after row in contiguous memory, and an exact search over them.</summary>
/// <remarks>4 bytes a dimension, and 16 a document. All rows have the length of the first.</remarks>
internal sealed class VectorTable
{
    // Blocks of about a megabyte at 256 dimensions: growth copies no more than one of them.
    private const int RowsPerBlock = 1024;

    private readonly List<float[]> _blocks = [];
    private readonly Column<Group> _groups = new();

    /// <summary>How many numbers a vector has. 0: there is none yet.</summary>
    public int Dimensions { get; private set; }

    /// <summary>How many rows there are, those of removed documents too.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a vector. A vector of another length, as another model makes, and the zero vector are left out.</summary>
    /// <returns>Whether it was added. It belongs to no document before <see cref="Assign"/>.</returns>
    public bool Add(ReadOnlySpan<float> vector)
    {
        if (vector.IsEmpty || (Dimensions != 0 && vector.Length != Dimensions) || !vector.ContainsAnyExcept(0f))
        {
            return false;
        }

        Dimensions = vector.Length;
        vector.CopyTo(RowForWriting(Count));
        Count++;
        return true;
    }

    /// <summary>Makes the rows from <paramref name="first"/> on those of a document.</summary>
    public void Assign(int document, int first)
    {
        if (first == Count)
        {
            return;
        }

        var sum = new float[Dimensions];
        for (var row = first; row < Count; row++)
        {
            TensorPrimitives.Add(sum, Row(row), sum);
        }

        _groups.Add(new(document, first, Count - first, TensorPrimitives.Norm<float>(sum)));
    }

    /// <summary>One row.</summary>
    public ReadOnlySpan<float> Row(int row) =>
        _blocks[row / RowsPerBlock].AsSpan(row % RowsPerBlock * Dimensions, Dimensions);

    /// <summary>Gives each document its similarity to a question: the mean of its best passage's cosine and of the whole's.</summary>
    /// <remarks>
    /// The whole is the direction of the passages' sum, so its cosine is the sum of their dot products by the length of their sum.
    /// The best passage finds the sentence that answers; the whole tells a text about the subject from one that brushes it.
    /// </remarks>
    /// <param name="question">A unit-length vector.</param>
    /// <param name="similarities">One value per document, 0 before. What would be negative stays 0.</param>
    public void Score(ReadOnlySpan<float> question, Span<float> similarities)
    {
        if (question.Length != Dimensions)
        {
            return;
        }

        foreach (var group in _groups.Items)
        {
            var best = float.NegativeInfinity;
            var sum = 0f;
            for (var row = group.First; row < group.First + group.Count; row++)
            {
                var similarity = TensorPrimitives.Dot(question, Row(row));
                best = Math.Max(best, similarity);
                sum += similarity;
            }

            var whole = group.SumLength > 0 ? sum / group.SumLength : 0;
            similarities[group.Document] = Math.Max(0, (best + whole) / 2);
        }
    }

    private Span<float> RowForWriting(int row)
    {
        var block = row / RowsPerBlock;
        var within = row % RowsPerBlock;
        if (block == _blocks.Count)
        {
            _blocks.Add([]);
        }

        // The last block starts small and doubles: most namespaces hold a handful of entries.
        var rows = _blocks[block];
        if ((within + 1) * Dimensions > rows.Length)
        {
            Array.Resize(ref rows, Math.Min(RowsPerBlock, Math.Max(4, within * 2)) * Dimensions);
            _blocks[block] = rows;
        }

        return rows.AsSpan(within * Dimensions, Dimensions);
    }

    private readonly record struct Group(int Document, int First, int Count, float SumLength);
}
