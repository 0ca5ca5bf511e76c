using Keepsake.Recall;
using Keepsake.Recall.Signals;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Measures recall on a collection in BEIR's layout.</summary>
/// <param name="run">The run.</param>
/// <param name="collection">The collection.</param>
internal sealed class BeirEval(CliRun run, BeirCollection collection)
{
    /// <summary>Measures the recall that everybody gets, and beside it words alone and meaning alone, and prints them.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var report = await EvalRun.WithStoreAsync(run, store => ReportAsync(store, cancellationToken), cancellationToken);
        SortedDictionary<string, BeirScores> anchors = new(StringComparer.Ordinal)
        {
            ["words"] = await AnchorAsync("lexical", new Bm25Signal(), cancellationToken),
        };
        using (var embedder = await Comparison.OpenEmbedderAsync(run, EvalSetting.Parse(EvalSetting.Default), cancellationToken))
        {
            if (embedder.State.Status == Embedding.EmbedderStatus.Ready)
            {
                anchors["meaning"] = await AnchorAsync(EvalSetting.Default, new CosineSignal(), cancellationToken);
            }
        }

        EvalPrinter.Print(run.Outlet, report with { Anchors = anchors });
        return ExitCode.Done;
    }

    /// <summary>Stores the documents, asks the questions and returns each question's recall at 10.</summary>
    public async Task<IReadOnlyList<double>> RecallAt10Async(IEvalStore store, CancellationToken cancellationToken) =>
        (await EvaluateAsync(store, cancellationToken)).RecallAt10;

    private async Task<BeirReport> ReportAsync(IEvalStore store, CancellationToken cancellationToken) =>
        (await EvaluateAsync(store, cancellationToken)).Report(collection.Documents.Count);

    private async Task<BeirScores> AnchorAsync(string setting, ISignal signal, CancellationToken cancellationToken)
    {
        using var embedder = await Comparison.OpenEmbedderAsync(run, EvalSetting.Parse(setting), cancellationToken);
        using var index = new BareIndex(embedder, new Ranker([(signal, 1)]), floor: 0, run.Time);
        return (await ReportAsync(index, cancellationToken)).Overall;
    }

    private async Task<BeirEvaluator> EvaluateAsync(IEvalStore store, CancellationToken cancellationToken)
    {
        var evaluator = new BeirEvaluator(store, run.Time);
        await EvalRun.CountedAsync(
            run, "Storing", "documents", collection.Documents.Count, done => evaluator.StoreAsync(collection.Documents, done, cancellationToken));
        await EvalRun.CountedAsync(
            run, "Asking", "questions", collection.Questions.Count, done => evaluator.AskAsync(collection.Questions, done, cancellationToken));
        return evaluator;
    }
}
