namespace Keepsake.Embedding.Bert;

/// <summary>Products of matrices on one thread, in tiles that fit the registers of a width.</summary>
/// <param name="width">The width; this processor must have it.</param>
internal sealed unsafe class MatrixProduct(VectorWidth width)
{
    /// <summary>Columns of a panel: how matrices are packed for all widths.</summary>
    public const int PanelColumns = 32;

    private readonly int _maxRows = width switch
    {
        VectorWidth.Bits512 => Tile512.MaxRows,
        VectorWidth.Bits256 => Tile256.MaxRows,
        _ => Tile128.MaxRows,
    };

    private readonly int _columns = width switch
    {
        VectorWidth.Bits512 => Tile512.Columns,
        VectorWidth.Bits256 => Tile256.Columns,
        _ => Tile128.Columns,
    };

    /// <summary>The number of floats that rows of so many columns take, so that whole panels fit.</summary>
    public static int Padded(int columns) => (columns + PanelColumns - 1) / PanelColumns * PanelColumns;

    /// <summary>From one row to the next of a matrix: padded, and one cache line more, so that rows do not compete for the same places of a cache.</summary>
    public static int StrideOf(int columns) => Padded(columns) + 16;

    /// <summary>Multiplies rows with one panel of 32 columns.</summary>
    /// <param name="job">The rows and the panel; <see cref="TileJob.Rows"/> and <see cref="TileJob.Output"/> move.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="tileDone">Called for each finished tile while it is in the nearest cache; <see langword="null"/>: nothing to do.</param>
    public void MultiplyPanel(ref TileJob job, int rows, delegate*<float*, nint, int, void> tileDone = null)
    {
        // Tiles of nearly equal height: one of 13 rows and another of 13 are done sooner than one of 14 and one of 12.
        for (var tiles = (rows + _maxRows - 1) / _maxRows; tiles > 0; tiles--)
        {
            var height = (rows + tiles - 1) / tiles;
            Tile(ref job, height);
            if (tileDone != null)
            {
                tileDone(job.Output, job.OutputStride, height);
            }

            rows -= height;
            job.Rows += height * job.RowStride;
            job.Output += height * job.OutputStride;
        }
    }

    private void Tile(ref TileJob job, int height)
    {
        var method = width switch
        {
            VectorWidth.Bits512 => Tile512.For(height),
            VectorWidth.Bits256 => Tile256.For(height),
            _ => Tile128.For(height),
        };

        for (var at = 0; at < PanelColumns; at += _columns)
        {
            method(in job);
            job.Columns += _columns;
            job.Start += _columns;
            job.Output += _columns;
        }

        job.Columns -= PanelColumns;
        job.Start -= PanelColumns;
        job.Output -= PanelColumns;
    }
}
