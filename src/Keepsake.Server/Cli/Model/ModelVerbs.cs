using System.CommandLine;
using System.Globalization;
using Keepsake.Embedding;
using Spectre.Console;

namespace Keepsake.Server.Cli.Model;

/// <summary><c>keepsake model</c>: the embedding models of the data folder.</summary>
internal static class ModelVerbs
{
    public static Command Create(CommandLine cli) =>
        new Command("model", "Add, choose, list or remove embedding models.")
        {
            ModelAddVerb.Create(cli),
            ModelUseVerb.Create(cli),
            CreateList(cli),
            CreateRemove(cli),
        }.WithExamples(
            "keepsake model add all-MiniLM-L6-v2",
            "keepsake model use all-MiniLM-L6-v2",
            "keepsake model list",
            $"keepsake model use {BuiltInModel.Name}");

    /// <summary>The models of the data folder that a call names.</summary>
    public static AddedModels Of(CliRun run) => new(DataFolder.Open(run.Settings.Data));

    private static Command CreateList(CommandLine cli)
    {
        var verify = new Option<bool>("--verify") { Description = "Read every byte of each; else files that look as they did when they were right are not read again" };
        var verb = new Command("list", "List the models, and say which one is in use and which is damaged.") { verify };
        cli.Run(verb, (run, _) =>
        {
            var folder = DataFolder.Open(run.Settings.Data);
            var settings = Settings.Of(folder);
            var models = new AddedModels(folder);
            var isBuiltIn = settings.Embedding is { Provider: EmbeddingProvider.BuiltIn, ModelFolder: null };
            List<ModelLine> lines =
            [
                new(BuiltInModel.Name, BuiltInModel.Name, BuiltInModel.Dimensions, null, isBuiltIn, null),
                .. models.List().Select(m => new ModelLine(m.Name, m.Model, m.Dimensions, m.Bytes, settings.Uses(models.FolderOf(m.Name)), models.IsDamaged(m.Name, run.Get(verify)) ? "damaged; remove it and add it again" : null)),
            ];
            Print(run.Outlet, lines);
            return Task.FromResult(ExitCode.Done);
        });
        return verb.WithExamples("keepsake model list", "keepsake model list --verify", "keepsake model list --json");
    }

    private static Command CreateRemove(CommandLine cli)
    {
        var name = new Argument<string>("NAME") { Description = "An added model, as 'keepsake model list' shows it" };
        var verb = new Command("remove", "Remove a model that is not in use.") { name };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var removed = run.Get(name)!;
            await Task.Run(() => Remove(DataFolder.Open(run.Settings.Data), removed), cancellationToken);
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(new DeleteAnswer(Success: true, Deleted: 1), Serialization.KeepsakeJson.Default.DeleteAnswer);
            }
            else if (run.Outlet.IsForPerson)
            {
                run.Outlet.Say($"Removed model {Outlet.Safe(removed)}.");
            }
            else
            {
                run.Outlet.Line("removed", removed);
            }

            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake model remove all-MiniLM-L6-v2");
    }

    private static void Remove(DataFolder folder, string name)
    {
        var (settings, models) = (Settings.Of(folder), new AddedModels(folder));

        // What was chosen the models know themselves; what the settings say overrules it.
        if (settings.FixedModel is { } setting && settings.Uses(models.FolderOf(name)))
        {
            throw new MemoryException(MemoryErrorCode.Conflict, $"'{name}' is in use: the setting {setting} says so. Change that first.");
        }

        models.Remove(name);
    }

    private static void Print(Outlet outlet, List<ModelLine> models)
    {
        if (outlet.IsJson)
        {
            outlet.Json(new Page<ModelLine>(models, NextCursor: null), CliJson.Default.PageModelLine);
            return;
        }

        if (!outlet.IsForPerson)
        {
            foreach (var model in models)
            {
                outlet.Line(
                    model.Name,
                    model.InUse ? "in use" : "",
                    model.Dimensions.ToString(CultureInfo.InvariantCulture),
                    model.Bytes?.ToString(CultureInfo.InvariantCulture),
                    model.Model,
                    model.Problem);
            }

            return;
        }

        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("Model").AddColumn("In use").AddColumn(new TableColumn("Dimensions").RightAligned()).AddColumn(new TableColumn("MB").RightAligned()).AddColumn("");
        foreach (var model in models)
        {
            table.AddRow(
                Outlet.Safe(model.Name),
                model.InUse ? "[green]yes[/]" : "",
                $"{model.Dimensions:N0}",
                model.Bytes is { } bytes ? $"{bytes / 1e6:N0}" : "[dim]comes with Keepsake[/]",
                $"[yellow]{Outlet.Safe(model.Problem)}[/]");
        }

        outlet.Console.Write(table);
    }
}

/// <summary>A model as it is listed.</summary>
/// <param name="Name">What it is called here.</param>
/// <param name="Model">What records call it.</param>
/// <param name="Dimensions">Numbers in an embedding.</param>
/// <param name="Bytes">Bytes of its files; <see langword="null"/>: it comes with Keepsake.</param>
/// <param name="InUse">Whether it is the one that is used.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record ModelLine(string Name, string? Model, int Dimensions, long? Bytes, bool InUse, string? Problem);
