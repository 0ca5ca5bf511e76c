using System.CommandLine;
using System.Globalization;
using Keepsake.Embedding;

namespace Keepsake.Server.Cli.Model;

/// <summary><c>keepsake model add</c>: takes a model into the data folder, from a folder or from the model hub.</summary>
internal static class ModelAddVerb
{
    public static Command Create(CommandLine cli)
    {
        var source = new Argument<string>("DIR|NAME")
        {
            Description = $"A folder with config.json, model.safetensors and vocab.txt; or a model of the hub: {string.Join(", ", HubModel.Names)}, or OWNER/NAME",
        };
        var name = new Option<string?>("--name") { Description = "What to call it here; else its own name", HelpName = "NAME" };
        var verb = new Command("add", "Add a model of the BERT family. It is used once 'keepsake model use' says so.") { source, name };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var from = run.Get(source)!;
            var added = Directory.Exists(from)
                ? await Task.Run(() => ModelVerbs.Of(run).Add(from, run.Get(name), cancellationToken), cancellationToken)
                : await DownloadAsync(run, from, run.Get(name), cancellationToken);
            Print(run.Outlet, added);
            return ExitCode.Done;
        });
        return verb.WithExamples(
            "keepsake model add all-MiniLM-L6-v2",
            "keepsake model add ~/models/bge-small-en-v1.5",
            "keepsake model add BAAI/bge-small-en-v1.5",
            "keepsake model add ./checkpoint --name ours");
    }

    private static async Task<AddedModel> DownloadAsync(CliRun run, string from, string? name, CancellationToken cancellationToken)
    {
        var model = HubModel.Find(from) ?? throw MemoryException.NotFound(
            $"There is no such folder, and no model of that name is known. Name a folder, {string.Join(", ", HubModel.Names)}, or OWNER/NAME of the model hub.");
        var folder = DataFolder.Open(run.Settings.Data);
        AddedModels models = new(folder);
        if (models.Find(name ?? model.Name) is { Model: not null } there)
        {
            if (models.OriginOf(there.Name) is { } origin && origin != model.Path)
            {
                throw new MemoryException(
                    MemoryErrorCode.Conflict,
                    $"'{there.Name}' is {origin}, another model. Remove that with: keepsake model remove {there.Name}, or add this one under another name with --name.");
            }

            run.Outlet.Note($"'{there.Name}' is there already; remove it first to fetch it anew");
            return there;
        }

        var target = models.DownloadOf(name ?? model.Name);

        // Two at once would write into each other's files.
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        await using var held = Hold(target + ".lock");
        using (ModelHub hub = new(Settings.Of(folder).Embedding.ModelHub, run.Time))
        using (ProgressLine progress = new(run.Terminal, run.Time, model.Name, "kB"))
        {
            await hub.DownloadAsync(
                model, target, (_, done, all) => progress.Report(done / 1_000, all > 0 ? (double)done / all : null), cancellationToken);
        }

        try
        {
            return await Task.Run(() => models.Add(target, name ?? model.Name, model.Path, cancellationToken), cancellationToken);
        }
        finally
        {
            // Whole and added, or whole and refused: either way there is nothing to go on with.
            if (!cancellationToken.IsCancellationRequested)
            {
                Directory.Delete(target, recursive: true);
            }
        }
    }

    private static FileStream Hold(string path)
    {
        try
        {
            return PrivateFile.Open(path, FileMode.OpenOrCreate);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new MemoryException(MemoryErrorCode.Conflict, "This model is being added already. Wait for that to end.", e);
        }
    }

    private static void Print(Outlet outlet, AddedModel added)
    {
        if (outlet.IsJson)
        {
            outlet.Json(added, CliJson.Default.AddedModel);
        }
        else if (outlet.IsForPerson)
        {
            outlet.Say($"[green]Added[/] model [bold]{Outlet.Safe(added.Name)}[/], {added.Dimensions} dimensions, {added.Bytes / 1e6:N0} MB. Use it with: keepsake model use {Outlet.Safe(added.Name)}");
        }
        else
        {
            outlet.Line("added", added.Name, added.Dimensions.ToString(CultureInfo.InvariantCulture), added.Bytes.ToString(CultureInfo.InvariantCulture));
        }
    }
}
