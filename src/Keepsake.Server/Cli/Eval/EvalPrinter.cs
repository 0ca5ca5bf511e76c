using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Prints what was measured: JSON, a table for a person, or lines with tabs.</summary>
internal static class EvalPrinter
{
    public static void Print(Outlet outlet, EvalReport report)
    {
        if (IsJson(outlet, report, CliJson.Default.EvalReport))
        {
            return;
        }

        Table(
            outlet,
            ["category", "recall@1", "recall@5", "recall@10", "recall@20", "mrr"],
            [.. report.Categories.Select(c => Row(c.Key, c.Value)), Row("all", report.Overall)]);
        var abstention = report.Abstention;
        if (!outlet.IsForPerson)
        {
            Numbers(outlet, report.Questions, report.RecallMs, report.RecordsPerSecond);
            if (abstention is not null)
            {
                outlet.Line("abstention", Score(abstention.Surfaced), Score(abstention.RecallAt10WithFloor), Score(abstention.RecallAt10WithoutFloor));
            }

            return;
        }

        outlet.Say($"{report.Questions:N0} questions by {report.Level.ToString().ToLowerInvariant()}; {Speed(report.RecallMs, report.RecordsPerSecond)}");
        if (abstention is not null)
        {
            outlet.Say(
                $"At the default floor another conversation's question surfaces something {abstention.Surfaced.ToString("P0", CultureInfo.InvariantCulture)} of the time; recall@10 is {Score(abstention.RecallAt10WithFloor)} with it and {Score(abstention.RecallAt10WithoutFloor)} without.");
        }
    }

    public static void Print(Outlet outlet, BeirReport report)
    {
        if (IsJson(outlet, report, CliJson.Default.BeirReport))
        {
            return;
        }

        Table(
            outlet,
            ["ranking", "ndcg@10", "recall@1", "recall@5", "recall@10", "recall@20", "recall@100", "mrr"],
            [Row("all signals", report.Overall), .. report.Anchors.Select(a => Row($"{a.Key} alone", a.Value))]);
        if (!outlet.IsForPerson)
        {
            Numbers(outlet, report.Questions, report.RecallMs, report.RecordsPerSecond);
            return;
        }

        outlet.Say($"{report.Questions:N0} questions to {report.Documents:N0} documents; {Speed(report.RecallMs, report.RecordsPerSecond)}");
    }

    public static void Print(Outlet outlet, CompareReport report)
    {
        if (IsJson(outlet, report, CliJson.Default.CompareReport))
        {
            return;
        }

        var (a, b, result) = (report.A, report.B, report.Result);
        if (!outlet.IsForPerson)
        {
            outlet.Line("setting", report.Measure);
            outlet.Line(a.Setting, Score(a.RecallAt10));
            outlet.Line(b.Setting, Score(b.RecallAt10));
            outlet.Line("difference", Text(result.Difference), Text(result.Interval[0]), Text(result.Interval[1]));
            outlet.Line("p", Text(result.P));
            outlet.Line("wins, losses, ties", Text(result.Wins), Text(result.Losses), Text(result.Ties));
            return;
        }

        outlet.Say($"{Outlet.Safe(a.Setting)}: {report.Measure} {Score(a.RecallAt10)}");
        outlet.Say($"{Outlet.Safe(b.Setting)}: {report.Measure} {Score(b.RecallAt10)}");
        outlet.Say(
            $"Difference {Signed(result.Difference)} (95 % of draws from {Signed(result.Interval[0])} to {Signed(result.Interval[1])}), p = {Text(result.P)}.");
        outlet.Say(
            $"{Outlet.Safe(b.Setting)} is better on {result.Wins:N0} questions, worse on {result.Losses:N0} and equal on {result.Ties:N0} of {report.Questions:N0}.");
    }

    private static bool IsJson<T>(Outlet outlet, T report, JsonTypeInfo<T> type)
    {
        if (outlet.IsJson)
        {
            outlet.Json(report, type);
        }

        return outlet.IsJson;
    }

    private static void Table(Outlet outlet, string[] columns, IEnumerable<string[]> rows)
    {
        if (!outlet.IsForPerson)
        {
            outlet.Line(columns);
            foreach (var row in rows)
            {
                outlet.Line(row);
            }

            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn(columns[0]);
        foreach (var column in columns.AsSpan(1))
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var row in rows)
        {
            table.AddRow([Outlet.Safe(row[0]), .. row[1..]]);
        }

        outlet.Console.Write(table);
    }

    private static void Numbers(Outlet outlet, int questions, EvalTimes times, double recordsPerSecond)
    {
        outlet.Line("questions", Text(questions));
        outlet.Line("recall ms", Text(times.P50), Text(times.P95));
        outlet.Line("records/s", Text(recordsPerSecond));
    }

    private static string Speed(EvalTimes times, double recordsPerSecond) =>
        $"recall in {Text(times.P50)} ms (p95 {Text(times.P95)} ms); {recordsPerSecond:N0} records a second.";

    private static string[] Row(string name, EvalScores scores) =>
        [name, Score(scores.RecallAt1), Score(scores.RecallAt5), Score(scores.RecallAt10), Score(scores.RecallAt20), Score(scores.Mrr)];

    private static string[] Row(string name, BeirScores scores) =>
    [
        name, Score(scores.NdcgAt10), Score(scores.RecallAt1), Score(scores.RecallAt5), Score(scores.RecallAt10), Score(scores.RecallAt20),
        Score(scores.RecallAt100), Score(scores.Mrr),
    ];

    private static string Score(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("0.#####", CultureInfo.InvariantCulture);
}
