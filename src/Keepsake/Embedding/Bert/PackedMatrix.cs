namespace Keepsake.Embedding.Bert;

/// <summary>A dense layer: weights in panels of 32 columns, as the products read them, and a bias.</summary>
/// <remarks>A panel holds, for each input, the weights of 32 outputs side by side. Outputs beyond the last are zeros. Immutable.</remarks>
internal sealed unsafe class PackedMatrix
{
    private readonly AlignedFloats _panels;
    private readonly AlignedFloats _bias;

    /// <summary>Packs layers that read the same input into one.</summary>
    /// <param name="inputs">Numbers that go in.</param>
    /// <param name="parts">For each layer its weights, a row an output, and its bias.</param>
    public PackedMatrix(int inputs, params ReadOnlySpan<(float[] Weights, float[] Bias)> parts)
    {
        Inputs = inputs;
        foreach (var (_, bias) in parts)
        {
            Outputs += bias.Length;
        }

        var padded = MatrixProduct.Padded(Outputs);
        _panels = new((long)padded * inputs);
        _bias = new(padded);
        var output = 0;
        foreach (var (weights, bias) in parts)
        {
            for (var row = 0; row < bias.Length; row++, output++)
            {
                _bias.First[output] = bias[row];
                Pack(weights.AsSpan(row * inputs, inputs), output);
            }
        }
    }

    /// <summary>Numbers that go in, for each row.</summary>
    public int Inputs { get; }

    /// <summary>Numbers that come out.</summary>
    public int Outputs { get; }

    /// <summary>Sets <c>output = bias + input × weights</c>, and runs each part of it through a function while it is near.</summary>
    /// <param name="product">Does the work.</param>
    /// <param name="input">Rows of <see cref="Inputs"/> numbers.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="output">Rows of <see cref="Outputs"/> numbers, padded to whole panels with zeros.</param>
    /// <param name="tileDone">The function; <see langword="null"/>: none.</param>
    public void Multiply(MatrixProduct product, Rows input, int rows, Rows output, delegate*<float*, nint, int, void> tileDone = null)
    {
        for (var panel = 0; panel < Outputs; panel += MatrixProduct.PanelColumns)
        {
            TileJob job = new()
            {
                Rows = input.First,
                RowStride = input.Stride,
                Columns = _panels.First + ((long)panel * Inputs),
                ColumnStride = MatrixProduct.PanelColumns,
                Depth = Inputs,
                Start = _bias.First + panel,
                Output = output.First + panel,
                OutputStride = output.Stride,
            };
            product.MultiplyPanel(ref job, rows, tileDone);
        }

        GC.KeepAlive(this);
    }

    private void Pack(ReadOnlySpan<float> weights, int output)
    {
        var (panel, column) = Math.DivRem(output, MatrixProduct.PanelColumns);
        var to = _panels.First + ((long)panel * MatrixProduct.PanelColumns * Inputs) + column;
        foreach (var weight in weights)
        {
            *to = weight;
            to += MatrixProduct.PanelColumns;
        }
    }
}

/// <summary>Rows of floats in memory that does not move.</summary>
/// <param name="first">The first.</param>
/// <param name="stride">Floats from one row to the next.</param>
internal readonly unsafe struct Rows(float* first, int stride)
{
    /// <summary>The first row.</summary>
    public float* First { get; } = first;

    /// <summary>Floats from one row to the next.</summary>
    public int Stride { get; } = stride;

    /// <summary>One row.</summary>
    public float* this[int row] => First + ((nint)row * Stride);
}
