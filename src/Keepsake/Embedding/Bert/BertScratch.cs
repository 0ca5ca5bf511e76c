namespace Keepsake.Embedding.Bert;

/// <summary>The memory of one thread for one pass: rows of a pack of tokens at each stage, and one attention head.</summary>
internal sealed unsafe class BertScratch
{
    private readonly AlignedFloats _hidden;
    private readonly AlignedFloats _mixed;
    private readonly AlignedFloats _attention;
    private readonly AlignedFloats _context;
    private readonly AlignedFloats _inner;
    private readonly AlignedFloats _keys;
    private readonly AlignedFloats _values;
    private readonly AlignedFloats _scores;
    private readonly AlignedFloats _head;
    private readonly AlignedFloats _zeros;

    /// <param name="config">The sizes.</param>
    /// <param name="tokens">Most tokens of a pack.</param>
    public BertScratch(BertConfig config, int tokens)
    {
        var (width, length) = (config.Width, config.MaxLength);
        var paddedLength = MatrixProduct.Padded(length);
        var paddedHead = MatrixProduct.Padded(config.HeadWidth);
        _hidden = Of(tokens, width);
        _mixed = Of(tokens, width);
        _attention = Of(tokens, 3 * width);
        _context = Of(tokens, width);
        _inner = Of(tokens, config.InnerWidth);
        _keys = new((long)paddedLength * config.HeadWidth);
        _values = new((long)length * paddedHead);
        _scores = Of(length, length);
        _head = Of(length, config.HeadWidth);
        _zeros = new(MatrixProduct.PanelColumns);

        Hidden = new(_hidden.First, MatrixProduct.StrideOf(width));
        Mixed = new(_mixed.First, MatrixProduct.StrideOf(width));
        Attention = new(_attention.First, MatrixProduct.StrideOf(3 * width));
        Context = new(_context.First, MatrixProduct.StrideOf(width));
        Inner = new(_inner.First, MatrixProduct.StrideOf(config.InnerWidth));
        Scores = new(_scores.First, MatrixProduct.StrideOf(length));
        Head = new(_head.First, MatrixProduct.StrideOf(config.HeadWidth));
    }

    /// <summary>What goes from layer to layer.</summary>
    public Rows Hidden { get; }

    /// <summary>What a layer adds to it.</summary>
    public Rows Mixed { get; }

    /// <summary>Queries, keys and values of all heads side by side.</summary>
    public Rows Attention { get; }

    /// <summary>What all heads found, side by side.</summary>
    public Rows Context { get; }

    /// <summary>The wide inside of a layer.</summary>
    public Rows Inner { get; }

    /// <summary>How much each token of one sentence looks at each other, in one head.</summary>
    public Rows Scores { get; }

    /// <summary>What one head found.</summary>
    public Rows Head { get; }

    /// <summary>The keys of one head, in panels.</summary>
    public float* Keys => _keys.First;

    /// <summary>The values of one head, in panels.</summary>
    public float* Values => _values.First;

    /// <summary>A panel's row of zeros.</summary>
    public float* Zeros => _zeros.First;

    private static AlignedFloats Of(int rows, int columns) => new((long)rows * MatrixProduct.StrideOf(columns));
}
