namespace Keepsake.Server.Cli.Eval;

/// <summary>Measures recall on conversations.</summary>
/// <param name="run">The run.</param>
/// <param name="conversations">The conversations, in the order of the file.</param>
/// <param name="level">What counts as one document.</param>
internal sealed class ConversationEval(CliRun run, IReadOnlyList<Conversation> conversations, EvalLevel level)
{
    /// <summary>Measures the recall that everybody gets, and prints it.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        EvalPrinter.Print(run.Outlet, await EvalRun.WithStoreAsync(run, store => ReportAsync(store, cancellationToken), cancellationToken));
        return ExitCode.Done;
    }

    /// <summary>Stores the conversations, asks their questions and returns each question's recall at 10.</summary>
    public async Task<IReadOnlyList<double>> RecallAt10Async(IEvalStore store, CancellationToken cancellationToken)
    {
        var evaluator = new Evaluator(store, run.Time);
        await AskAsync(evaluator, await StoreAsync(evaluator, cancellationToken), cancellationToken);
        return evaluator.RecallAt10;
    }

    private async Task<EvalReport> ReportAsync(IEvalStore store, CancellationToken cancellationToken)
    {
        var evaluator = new Evaluator(store, run.Time);
        var stored = await StoreAsync(evaluator, cancellationToken);
        await AskAsync(evaluator, stored, cancellationToken);

        // One conversation alone has no stranger to be asked about.
        for (var i = 0; i < stored.Count && stored.Count > 1; i++)
        {
            await evaluator.AskWithFloorAsync(stored[i], stored[(i + 1) % stored.Count], level, cancellationToken);
        }

        return evaluator.Report(level);
    }

    private async Task<List<StoredConversation>> StoreAsync(Evaluator evaluator, CancellationToken cancellationToken)
    {
        List<StoredConversation> stored = [];
        await EvalRun.CountedAsync(run, "Storing", "conversations", conversations.Count, async done =>
        {
            foreach (var (i, conversation) in conversations.Index())
            {
                stored.Add(await evaluator.StoreAsync(conversation, i + 1, cancellationToken));
                done();
            }
        });
        return stored;
    }

    private Task AskAsync(Evaluator evaluator, List<StoredConversation> stored, CancellationToken cancellationToken) =>
        EvalRun.CountedAsync(run, "Asking", "questions", stored.Sum(s => s.Asked.Count()), async done =>
        {
            foreach (var conversation in stored)
            {
                await evaluator.AskAsync(conversation, level, done, cancellationToken);
            }
        });
}
