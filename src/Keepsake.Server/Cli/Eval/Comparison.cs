using System.CommandLine;
using Keepsake.Embedding;

namespace Keepsake.Server.Cli.Eval;

/// <summary><c>--compare</c>: asks the same questions under two settings of the index and tests the difference.</summary>
internal static class Comparison
{
    public static Option<string[]> Option() => new("--compare")
    {
        Description = "Compare B with A (or with 'default') on the same questions, with a paired test. A setting is 'default', or 'lexical', "
            + "'model=NAME', 'floor=R' and 'without=SIGNAL' joined by commas",
        HelpName = "[A] B",
        Arity = new ArgumentArity(1, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Runs a collection under both settings and prints the comparison.</summary>
    /// <param name="run">The run.</param>
    /// <param name="settings">One or two settings; one is compared with the default.</param>
    /// <param name="recallAt10">Stores the collection, asks its questions and returns each question's recall at 10.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<int> RunAsync(
        CliRun run, string[] settings, Func<IEvalStore, Task<IReadOnlyList<double>>> recallAt10, CancellationToken cancellationToken)
    {
        var b = EvalSetting.Parse(settings[^1]);
        var a = EvalSetting.Parse(settings.Length == 1 ? EvalSetting.Default : settings[0]);
        var ofA = await AskAsync(run, a, recallAt10, cancellationToken);
        var ofB = await AskAsync(run, b, recallAt10, cancellationToken);
        EvalPrinter.Print(run.Outlet, new CompareReport
        {
            Questions = ofA.Count,
            A = Side(a, ofA),
            B = Side(b, ofB),
            Result = PairedTest.Run(ofA, ofB),
        });
        return ExitCode.Done;
    }

    /// <summary>Opens the embedder of a setting. The caller disposes it.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: its model cannot be used.</exception>
    public static async Task<Embedder> OpenEmbedderAsync(CliRun run, EvalSetting setting, CancellationToken cancellationToken)
    {
        var embedder = new Embedder(setting.Embedding(Settings.OfEnvironment().Embedding, model => FolderOf(run, model, setting)));

        // Whether a model is usable is known once it was asked.
        await embedder.EmbedAsync(["is there a model?"], cancellationToken);
        if (embedder.State is { Status: EmbedderStatus.Unavailable } state)
        {
            embedder.Dispose();
            throw CannotUse(setting, state.Reason);
        }

        return embedder;
    }

    private static async Task<IReadOnlyList<double>> AskAsync(
        CliRun run, EvalSetting setting, Func<IEvalStore, Task<IReadOnlyList<double>>> recallAt10, CancellationToken cancellationToken)
    {
        using var embedder = await OpenEmbedderAsync(run, setting, cancellationToken);
        using var index = new BareIndex(embedder, setting.Ranker, setting.Floor, run.Time);
        return await recallAt10(index);
    }

    // What was added is known by its name, to the data folder that the run is of; anything else has to be a folder as adding makes them.
    private static string FolderOf(CliRun run, string model, EvalSetting setting)
    {
        if (Directory.Exists(run.Settings.Data ?? DataFolder.DefaultPath) && new AddedModels(DataFolder.Open(run.Settings.Data)) is var added && added.Find(model) is not null)
        {
            return added.FolderOf(model);
        }

        return File.Exists(Path.Combine(model, ModelManifest.FileName)) ? model : throw CannotUse(
            setting, $"it is not {BuiltInModel.Name}, not an added model ('keepsake model list' shows them) and not the folder of one; add a folder with: keepsake model add DIR");
    }

    private static MemoryException CannotUse(EvalSetting setting, string? reason) => MemoryException.Invalid($"The model of '{setting.Text}' cannot be used: {reason}");

    private static CompareSide Side(EvalSetting setting, IReadOnlyList<double> recall) =>
        new() { Setting = setting.Text, RecallAt10 = RankedScore.Mean(recall.Sum(), recall.Count) };
}
