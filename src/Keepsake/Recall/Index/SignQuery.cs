using System.Collections.Concurrent;
using System.Numerics.Tensors;

namespace Keepsake.Recall.Index;

/// <summary>A question's vector, made ready to be held against the signs of one table.</summary>
internal sealed class SignQuery
{
    private const int DimensionsPerLookup = 4;
    private const int Combinations = 1 << DimensionsPerLookup;

    // A search takes one for each segment, and what stays in its place is swept seldom.
    private static readonly ConcurrentQueue<AlignedBytes> Idle = new();

    /// <summary>Fills the lookups.</summary>
    /// <param name="query">The question.</param>
    /// <param name="table">The table, of vectors of as many dimensions.</param>
    public SignQuery(VectorQuery query, SignTable table)
    {
        Span<float> rest = stackalloc float[query.Turned.Length];
        TensorPrimitives.Subtract(query.Turned, table.Centre, rest);
        Centre = TensorPrimitives.Dot<float>(query.Turned, table.Centre);
        StandardError = table.Error * TensorPrimitives.Norm<float>(rest);
        var size = SignBlocks.LookupSize(rest.Length);
        Lookups = Idle.TryDequeue(out var idle) && idle.Length == size ? idle : new(size);
        (Least, Step) = Fill(rest, Lookups.Span);
    }

    /// <summary>The product of the question and the centre.</summary>
    public float Centre { get; }

    /// <summary>The standard error of an estimated cosine.</summary>
    public float StandardError { get; }

    /// <summary>For each four dimensions, what each of the 16 combinations of their signs adds to a sum, as <see cref="SignBlocks.Sum"/> takes them.</summary>
    public AlignedBytes Lookups { get; }

    /// <summary>The product of the question less the centre and a row's signs is <see cref="Least"/> + <see cref="Step"/> × the row's sum.</summary>
    public float Least { get; }

    /// <inheritdoc cref="Least"/>
    public float Step { get; }

    /// <summary>Gives the lookups back, once nobody reads them any more.</summary>
    public void Return() => Idle.Enqueue(Lookups);

    private static (float Least, float Step) Fill(ReadOnlySpan<float> rest, Span<byte> lookups)
    {
        var groups = rest.Length / DimensionsPerLookup;
        var widest = 0f;
        var least = 0f;
        for (var g = 0; g < groups; g++)
        {
            var reach = Reach(rest.Slice(g * DimensionsPerLookup, DimensionsPerLookup));
            widest = Math.Max(widest, 2 * reach);
            least -= reach;
        }

        var step = Math.Max(widest / Math.Min(SignBlocks.MaxLookup, ushort.MaxValue / groups), float.Epsilon);
        Span<byte> table = stackalloc byte[Combinations];
        Span<float> sums = stackalloc float[Combinations];
        for (var g = 0; g < groups; g++)
        {
            var part = rest.Slice(g * DimensionsPerLookup, DimensionsPerLookup);
            sums[0] = (part[0] + part[1] + part[2] + part[3] + Reach(part)) / step;
            for (var i = 0; i < DimensionsPerLookup; i++)
            {
                // What a set bit takes away from the combinations without it.
                var less = 2 * part[i] / step;
                for (var without = 0; without < 1 << i; without++)
                {
                    sums[without + (1 << i)] = sums[without] - less;
                }
            }

            for (var signs = 0; signs < Combinations; signs++)
            {
                table[signs] = (byte)(sums[signs] + 0.5f);
            }

            SignBlocks.SetLookup(lookups, g, table);
        }

        return (least, step);
    }

    private static float Reach(ReadOnlySpan<float> part) => Math.Abs(part[0]) + Math.Abs(part[1]) + Math.Abs(part[2]) + Math.Abs(part[3]);
}
