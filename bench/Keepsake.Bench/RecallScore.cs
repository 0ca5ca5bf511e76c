using System.Globalization;

namespace Keepsake.Bench;

/// <summary>Recall at several depths and mean reciprocal rank, averaged over questions.</summary>
internal sealed class RecallScore
{
    public static readonly int[] Depths = [1, 5, 10, 20];

    private readonly double[] _recall = new double[Depths.Length];
    private double _reciprocal;

    public int Questions { get; private set; }

    public double At(int depth) => _recall[Array.IndexOf(Depths, depth)] / Math.Max(1, Questions);

    public void Add(IReadOnlyList<string> found, IReadOnlyList<string> evidence)
    {
        Questions++;
        for (var d = 0; d < Depths.Length; d++)
        {
            _recall[d] += (double)found.Take(Depths[d]).Count(evidence.Contains) / evidence.Count;
        }

        var first = found.Take(Depths[^1]).ToList().FindIndex(evidence.Contains);
        _reciprocal += first < 0 ? 0 : 1.0 / (first + 1);
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{At(1):F3}  {At(5):F3}  {At(10):F3}  {At(20):F3}  {_reciprocal / Math.Max(1, Questions):F3}  n={Questions}");
}
