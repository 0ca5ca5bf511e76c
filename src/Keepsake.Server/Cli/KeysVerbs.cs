using System.CommandLine;
using System.Globalization;
using Keepsake.Protection;
using Keepsake.Protection.Sealing;
using Keepsake.Serialization;
using Keepsake.Server.Ownership;
using Spectre.Console;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake keys</c>: the keys of an encrypted store.</summary>
internal static class KeysVerbs
{
    internal const string PassphraseVariable = "KEEPSAKE_PASSPHRASE";

    public static Command Create(CommandLine cli) =>
        new Command("keys", "List, replace, export or put back the keys of an encrypted store.")
        {
            CreateList(cli),
            CreateRotate(cli),
            CreateExport(cli),
            KeysImportVerb.Create(cli),
        }.WithExamples(
            "keepsake keys list --store secrets",
            "keepsake keys rotate --store secrets",
            $"{PassphraseVariable}=\"…\" keepsake keys export secrets-keys.json --store secrets",
            $"{PassphraseVariable}=\"…\" keepsake keys import secrets-keys.json --store secrets");

    private static Command CreateList(CommandLine cli)
    {
        var verb = new Command("list", "List the keys by number: whose they are, not what they are.");
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var keys = await (await StoresAsync(run, cancellationToken)).ListKeysAsync(run.Settings.Store, cancellationToken);
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(keys, KeepsakeJson.Default.IReadOnlyListStoreKey);
            }
            else if (run.Outlet.IsForPerson)
            {
                var table = new Table().Border(TableBorder.Simple)
                    .AddColumn(new TableColumn("Key").RightAligned()).AddColumn("Of").AddColumn("Name").AddColumn("State").AddColumn("Epoch").AddColumn("Made").AddColumn("Sealed with");
                foreach (var key in keys)
                {
                    table.AddRow(
                        Number(key.Number), key.Kind, Outlet.Safe(key.Name), key.State, Number(key.Epoch),
                        key.CreatedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), $"[dim]{Outlet.Safe(key.MasterKey)}[/]");
                }

                run.Outlet.Console.Write(table);
            }
            else
            {
                foreach (var key in keys)
                {
                    run.Outlet.Line(Number(key.Number), key.Kind, key.Name, key.State, Number(key.Epoch), key.CreatedAt.ToString("O", CultureInfo.InvariantCulture), key.MasterKey);
                }
            }

            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake keys list --store secrets");
    }

    private static Command CreateRotate(CommandLine cli)
    {
        var @namespace = new Option<string?>("--namespace") { Description = "Only the keys of this namespace and of those under it", HelpName = "NS" };
        var compromised = new Option<bool>("--compromised")
        {
            Description = "Somebody may have the old keys: seal the content itself anew, and destroy the old keys. Backups from before cannot be read afterwards",
        };
        var noWait = new Option<bool>("--no-wait") { Description = "Only begin; it goes on beside the work" };
        var verb = new Command(
            "rotate", "Replace keys. What is written from now on is sealed with the new ones; what was there follows beside the work, also after a kill.")
        {
            @namespace, compromised, noWait,
        };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var stores = await StoresAsync(run, cancellationToken);
            var begun = await stores.RotateKeysAsync(run.Settings.Store, run.Get(@namespace), run.Get(compromised), cancellationToken);
            return await SealingWait.EndAsync(run, stores, run.Settings.Store, begun, !run.Get(noWait), cancellationToken);
        });
        return verb.WithExamples("keepsake keys rotate --store secrets", "keepsake keys rotate --store secrets --namespace security --compromised");
    }

    private static Command CreateExport(CommandLine cli)
    {
        var file = new Argument<string>("FILE") { Description = "Where to; '-' for standard output" };
        var verb = new Command(
            "export", $"Write all keys of the store to a file, sealed with the passphrase in the variable {PassphraseVariable}. Keep it where the data folder is not.")
        {
            file,
        };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var path = run.Get(file)!;
            if (FileFacts.IsPipeOrDevice(path))
            {
                throw MemoryException.Invalid($"'{path}' is a pipe, a socket or a device. Write to standard output: keepsake keys export - > {ShellWord.Of(path)}");
            }

            if (path != "-")
            {
                InputFile.CheckFolderOf(path);
            }

            var passphrase = Environment.GetEnvironmentVariable(PassphraseVariable) is { Length: > 0 } given
                ? given
                : throw MemoryException.Invalid($"Set {PassphraseVariable} to a passphrase of {KeyOptions.MinPassphraseLength} characters or more: it seals the keys.");
            var keys = await (await StoresAsync(run, cancellationToken)).ExportKeysAsync(run.Settings.Store, passphrase, cancellationToken);
            if (path == "-")
            {
                run.Outlet.Line(keys);
                return ExitCode.Done;
            }

            await using (var stream = PrivateFile.Open(path, FileMode.Create))
            {
                await stream.WriteAsync(KeepsakeJson.Utf8.GetBytes(keys + "\n"), cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            run.Outlet.Note("the keys were exported");
            return ExitCode.Done;
        });
        return verb.WithExamples($"{PassphraseVariable}=\"…\" keepsake keys export secrets-keys.json --store secrets");
    }

    internal static async Task<IEncryptedStores> StoresAsync(CliRun run, CancellationToken cancellationToken) =>
        KeyEndpoints.Of(await run.StoresAsync(cancellationToken));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
