namespace Keepsake.Embedding.Bert;

/// <summary>A small product: a few rows of one matrix with a few columns of another. Strides are in floats.</summary>
internal unsafe ref struct TileJob
{
    /// <summary>The first of the rows.</summary>
    public float* Rows;

    /// <summary>From one row to the next.</summary>
    public nint RowStride;

    /// <summary>The columns: for each step of the depth, one number a column.</summary>
    public float* Columns;

    /// <summary>From one step of the depth to the next.</summary>
    public nint ColumnStride;

    /// <summary>How many products make a sum.</summary>
    public int Depth;

    /// <summary>What each column's sum starts with.</summary>
    public float* Start;

    /// <summary>The first row of the result.</summary>
    public float* Output;

    /// <summary>From one row of the result to the next.</summary>
    public nint OutputStride;
}
