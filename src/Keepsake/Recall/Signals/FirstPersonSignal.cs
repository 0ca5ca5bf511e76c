namespace Keepsake.Recall.Signals;

/// <summary>Whether the entry states rather than asks: a question seldom answers another.</summary>
internal sealed class FirstPersonSignal(double weight) : ISignal
{
    /// <inheritdoc/>
    private static readonly int FP = int.Parse(Environment.GetEnvironmentVariable("FP") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
    public string Name => "first";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => false;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var rows = search.Partitions[p].Rows;
            for (var i = 0; i < rows.Length; i++)
            {
                values[search.FirstDocument[p] + i] = FP switch { 0 => rows[i].FirstPerson > 0 ? 1 : 0, 1 => Math.Min(1, rows[i].FirstPerson * 15), _ => rows[i].FirstPerson };
            }
        }

        return true;
    }
}
