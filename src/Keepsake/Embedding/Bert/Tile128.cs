using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keepsake.Embedding.Bert;

/// <summary>Multiplies a few rows with 8 columns, 4 floats at a time: two vectors of columns by up to 6 rows are 12 sums, which with their factors fill the 16 registers of SSE.</summary>
/// <remarks>
/// The sums stay in registers from the first product to the last. Rows are addressed from two base pointers, five rows each, because a processor
/// adds two registers in an address for free and has not enough of them for a pointer a row.
/// </remarks>
internal static unsafe class Tile128
{
    /// <summary>Most rows at once.</summary>
    public const int MaxRows = 6;

    /// <summary>Columns at once.</summary>
    public const int Columns = 8;

    /// <summary>Sets <c>output = start + rows × columns</c>.</summary>
    /// <param name="job">Where everything is.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TRows>(in TileJob job)
        where TRows : struct, IRowCount
    {
        var start0 = Vector128.Load(job.Start);
        var start1 = Vector128.Load(job.Start + 4);
        Vector128<float> a0 = start0, b0 = start1;
        Vector128<float> a1 = start0, b1 = start1;
        Vector128<float> a2 = start0, b2 = start1;
        Vector128<float> a3 = start0, b3 = start1;
        Vector128<float> a4 = start0, b4 = start1;
        Vector128<float> a5 = start0, b5 = start1;
        var rows = job.Rows;
        var stride = job.RowStride;
        var (stride2, stride3, stride4) = (stride * 2, stride * 3, stride * 4);
        var rows5 = rows + (5 * stride);
        var columns = job.Columns;
        var columnStride = job.ColumnStride;
        for (var left = job.Depth; left > 0; left--)
        {
            var column0 = Vector128.Load(columns);
            var column1 = Vector128.Load(columns + 4);
            columns += columnStride;
            var x0 = Vector128.Create(rows[0]);
            a0 = Vector128.MultiplyAddEstimate(x0, column0, a0);
            b0 = Vector128.MultiplyAddEstimate(x0, column1, b0);

            if (TRows.Rows > 1)
            {
                var x1 = Vector128.Create(rows[stride]);
                a1 = Vector128.MultiplyAddEstimate(x1, column0, a1);
                b1 = Vector128.MultiplyAddEstimate(x1, column1, b1);
            }

            if (TRows.Rows > 2)
            {
                var x2 = Vector128.Create(rows[stride2]);
                a2 = Vector128.MultiplyAddEstimate(x2, column0, a2);
                b2 = Vector128.MultiplyAddEstimate(x2, column1, b2);
            }

            if (TRows.Rows > 3)
            {
                var x3 = Vector128.Create(rows[stride3]);
                a3 = Vector128.MultiplyAddEstimate(x3, column0, a3);
                b3 = Vector128.MultiplyAddEstimate(x3, column1, b3);
            }

            if (TRows.Rows > 4)
            {
                var x4 = Vector128.Create(rows[stride4]);
                a4 = Vector128.MultiplyAddEstimate(x4, column0, a4);
                b4 = Vector128.MultiplyAddEstimate(x4, column1, b4);
            }

            if (TRows.Rows > 5)
            {
                var x5 = Vector128.Create(rows5[0]);
                a5 = Vector128.MultiplyAddEstimate(x5, column0, a5);
                b5 = Vector128.MultiplyAddEstimate(x5, column1, b5);
            }

            rows++;
            rows5++;
        }

        var output = job.Output;
        var outputStride = job.OutputStride;
        Store(output, a0, b0);

        if (TRows.Rows > 1)
        {
            Store(output + (1 * outputStride), a1, b1);
        }

        if (TRows.Rows > 2)
        {
            Store(output + (2 * outputStride), a2, b2);
        }

        if (TRows.Rows > 3)
        {
            Store(output + (3 * outputStride), a3, b3);
        }

        if (TRows.Rows > 4)
        {
            Store(output + (4 * outputStride), a4, b4);
        }

        if (TRows.Rows > 5)
        {
            Store(output + (5 * outputStride), a5, b5);
        }
    }

    /// <summary>The method for so many rows.</summary>
    public static delegate*<in TileJob, void> For(int rows) => rows switch
    {
        1 => &Multiply<Rows1>,
        2 => &Multiply<Rows2>,
        3 => &Multiply<Rows3>,
        4 => &Multiply<Rows4>,
        5 => &Multiply<Rows5>,
        _ => &Multiply<Rows6>,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector128<float> first, Vector128<float> second)
    {
        first.Store(to);
        second.Store(to + 4);
    }
}
