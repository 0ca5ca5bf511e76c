using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keepsake.Embedding.Bert;

/// <summary>Multiplies a few rows with 32 columns, 16 floats at a time: two vectors of columns by up to 14 rows are 28 sums, which with their factors fill the 32 registers.</summary>
/// <remarks>
/// The sums stay in registers from the first product to the last. Rows are addressed from three base pointers, five rows each, because a processor
/// adds two registers in an address for free and has not enough of them for a pointer a row.
/// </remarks>
internal static unsafe class Tile512
{
    /// <summary>Most rows at once.</summary>
    public const int MaxRows = 14;

    /// <summary>Columns at once.</summary>
    public const int Columns = 32;

    /// <summary>Sets <c>output = start + rows × columns</c>.</summary>
    /// <param name="job">Where everything is.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TRows>(in TileJob job)
        where TRows : struct, IRowCount
    {
        var start0 = Vector512.Load(job.Start);
        var start1 = Vector512.Load(job.Start + 16);
        Vector512<float> a0 = start0, b0 = start1;
        Vector512<float> a1 = start0, b1 = start1;
        Vector512<float> a2 = start0, b2 = start1;
        Vector512<float> a3 = start0, b3 = start1;
        Vector512<float> a4 = start0, b4 = start1;
        Vector512<float> a5 = start0, b5 = start1;
        Vector512<float> a6 = start0, b6 = start1;
        Vector512<float> a7 = start0, b7 = start1;
        Vector512<float> a8 = start0, b8 = start1;
        Vector512<float> a9 = start0, b9 = start1;
        Vector512<float> a10 = start0, b10 = start1;
        Vector512<float> a11 = start0, b11 = start1;
        Vector512<float> a12 = start0, b12 = start1;
        Vector512<float> a13 = start0, b13 = start1;
        var rows = job.Rows;
        var stride = job.RowStride;
        var (stride2, stride3, stride4) = (stride * 2, stride * 3, stride * 4);
        var rows5 = rows + (5 * stride);
        var rows10 = rows5 + (5 * stride);
        var columns = job.Columns;
        var columnStride = job.ColumnStride;
        for (var left = job.Depth; left > 0; left--)
        {
            var column0 = Vector512.Load(columns);
            var column1 = Vector512.Load(columns + 16);
            columns += columnStride;
            var x0 = Vector512.Create(rows[0]);
            a0 = Vector512.MultiplyAddEstimate(x0, column0, a0);
            b0 = Vector512.MultiplyAddEstimate(x0, column1, b0);

            if (TRows.Rows > 1)
            {
                var x1 = Vector512.Create(rows[stride]);
                a1 = Vector512.MultiplyAddEstimate(x1, column0, a1);
                b1 = Vector512.MultiplyAddEstimate(x1, column1, b1);
            }

            if (TRows.Rows > 2)
            {
                var x2 = Vector512.Create(rows[stride2]);
                a2 = Vector512.MultiplyAddEstimate(x2, column0, a2);
                b2 = Vector512.MultiplyAddEstimate(x2, column1, b2);
            }

            if (TRows.Rows > 3)
            {
                var x3 = Vector512.Create(rows[stride3]);
                a3 = Vector512.MultiplyAddEstimate(x3, column0, a3);
                b3 = Vector512.MultiplyAddEstimate(x3, column1, b3);
            }

            if (TRows.Rows > 4)
            {
                var x4 = Vector512.Create(rows[stride4]);
                a4 = Vector512.MultiplyAddEstimate(x4, column0, a4);
                b4 = Vector512.MultiplyAddEstimate(x4, column1, b4);
            }

            if (TRows.Rows > 5)
            {
                var x5 = Vector512.Create(rows5[0]);
                a5 = Vector512.MultiplyAddEstimate(x5, column0, a5);
                b5 = Vector512.MultiplyAddEstimate(x5, column1, b5);
            }

            if (TRows.Rows > 6)
            {
                var x6 = Vector512.Create(rows5[stride]);
                a6 = Vector512.MultiplyAddEstimate(x6, column0, a6);
                b6 = Vector512.MultiplyAddEstimate(x6, column1, b6);
            }

            if (TRows.Rows > 7)
            {
                var x7 = Vector512.Create(rows5[stride2]);
                a7 = Vector512.MultiplyAddEstimate(x7, column0, a7);
                b7 = Vector512.MultiplyAddEstimate(x7, column1, b7);
            }

            if (TRows.Rows > 8)
            {
                var x8 = Vector512.Create(rows5[stride3]);
                a8 = Vector512.MultiplyAddEstimate(x8, column0, a8);
                b8 = Vector512.MultiplyAddEstimate(x8, column1, b8);
            }

            if (TRows.Rows > 9)
            {
                var x9 = Vector512.Create(rows5[stride4]);
                a9 = Vector512.MultiplyAddEstimate(x9, column0, a9);
                b9 = Vector512.MultiplyAddEstimate(x9, column1, b9);
            }

            if (TRows.Rows > 10)
            {
                var x10 = Vector512.Create(rows10[0]);
                a10 = Vector512.MultiplyAddEstimate(x10, column0, a10);
                b10 = Vector512.MultiplyAddEstimate(x10, column1, b10);
            }

            if (TRows.Rows > 11)
            {
                var x11 = Vector512.Create(rows10[stride]);
                a11 = Vector512.MultiplyAddEstimate(x11, column0, a11);
                b11 = Vector512.MultiplyAddEstimate(x11, column1, b11);
            }

            if (TRows.Rows > 12)
            {
                var x12 = Vector512.Create(rows10[stride2]);
                a12 = Vector512.MultiplyAddEstimate(x12, column0, a12);
                b12 = Vector512.MultiplyAddEstimate(x12, column1, b12);
            }

            if (TRows.Rows > 13)
            {
                var x13 = Vector512.Create(rows10[stride3]);
                a13 = Vector512.MultiplyAddEstimate(x13, column0, a13);
                b13 = Vector512.MultiplyAddEstimate(x13, column1, b13);
            }

            rows++;
            rows5++;
            rows10++;
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

        if (TRows.Rows > 6)
        {
            Store(output + (6 * outputStride), a6, b6);
        }

        if (TRows.Rows > 7)
        {
            Store(output + (7 * outputStride), a7, b7);
        }

        if (TRows.Rows > 8)
        {
            Store(output + (8 * outputStride), a8, b8);
        }

        if (TRows.Rows > 9)
        {
            Store(output + (9 * outputStride), a9, b9);
        }

        if (TRows.Rows > 10)
        {
            Store(output + (10 * outputStride), a10, b10);
        }

        if (TRows.Rows > 11)
        {
            Store(output + (11 * outputStride), a11, b11);
        }

        if (TRows.Rows > 12)
        {
            Store(output + (12 * outputStride), a12, b12);
        }

        if (TRows.Rows > 13)
        {
            Store(output + (13 * outputStride), a13, b13);
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
        6 => &Multiply<Rows6>,
        7 => &Multiply<Rows7>,
        8 => &Multiply<Rows8>,
        9 => &Multiply<Rows9>,
        10 => &Multiply<Rows10>,
        11 => &Multiply<Rows11>,
        12 => &Multiply<Rows12>,
        13 => &Multiply<Rows13>,
        _ => &Multiply<Rows14>,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector512<float> first, Vector512<float> second)
    {
        first.Store(to);
        second.Store(to + 16);
    }
}
