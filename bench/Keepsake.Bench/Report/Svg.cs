using System.Globalization;
using System.Net;
using System.Text;

namespace Keepsake.Bench.Report;

/// <summary>Writes one picture: lines, boxes and words, coloured for a light and a dark page, without script.</summary>
internal sealed class Svg(int width, int height, string title)
{
    /// <summary>How many colours there are; a series takes its number's.</summary>
    public const int Colours = 6;

    private readonly StringBuilder _body = new();

    /// <summary>Draws a line through points.</summary>
    public void Line(string style, params ReadOnlySpan<(double X, double Y)> points)
    {
        _body.Append(Invariant($"<polyline class=\"{style}\" points=\""));
        foreach (var (x, y) in points)
        {
            _body.Append(Invariant($"{x:F1},{y:F1} "));
        }

        _body.Append("\"/>\n");
    }

    public void Dot(string style, double x, double y) => _body.Append(Invariant($"<circle class=\"{style}\" cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"4\"/>\n"));

    public void Box(string style, double x, double y, double boxWidth, double boxHeight) =>
        _body.Append(Invariant($"<rect class=\"{style}\" x=\"{x:F1}\" y=\"{y:F1}\" width=\"{boxWidth:F1}\" height=\"{boxHeight:F1}\"/>\n"));

    /// <summary>Writes words.</summary>
    /// <param name="text">The words.</param>
    /// <param name="x">Where they begin, end or have their middle.</param>
    /// <param name="y">Their base line.</param>
    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    /// <param name="style">A class, such as <c>strong</c>.</param>
    /// <param name="turned">Whether they run upwards.</param>
    public void Text(string text, double x, double y, string anchor = "start", string style = "", bool turned = false) => _body.Append(Invariant(
        $"<text class=\"{style}\" x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\"{(turned ? Invariant($" transform=\"rotate(-90 {x:F1} {y:F1})\"") : "")}>{WebUtility.HtmlEncode(text)}</text>\n"));

    /// <summary>The whole picture as a file's text.</summary>
    public override string ToString() => Invariant($$"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {{height}}" width="{{width}}" height="{{height}}" role="img">
        <title>{{WebUtility.HtmlEncode(title)}}</title>
        <style>
        svg { background: #ffffff; font: 13px system-ui, sans-serif; }
        .page { fill: #ffffff; } text { fill: #1f2328; } .quiet { fill: #59636e; } .strong { font-weight: 600; } .title { font-size: 15px; font-weight: 600; }
        .grid { stroke: #d1d9e0; stroke-width: 1; fill: none; } .axis { stroke: #59636e; stroke-width: 1; fill: none; }
        {{Palette("#0a58ca", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#475569")}}
        .other { fill: #9aa4af; }
        @media (prefers-color-scheme: dark) {
        svg { background: #0d1117; }
        .page { fill: #0d1117; } text { fill: #f0f6fc; } .quiet { fill: #9198a1; }
        .grid { stroke: #3d444d; } .axis { stroke: #9198a1; }
        {{Palette("#6ea8fe", "#fb923c", "#4ade80", "#d8b4fe", "#facc15", "#cbd5e1")}}
        .other { fill: #656c76; }
        }
        </style>
        <rect class="page" width="{{width}}" height="{{height}}"/>
        {{_body.ToString().TrimEnd()}}
        </svg>

        """);

    private static string Palette(params string[] colours) => string.Join('\n', colours.Select((colour, i) =>
        $".line{i} {{ stroke: {colour}; stroke-width: {(i == 0 ? 3 : 2)}; fill: none; }} .fill{i} {{ fill: {colour}; }}"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
