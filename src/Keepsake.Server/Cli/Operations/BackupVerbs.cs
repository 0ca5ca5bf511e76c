using System.CommandLine;
using System.Globalization;
using Keepsake.Operations;
using Keepsake.Serialization;
using Keepsake.Server.Ownership;
using Spectre.Console;

namespace Keepsake.Server.Cli.Operations;

/// <summary><c>keepsake backup</c>: copies of all stores, verified row by row, and the way back to one.</summary>
internal static class BackupVerbs
{
    // Of more a person has seen enough; they are counted.
    private const int MaxNamed = 10;

    public static Command Create(CommandLine cli) =>
        new Command("backup", "Make, list, verify and restore backups of all stores of the data folder.")
        {
            CreateCreate(cli),
            CreateList(cli),
            CreateVerify(cli),
            CreateRestore(cli),
        }.WithExamples(
            "keepsake backup create",
            "keepsake backup list",
            "keepsake backup verify 20260131T093000Z-0198c0de",
            "keepsake backup restore 20260131T093000Z-0198c0de");

    private static Command CreateCreate(CommandLine cli)
    {
        var verb = new Command("create", "Copy all stores as they are at this moment, while they are in use, and verify the copy.");
        cli.Run(verb, async (run, cancellationToken) =>
        {
            Print(run.Outlet, "created", await WithProgressAsync(run, (operations, progress) => operations.CreateBackupAsync(progress, cancellationToken), cancellationToken));
            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake backup create", "keepsake backup create --json");
    }

    private static Command CreateList(CommandLine cli)
    {
        var verb = new Command("list", "List the backups, the newest first. What was not verified is none.");
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var operations = MemoryOperations.Of(await run.StoresAsync(cancellationToken));

            // Before the list, so that one that is finished meanwhile is not taken for one that is left out.
            var names = Backups.NamesIn(run.Settings.Data ?? DataFolder.DefaultPath).ToList();
            var backups = await operations.ListBackupsAsync(cancellationToken);
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(new Page<BackupInfo>(backups, NextCursor: null), CliJson.Default.PageBackupInfo);
            }
            else if (run.Outlet.IsForPerson)
            {
                var table = new Table().Border(TableBorder.Simple).AddColumn("Backup").AddColumn("Made").AddColumn(new TableColumn("Records").RightAligned())
                    .AddColumn(new TableColumn("Events").RightAligned()).AddColumn(new TableColumn("Bytes").RightAligned());
                foreach (var backup in backups)
                {
                    table.AddRow(
                        backup.Name, Time(backup), $"{backup.Stores.Sum(s => s.Records):N0}", $"{backup.Stores.Sum(s => s.Events):N0}",
                        $"{backup.Bytes:N0}{(backup.DamagedRows > 0 ? $" [yellow]{backup.DamagedRows:N0} damaged rows[/]" : "")}");
                }

                run.Outlet.Console.Write(table);
            }
            else
            {
                foreach (var backup in backups)
                {
                    Line(run.Outlet, null, backup);
                }
            }

            NoteLeftOut(run.Outlet, names.Except(backups.Select(backup => backup.Name)).OrderDescending(StringComparer.Ordinal).ToList());
            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake backup list");
    }

    private static void NoteLeftOut(Outlet outlet, List<string> names)
    {
        foreach (var name in names.Take(MaxNamed))
        {
            outlet.Note($"{name} is left out; to see why, run: keepsake backup verify {name}");
        }

        if (names.Count > 0)
        {
            outlet.Note($"{names.Count:N0} left out: not whole, altered since, a link, or open to others");
        }
    }

    private static Command CreateVerify(CommandLine cli)
    {
        var name = Name();
        var verb = new Command("verify", "Read a backup again: its manifest, its hash, its tables and every row.") { name };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            Print(
                run.Outlet, "verified",
                await WithProgressAsync(run, (operations, progress) => operations.VerifyBackupAsync(run.Get(name)!, progress, cancellationToken), cancellationToken));
            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake backup verify 20260131T093000Z-0198c0de");
    }

    private static Command CreateRestore(CommandLine cli)
    {
        var name = Name();
        var withDamage = new Option<bool>("--with-damage") { Description = "Also one that had damaged rows already when it was made" };
        var verb = new Command(
            "restore",
            "Put a backup in the place of all stores. A copy of it is verified first, and what was there before is kept until the new has opened. What was written since "
            + "the backup is gone then; make one more before, if it may be of use.")
        {
            name,
            withDamage,
        };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var report = await WithProgressAsync(
                run, (operations, progress) => operations.RestoreBackupAsync(run.Get(name)!, run.Get(withDamage), progress, cancellationToken), cancellationToken);
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(report, KeepsakeJson.Default.RestoreReport);
            }
            else if (run.Outlet.IsForPerson && report.Outcome == RestoreReport.Restored)
            {
                run.Outlet.Say($"[green]Restored[/] [bold]{Outlet.Safe(report.Backup)}[/].");
                if (report.Reason is { } reason)
                {
                    run.Outlet.Note(reason);
                }
            }
            else
            {
                run.Outlet.Line(report.Outcome, report.Backup, report.Reason);
            }

            if (report.ShreddedRows > 0)
            {
                run.Outlet.Note($"{Rows(report.ShreddedRows)} shredded since it was made, and left out");
            }

            return report.Outcome == RestoreReport.Restored ? ExitCode.Done : ExitCode.Failed;
        });
        return verb.WithExamples("keepsake backup create && keepsake backup restore 20260131T093000Z-0198c0de");
    }

    private static Argument<string> Name() => new("NAME") { Description = "A backup's name, from 'backup list'" };

    private static async Task<T> WithProgressAsync<T>(
        CliRun run, Func<IMemoryOperations, IProgress<OperationProgress>, Task<T>> operation, CancellationToken cancellationToken)
    {
        using var progress = new StepProgress(run.Terminal);
        return await operation(MemoryOperations.Of(await run.StoresAsync(cancellationToken)), progress);
    }

    private static void Print(Outlet outlet, string what, BackupInfo backup)
    {
        if (outlet.IsJson)
        {
            outlet.Json(backup, KeepsakeJson.Default.BackupInfo);
        }
        else if (outlet.IsForPerson)
        {
            outlet.Say(
                $"[green]{char.ToUpperInvariant(what[0])}{what[1..]}[/] [bold]{Outlet.Safe(backup.Name)}[/]: {backup.Stores.Sum(s => s.Records):N0} records, "
                + $"{backup.Stores.Sum(s => s.Events):N0} events, {backup.Bytes:N0} bytes.");
        }
        else
        {
            Line(outlet, what, backup);
        }

        if (backup.DamagedRows > 0)
        {
            outlet.Note($"{Rows(backup.DamagedRows)} damaged already when it was made, and put into it like that");
        }

        if (backup.ShreddedRows > 0)
        {
            outlet.Note($"{Rows(backup.ShreddedRows)} shredded: nobody can read them, and a restore leaves them out");
        }
    }

    private static string Rows(long count) => count == 1 ? "1 row was" : $"{count} rows were";

    private static void Line(Outlet outlet, string? what, BackupInfo backup)
    {
        List<string?> fields =
        [
            backup.Name, Time(backup), Text(backup.Stores.Sum(s => s.Records)), Text(backup.Stores.Sum(s => s.Events)), Text(backup.Bytes), Text(backup.DamagedRows),
        ];
        if (what is not null)
        {
            fields.Insert(0, what);
        }

        outlet.Line([.. fields]);
    }

    private static string Time(BackupInfo backup) => backup.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
