using System.CommandLine;
using System.Globalization;
using Keepsake.Serialization;
using Spectre.Console;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake list</c>: what a namespace holds, unranked.</summary>
internal static class ListVerb
{
    private const int MaxShownContent = 400;

    public static Command Create(CommandLine cli)
    {
        var scope = new Argument<string?>("NS")
        {
            Description = "A namespace, with those under it; none means the whole store",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var keys = new Option<bool>("--keys") { Description = "Only records with a key" };
        var limit = new Option<int>("--limit")
        {
            Description = $"The most records, 1 to {PageRequest.MaxLimit}",
            HelpName = "N",
            DefaultValueFactory = _ => PageRequest.DefaultLimit,
        };
        var cursor = new Option<string?>("--cursor") { Description = "Go on where the last page ended", HelpName = "C" };
        var verb = new Command("list", "List records by namespace, then in the order of writing.") { scope, keys, limit, cursor };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var query = new RecordQuery
            {
                Namespace = run.Get(scope),
                KeysOnly = run.Get(keys),
                Page = new(run.Get(limit), run.Get(cursor)),
            };
            var memory = await run.MemoryAsync(cancellationToken);
            Print(run.Outlet, await memory.ListAsync(query, cancellationToken));
            return ExitCode.Done;
        });
        return verb.WithExamples(
            "keepsake list",
            "keepsake list codebase/conventions --limit 20",
            "keepsake list preferences --keys --json");
    }

    /// <summary>Says how to see the next page, where there is one.</summary>
    public static void NoteMore(Outlet outlet, string? nextCursor)
    {
        if (nextCursor is not null)
        {
            outlet.Note($"there is more: --cursor {nextCursor}");
        }
    }

    /// <summary>Says what is in quarantine, where something is.</summary>
    public static void NoteLeftOut(Outlet outlet, IReadOnlyList<string>? leftOut)
    {
        if (leftOut is not null)
        {
            outlet.Note($"left out, because in quarantine: {string.Join(", ", leftOut)}; 'keepsake quarantine' says why");
        }
    }

    private static void Print(Outlet outlet, Page<MemoryRecord> page)
    {
        if (outlet.IsJson)
        {
            outlet.Json(page, KeepsakeJson.Default.PageMemoryRecord);
            return;
        }

        NoteLeftOut(outlet, page.LeftOut);
        if (outlet.IsForPerson)
        {
            if (page.Items.Count == 0)
            {
                outlet.Say("Nothing is stored here.");
                return;
            }

            outlet.Console.Write(AsTable(page.Items));
        }
        else
        {
            foreach (var record in page.Items)
            {
                outlet.Line(record.Id, record.Namespace.Value, record.Key, record.Content);
            }
        }

        NoteMore(outlet, page.NextCursor);
    }

    private static Table AsTable(IReadOnlyList<MemoryRecord> records)
    {
        var hasKeys = records.Any(r => r.Key is not null);
        var table = new Table().Border(TableBorder.Simple).AddColumn("Namespace");
        if (hasKeys)
        {
            table.AddColumn("Key");
        }

        table.AddColumn("Memory").AddColumn("Updated").AddColumn(new TableColumn("Id").NoWrap());
        foreach (var record in records)
        {
            List<string> cells =
            [
                Outlet.Safe(record.Namespace.Value),
                Markup.Escape(PlainText.Shortened(record.Content, MaxShownContent)),
                record.UpdatedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                $"[dim]{Outlet.Safe(record.Id)}[/]",
            ];
            if (hasKeys)
            {
                cells.Insert(1, Outlet.Safe(record.Key));
            }

            table.AddRow([.. cells]);
        }

        return table;
    }
}
