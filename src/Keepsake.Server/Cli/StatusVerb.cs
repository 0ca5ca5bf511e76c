using System.CommandLine;
using System.Globalization;
using Keepsake.Serialization;
using Spectre.Console;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake status</c>: how a store is.</summary>
internal static class StatusVerb
{
    internal const string Connected = "connected";

    public static Command Create(CommandLine cli)
    {
        var verb = new Command("status", "Say how the store is, what it holds and how it is searched.");
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var memory = await run.MemoryAsync(cancellationToken);
            var status = await memory.StatusAsync(cancellationToken);
            Print(run.Outlet, status);
            return status.Status == Connected ? ExitCode.Done : ExitCode.Unavailable;
        });
        return verb.WithExamples("keepsake status", "keepsake status --store my-project --json");
    }

    private static void Print(Outlet outlet, MemoryStatus status)
    {
        if (outlet.IsJson)
        {
            outlet.Json(status, KeepsakeJson.Default.MemoryStatus);
            return;
        }

        if (!outlet.IsForPerson)
        {
            foreach (var (name, value) in Facts(status))
            {
                outlet.Line(name, value);
            }

            foreach (var counts in status.Counts.Namespaces)
            {
                outlet.Line("namespace", counts.Namespace, Number(counts.Records), Number(counts.Events), Number(counts.Bytes));
            }

            return;
        }

        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach (var (name, value) in Facts(status))
        {
            grid.AddRow($"[bold]{Outlet.Safe(name)}[/]", name == "warning" ? $"[yellow]{Outlet.Safe(value)}[/]" : Outlet.Safe(value));
        }

        outlet.Console.Write(grid);
        if (status.Counts.Namespaces.Count > 0)
        {
            outlet.Console.Write(AsTable(status.Counts.Namespaces));
        }
    }

    private static IEnumerable<(string Name, string Value)> Facts(MemoryStatus status)
    {
        yield return ("status", status.Status);
        yield return ("store", status.Store);
        yield return ("provider", status.Provider);
        yield return ("search", status.Search);
        yield return ("model", status.Model);
        yield return ("records", Number(status.Counts.Records));
        yield return ("events", Number(status.Counts.Events));
        yield return ("sessions", Number(status.Counts.Sessions));
        yield return ("suspicious", Number(status.Counts.Suspicious));
        yield return ("version", status.Version);
        if (status.ReadOnly is not null)
        {
            yield return ("read only", status.ReadOnly);
        }

        foreach (var fact in status.Engine)
        {
            yield return (fact.Key, fact.Value);
        }

        foreach (var warning in status.Warnings)
        {
            yield return ("warning", warning);
        }
    }

    private static Table AsTable(IReadOnlyList<NamespaceCounts> namespaces)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("Namespace")
            .AddColumn(new TableColumn("Records").RightAligned())
            .AddColumn(new TableColumn("Events").RightAligned())
            .AddColumn(new TableColumn("Bytes").RightAligned());
        foreach (var counts in namespaces)
        {
            table.AddRow(Outlet.Safe(counts.Namespace), $"{counts.Records:N0}", $"{counts.Events:N0}", $"{counts.Bytes:N0}");
        }

        return table;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
