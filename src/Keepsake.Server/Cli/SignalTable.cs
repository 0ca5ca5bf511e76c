using System.Globalization;
using Spectre.Console;

namespace Keepsake.Server.Cli;

/// <summary>Draws what ranked a memory: for each signal a bar of its value, and what part of the score it gave.</summary>
internal static class SignalTable
{
    private const int BarWidth = 20;
    private const int Indent = 6;

    public static void Print(Outlet outlet, IReadOnlyDictionary<string, double> signals, IReadOnlyDictionary<string, double> shares)
    {
        var table = new Table().NoBorder().HideHeaders().AddColumn("signal").AddColumn("bar").AddColumn("value").AddColumn("share");
        foreach (var (name, value) in signals)
        {
            var length = (int)Math.Round(Math.Clamp(value, 0, 1) * BarWidth);
            table.AddRow(
                $"[dim]{Outlet.Safe(name)}[/]",
                $"[green]{new string('█', length)}[/][dim]{new string('░', BarWidth - length)}[/]",
                value.ToString("0.000", CultureInfo.InvariantCulture),
                $"[dim]{shares[name].ToString("0 % of the score", CultureInfo.InvariantCulture)}[/]");
        }

        outlet.Console.Write(new Padder(table).Padding(Indent, 0, 0, 0));
    }
}
