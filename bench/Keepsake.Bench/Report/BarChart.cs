using System.Globalization;

namespace Keepsake.Bench.Report;

/// <summary>A number from 0 to 1 for each system, one bar each, the greatest first.</summary>
internal static class BarChart
{
    private const int Width = 820;
    private const int Left = 400;
    private const int Right = 60;
    private const int Top = 50;
    private const int RowHeight = 28;
    private const int Bottom = 56;

    public static string Draw(string title, string axis, IEnumerable<Bar> bars)
    {
        List<Bar> rows = [.. bars.OrderByDescending(b => b.Value)];
        var bottom = Top + (rows.Count * RowHeight);
        var svg = new Svg(Width, bottom + Bottom, title);
        svg.Text(title, 20, 28, style: "title");
        for (var share = 0; share <= 10; share += 2)
        {
            var x = At(share / 10.0);
            svg.Line("grid", (x, Top), (x, bottom));
            svg.Text((share / 10.0).ToString("0.0", CultureInfo.InvariantCulture), x, bottom + 18, "middle", "quiet");
        }

        foreach (var (row, bar) in rows.Index())
        {
            var y = Top + (row * RowHeight);
            svg.Box(bar.IsOurs ? "fill0" : "other", Left, y + 5, At(bar.Value) - Left, RowHeight - 10);
            svg.Text(bar.Name, Left - 10, y + 19, "end", bar.IsOurs ? "strong" : "");
            svg.Text(bar.Value.ToString(".000", CultureInfo.InvariantCulture), At(bar.Value) + 6, y + 19, style: bar.IsOurs ? "strong" : "quiet");
        }

        svg.Line("axis", (Left, Top), (Left, bottom), (Width - Right, bottom));
        svg.Text(axis, (Left + Width - Right) / 2.0, bottom + 42, "middle");
        return svg.ToString();
    }

    private static double At(double value) => Left + (value * (Width - Left - Right));

    /// <summary>One system and its number, 0 to 1.</summary>
    internal sealed record Bar(string Name, double Value, bool IsOurs);
}
