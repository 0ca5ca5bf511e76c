using System.CommandLine;
using System.Globalization;
using Keepsake.Protection;
using Keepsake.Serialization;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake keys import</c>: gives an encrypted store whose keys are lost those of an export back.</summary>
internal static class KeysImportVerb
{
    // What the owner's socket takes, as base64 in JSON.
    private const int MaxLength = 48 << 20;

    public static Command Create(CommandLine cli)
    {
        var file = new Argument<string>("FILE") { Description = "What 'keepsake keys export' wrote; '-' for standard input" };
        var withLoss = new Option<bool>("--with-loss")
        {
            Description = "Take them though keys were made after the export: what is sealed with those is given up for good",
        };
        var verb = new Command(
            "import",
            $"Put exported keys back where those of the store are lost, with the passphrase in the variable {KeysVerbs.PassphraseVariable}: restore the backup first. "
            + "Refused are keys of another store, keys that are older than the data, and a store that has its keys.")
        {
            file, withLoss,
        };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var passphrase = Environment.GetEnvironmentVariable(KeysVerbs.PassphraseVariable) is { Length: > 0 } given
                ? given
                : throw MemoryException.Invalid($"Set {KeysVerbs.PassphraseVariable} to the passphrase that the keys were exported with.");
            var keys = await ReadAsync(run, run.Get(file)!, cancellationToken);
            var imported = await (await KeysVerbs.StoresAsync(run, cancellationToken)).ImportKeysAsync(
                run.Settings.Store, keys, passphrase, run.Get(withLoss), cancellationToken);
            Print(run, imported);
            return ExitCode.Done;
        });
        return verb.WithExamples(
            $"{KeysVerbs.PassphraseVariable}=\"…\" keepsake keys import secrets-keys.json --store secrets",
            $"{KeysVerbs.PassphraseVariable}=\"…\" keepsake keys import secrets-keys.json --store secrets --with-loss");
    }

    private static async Task<string> ReadAsync(CliRun run, string file, CancellationToken cancellationToken)
    {
        if (file == "-")
        {
            return await run.Terminal.ReadTextAsync(MaxLength, cancellationToken);
        }

        InputFile.Check(file, "Name the file that 'keepsake keys export' wrote.", $"Give what it holds on standard input: keepsake keys import - < {ShellWord.Of(file)}");
        KeysFolder.RefuseIfLoose(file, ShellWord.Of(file), mayBeLink: true);
        return new FileInfo(file).Length <= MaxLength
            ? await File.ReadAllTextAsync(file, KeepsakeJson.Utf8, cancellationToken)
            : throw MemoryException.Invalid($"'{file}' has more than {MaxLength:N0} bytes, more than exported keys that can be put back.");
    }

    private static void Print(CliRun run, KeyImport imported)
    {
        if (run.Outlet.IsJson)
        {
            run.Outlet.Json(imported, KeepsakeJson.Default.KeyImport);
        }
        else if (run.Outlet.IsForPerson)
        {
            run.Outlet.Say(imported.IsUnchanged
                ? $"Store [bold]{Outlet.Safe(run.Settings.Store)}[/] has these keys already."
                : $"[green]Imported[/] {imported.Keys:N0} keys of store [bold]{Outlet.Safe(run.Settings.Store)}[/].");
        }
        else
        {
            run.Outlet.Line(
                imported.IsUnchanged ? "unchanged" : "imported",
                imported.Keys.ToString(CultureInfo.InvariantCulture),
                imported.LostKeys.ToString(CultureInfo.InvariantCulture),
                imported.LostRows.ToString(CultureInfo.InvariantCulture));
        }

        if (imported.LostKeys > 0)
        {
            run.Outlet.Note(string.Create(
                CultureInfo.InvariantCulture, $"lost for good: keys that were made after the export: {imported.LostKeys:N0}; records and events that they sealed: {imported.LostRows:N0}"));
        }
    }
}
