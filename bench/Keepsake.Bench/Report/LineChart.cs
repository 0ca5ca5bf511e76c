using System.Globalization;

namespace Keepsake.Bench.Report;

/// <summary>Time against size, both on logarithmic scales, one line a system; the first is ours.</summary>
internal static class LineChart
{
    private const int Width = 860;
    private const int Height = 400;
    private const int Left = 70;
    private const int Right = 330;
    private const int Top = 50;
    private const int Bottom = 60;

    public static string Draw(string title, IReadOnlyList<Series> series)
    {
        var svg = new Svg(Width, Height, title);
        var points = series.SelectMany(s => s.Points).ToList();
        var x = new Scale(points.Min(p => p.Records), points.Max(p => p.Records), Left, Width - Right);
        var y = new Scale(points.Min(p => p.Milliseconds), points.Max(p => p.Milliseconds), Height - Bottom, Top);
        svg.Text(title, Left, 28, style: "title");
        foreach (var power in y.Powers)
        {
            svg.Line("grid", (Left, y.At(power)), (Width - Right, y.At(power)));
            svg.Text(Short(power), Left - 8, y.At(power) + 4, "end", "quiet");
        }

        foreach (var power in x.Powers)
        {
            svg.Line("grid", (x.At(power), Top), (x.At(power), Height - Bottom));
            svg.Text(Short(power), x.At(power), Height - Bottom + 20, "middle", "quiet");
        }

        svg.Line("axis", (Left, Top), (Left, Height - Bottom), (Width - Right, Height - Bottom));
        svg.Text("records", (Left + Width - Right) / 2.0, Height - 14, "middle");
        svg.Text("milliseconds, p50", 20, (Top + Height - Bottom) / 2.0, "middle", turned: true);

        // Ours last, so that it lies above the others.
        foreach (var (i, one) in series.Index().Reverse())
        {
            svg.Line($"line{i % Svg.Colours}", [.. one.Points.Select(p => (x.At(p.Records), y.At(p.Milliseconds)))]);
            foreach (var (records, milliseconds) in one.Points)
            {
                svg.Dot($"fill{i % Svg.Colours}", x.At(records), y.At(milliseconds));
            }
        }

        // In the order of the lines' ends, from the top.
        foreach (var (row, one) in series.Index().OrderByDescending(s => s.Item.Points[^1].Milliseconds).Index())
        {
            var at = Top + 10 + (row * 24);
            svg.Box($"fill{one.Index % Svg.Colours}", Width - Right + 24, at - 8, 14, 8);
            svg.Text(one.Item.Name, Width - Right + 46, at, style: one.Index == 0 ? "strong" : "");
        }

        return svg.ToString();
    }

    private static string Short(double value) => value switch
    {
        >= 1e6 => (value / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + "M",
        >= 1e3 => (value / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + "k",
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };

    /// <summary>A line: a system and its times by size, smallest first.</summary>
    internal sealed record Series(string Name, IReadOnlyList<(double Records, double Milliseconds)> Points);

    // From the power of ten below the least to the one above the greatest.
    private sealed class Scale(double least, double greatest, double from, double to)
    {
        private readonly int _low = (int)Math.Floor(Math.Log10(least));
        private readonly int _high = Math.Max((int)Math.Ceiling(Math.Log10(greatest)), (int)Math.Floor(Math.Log10(least)) + 1);

        public IEnumerable<double> Powers => Enumerable.Range(_low, _high - _low + 1).Select(p => Math.Pow(10, p));

        public double At(double value) => from + ((to - from) * (Math.Log10(value) - _low) / (_high - _low));
    }
}
