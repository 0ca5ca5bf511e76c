using System.Numerics.Tensors;

namespace Keepsake.Recall.Index;

/// <summary>The vectors of one partition, row after row in contiguous memory, and an exact search over them.</summary>
/// <remarks>4 bytes a dimension and 4 a row. All rows have the length of the first.</remarks>
internal sealed class VectorTable
{
    // Blocks of about a megabyte at 256 dimensions: growth copies no more than one of them.
    private const int RowsPerBlock = 1024;

    private readonly List<float[]> _blocks = [];
    private readonly Column<int> _documents = new();

    /// <summary>How many numbers a vector has. 0: there is none yet.</summary>
    public int Dimensions { get; private set; }

    /// <summary>How many rows there are, those of removed documents too.</summary>
    public int Count => _documents.Count;

    /// <summary>Adds a vector of a document. A vector of another length, as another model makes, and the zero vector are left out.</summary>
    /// <returns>Whether it was added.</returns>
    public bool Add(int document, ReadOnlySpan<float> vector)
    {
        if (vector.IsEmpty || (Dimensions != 0 && vector.Length != Dimensions) || !vector.ContainsAnyExcept(0f))
        {
            return false;
        }

        Dimensions = vector.Length;
        vector.CopyTo(RowForWriting(Count));
        _documents.Add(document);
        return true;
    }

    /// <summary>One row.</summary>
    public ReadOnlySpan<float> Row(int row) =>
        _blocks[row / RowsPerBlock].AsSpan(row % RowsPerBlock * Dimensions, Dimensions);

    /// <summary>Raises each document's similarity to its best row's dot product with the question; what is negative stays 0.</summary>
    /// <param name="question">A unit-length vector.</param>
    /// <param name="similarities">One value per document, 0 before.</param>
    public void Score(ReadOnlySpan<float> question, Span<float> similarities)
    {
        if (question.Length != Dimensions)
        {
            return;
        }

        var documents = _documents.Items;
        for (var row = 0; row < documents.Length; row++)
        {
            ref var best = ref similarities[documents[row]];
            best = Math.Max(best, TensorPrimitives.Dot(question, Row(row)));
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
}
