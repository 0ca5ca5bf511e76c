namespace Keepsake.Server.Cli.Eval;

/// <summary>What every evaluation does around its questions.</summary>
internal static class EvalRun
{
    /// <summary>Opens a store in a data folder of its own, which is removed afterwards.</summary>
    /// <param name="run">The run.</param>
    /// <param name="body">What is done with the empty store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<T> WithStoreAsync<T>(CliRun run, Func<IEvalStore, Task<T>> body, CancellationToken cancellationToken)
    {
        var folder = EvalPlace.Create(run.Time);
        try
        {
            var stores = await run.OpenAsync(folder, cancellationToken);
            try
            {
                var memory = stores[CommonSettings.DefaultStore];
                if ((await memory.StatusAsync(cancellationToken)).Search == RecallAnswer.LexicalOnly)
                {
                    run.Outlet.Note("no embedding model is usable, so this measures search by words only");
                }

                return await body(new WholeStore(memory));
            }
            finally
            {
                if (stores is IAsyncDisposable open)
                {
                    await open.DisposeAsync();
                }
            }
        }
        finally
        {
            EvalPlace.Remove(folder);
        }
    }

    /// <summary>Does something for each of some items, and shows a person how far it is.</summary>
    /// <param name="run">The run.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="body">Does it; it calls what it is given once for each that is done.</param>
    public static async Task CountedAsync(CliRun run, string title, string unit, int total, Func<Action, Task> body)
    {
        using var progress = new ProgressLine(run.Terminal, run.Time, title, unit);
        var done = 0;
        await body(() => progress.Report(++done, (double)done / total));
    }
}
