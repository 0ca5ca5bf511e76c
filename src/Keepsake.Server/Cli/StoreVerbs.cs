using System.CommandLine;
using System.Globalization;
using Keepsake.Serialization;
using Keepsake.Server.Ownership;
using Spectre.Console;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake store</c>: the stores of the data folder.</summary>
internal static class StoreVerbs
{
    public static Command Create(CommandLine cli) =>
        new Command("store", "Create, list, delete, encrypt or decrypt stores: memories kept apart from one another.")
        {
            CreateCreate(cli),
            CreateList(cli),
            CreateDelete(cli),
            CreateConvert(cli, encrypted: true),
            CreateConvert(cli, encrypted: false),
        }.WithExamples(
            "keepsake store create my-project",
            "keepsake store create secrets --encrypted",
            "keepsake store encrypt my-project",
            "keepsake store list",
            "keepsake store delete my-project --yes");

    private static Command CreateCreate(CommandLine cli)
    {
        var name = Name();
        var encrypted = new Option<bool>("--encrypted") { Description = "Seal what it holds on disk; the keys are in keys/ of the data folder" };
        var verb = new Command("create", "Create a store.") { name, encrypted };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var stores = await run.StoresAsync(cancellationToken);
            var made = run.Get(encrypted)
                ? await KeyEndpoints.Of(stores).CreateEncryptedAsync(run.Get(name)!, cancellationToken: cancellationToken)
                : await stores.CreateAsync(run.Get(name)!, cancellationToken: cancellationToken);
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(made, KeepsakeJson.Default.StoreInfo);
            }
            else if (run.Outlet.IsForPerson)
            {
                run.Outlet.Say($"[green]Created[/] store [bold]{Outlet.Safe(made.Name)}[/]. Use it with --store {Outlet.Safe(made.Name)}.");
            }
            else
            {
                Print(run.Outlet, made);
            }

            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake store create my-project", "keepsake store create secrets --encrypted");
    }

    private static Command CreateList(CommandLine cli)
    {
        var verb = new Command("list", "List the stores by name.");
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var stores = await (await run.StoresAsync(cancellationToken)).ListAsync(cancellationToken);
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(new Page<StoreInfo>(stores, NextCursor: null), CliJson.Default.PageStoreInfo);
            }
            else if (run.Outlet.IsForPerson)
            {
                var table = new Table().Border(TableBorder.Simple).AddColumn("Store").AddColumn("Created").AddColumn("Encrypted").AddColumn("Id");
                foreach (var store in stores)
                {
                    table.AddRow(
                        Outlet.Safe(store.Name),
                        store.CreatedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                        store.Encrypted ? "yes" : "no",
                        $"[dim]{Outlet.Safe(store.Id)}[/]");
                }

                run.Outlet.Console.Write(table);
            }
            else
            {
                foreach (var store in stores)
                {
                    Print(run.Outlet, store);
                }
            }

            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake store list");
    }

    private static Command CreateDelete(CommandLine cli)
    {
        var name = Name();
        var yes = new Option<bool>("--yes") { Description = "Do not ask a person at a terminal for the name again" };
        var verb = new Command("delete", "Delete a store and all it holds, for good.") { name, yes };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var store = run.Get(name)!;
            if (!run.Get(yes) && run.Terminal is { IsInPerson: true, IsErrorPerson: true } && !await ConfirmAsync(run, store, cancellationToken))
            {
                run.Outlet.Note("nothing was deleted");
                return ExitCode.Failed;
            }

            await (await run.StoresAsync(cancellationToken)).DeleteAsync(store, cancellationToken: cancellationToken);
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(new DeleteAnswer(Success: true, Deleted: 1), KeepsakeJson.Default.DeleteAnswer);
            }
            else if (run.Outlet.IsForPerson)
            {
                run.Outlet.Say($"Deleted store {Outlet.Safe(store)}.");
            }
            else
            {
                run.Outlet.Line("deleted", store);
            }

            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake store delete my-project");
    }

    private static Command CreateConvert(CommandLine cli, bool encrypted)
    {
        var name = Name();
        var noWait = new Option<bool>("--no-wait") { Description = "Only begin; it goes on beside the work" };
        var verb = encrypted
            ? new Command("encrypt", "Seal what a store holds on disk, while it is used. A kill stops nothing: it goes on with the next start.") { name, noWait }
            : new Command("decrypt", "Keep what a store holds in plain again, and remove its keys.") { name, noWait };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var stores = KeyEndpoints.Of(await run.StoresAsync(cancellationToken));
            var begun = await stores.ConvertAsync(run.Get(name)!, encrypted, cancellationToken);
            return await SealingWait.EndAsync(run, stores, run.Get(name)!, begun, !run.Get(noWait), cancellationToken);
        });
        return verb.WithExamples(encrypted ? "keepsake store encrypt my-project" : "keepsake store decrypt my-project --no-wait");
    }

    private static Argument<string> Name() => new("NAME") { Description = "1 to 48 letters, digits, '_' or '-', a letter first" };

    private static void Print(Outlet outlet, StoreInfo store) =>
        outlet.Line(store.Name, store.Id, store.CreatedAt.ToString("O", CultureInfo.InvariantCulture));

    // There is no way back, so a person types the name once more; a script has said what it wants.
    private static async Task<bool> ConfirmAsync(CliRun run, string store, CancellationToken cancellationToken)
    {
        await run.Terminal.Error.WriteAsync($"Type '{PlainText.Field(store)}' to delete this store and all it holds, for good: ");
        await run.Terminal.Error.FlushAsync(cancellationToken);
        using var reader = new StreamReader(run.Terminal.In, leaveOpen: true);
        return await reader.ReadLineAsync(cancellationToken) == store;
    }
}
