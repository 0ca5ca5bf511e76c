namespace Keepsake.Embedding.Bert;

/// <summary>Lets each token of one sentence look at all of its tokens, head by head.</summary>
internal static unsafe class SelfAttention
{
    /// <summary>Reads queries, keys and values of a sentence, and writes what the heads found.</summary>
    /// <param name="product">Does the work.</param>
    /// <param name="config">The sizes.</param>
    /// <param name="scratch">Its attention is read, its context written.</param>
    /// <param name="first">The sentence's first row.</param>
    /// <param name="length">Its rows.</param>
    public static void Run(MatrixProduct product, BertConfig config, BertScratch scratch, int first, int length)
    {
        for (var head = 0; head < config.Heads; head++)
        {
            var query = scratch.Attention[first] + (head * config.HeadWidth);
            var key = query + config.Width;
            PackKeys(key, scratch.Attention.Stride, length, config.HeadWidth, scratch.Keys);
            PackValues(key + config.Width, scratch.Attention.Stride, length, config.HeadWidth, scratch.Values);

            Rows queries = new(query, scratch.Attention.Stride);
            Multiply(product, scratch, queries, length, scratch.Keys, config.HeadWidth, length, scratch.Scores);
            for (var row = 0; row < length; row++)
            {
                RowMath.Softmax(scratch.Scores[row], length);
            }

            Multiply(product, scratch, scratch.Scores, length, scratch.Values, length, config.HeadWidth, scratch.Head);
            for (var row = 0; row < length; row++)
            {
                new ReadOnlySpan<float>(scratch.Head[row], config.HeadWidth)
                    .CopyTo(new(scratch.Context[first + row] + (head * config.HeadWidth), config.HeadWidth));
            }
        }
    }

    private static void Multiply(
        MatrixProduct product, BertScratch scratch, Rows rows, int count, float* panels, int depth, int columns, Rows output)
    {
        for (var panel = 0; panel < columns; panel += MatrixProduct.PanelColumns)
        {
            TileJob job = new()
            {
                Rows = rows.First,
                RowStride = rows.Stride,
                Columns = panels + ((long)panel * depth),
                ColumnStride = MatrixProduct.PanelColumns,
                Depth = depth,
                Start = scratch.Zeros,
                Output = output.First + panel,
                OutputStride = output.Stride,
            };
            product.MultiplyPanel(ref job, count);
        }
    }

    /// <summary>A column a key, 32 keys a panel; places beyond the last key are zeros.</summary>
    private static void PackKeys(float* keys, int stride, int length, int depth, float* panels)
    {
        for (var panel = 0; panel < length; panel += MatrixProduct.PanelColumns, panels += MatrixProduct.PanelColumns * depth)
        {
            var present = Math.Min(MatrixProduct.PanelColumns, length - panel);
            if (present < MatrixProduct.PanelColumns)
            {
                new Span<float>(panels, MatrixProduct.PanelColumns * depth).Clear();
            }

            for (var column = 0; column < present; column++)
            {
                var key = keys + ((nint)(panel + column) * stride);
                var to = panels + column;
                for (var i = 0; i < depth; i++, to += MatrixProduct.PanelColumns)
                {
                    *to = key[i];
                }
            }
        }
    }

    /// <summary>A row a value, 32 numbers of it a panel; places beyond the last number are zeros.</summary>
    private static void PackValues(float* values, int stride, int length, int columns, float* panels)
    {
        for (var panel = 0; panel < columns; panel += MatrixProduct.PanelColumns)
        {
            var present = Math.Min(MatrixProduct.PanelColumns, columns - panel);
            for (var row = 0; row < length; row++, panels += MatrixProduct.PanelColumns)
            {
                Span<float> to = new(panels, MatrixProduct.PanelColumns);
                new ReadOnlySpan<float>(values + ((nint)row * stride) + panel, present).CopyTo(to);
                to[present..].Clear();
            }
        }
    }
}
