using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Keepsake.Embedding;
using Keepsake.Operations;
using Keepsake.Server.Ownership;
using Spectre.Console;

namespace Keepsake.Server.Cli.Model;

/// <summary><c>keepsake model use</c>: chooses a model, waits until everything is embedded with it, and says what changed.</summary>
internal static class ModelUseVerb
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    public static Command Create(CommandLine cli)
    {
        var name = new Argument<string>("NAME") { Description = $"An added model, or {BuiltInModel.Name}" };
        var noWait = new Option<bool>("--no-wait") { Description = "Only choose; do not wait until everything is embedded, and do not measure" };
        var verb = new Command(
            "use",
            "Embed with a model from now on. What is stored is embedded anew behind, for all stores of the data folder, and is found by its words meanwhile. "
            + "Says how well each store finds its own records before and after.")
        {
            name,
            noWait,
        };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var stores = await run.StoresAsync(cancellationToken);
            var models = stores as IModelSwitch ?? throw new MemoryException(MemoryErrorCode.NotSupported, "The model of these stores cannot be changed.");
            var answer = await UseAsync(run, stores, models, run.Get(name)!, !run.Get(noWait), cancellationToken);
            Print(run.Outlet, answer);
            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake model use all-MiniLM-L6-v2", $"keepsake model use {BuiltInModel.Name} --no-wait");
    }

    private static async Task<ModelUseAnswer> UseAsync(
        CliRun run, IMemoryStores stores, IModelSwitch models, string name, bool waits, CancellationToken cancellationToken)
    {
        var names = (await stores.ListAsync(cancellationToken)).Select(store => store.Name).ToList();
        Dictionary<string, BenchmarkReport> before = new(StringComparer.Ordinal);
        foreach (var store in waits ? names : [])
        {
            before[store] = await models.ProbeAsync(store, cancellationToken);
        }

        await models.UseModelAsync(name, cancellationToken);
        if (!waits)
        {
            return new(name, null, null, null, []);
        }

        var startedAt = Stopwatch.GetTimestamp();
        var embedded = 0;
        var last = await AwaitModelAsync(run, models, names[0], name, cancellationToken);
        try
        {
            using ProgressLine progress = new(run.Terminal, run.Time, "re-embedding", "memories");
            foreach (var store in names)
            {
                embedded += await WaitAsync(run, models, store, embedded, progress, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            run.Outlet.Note("interrupted; the model stays in use, and embedding goes on with the process that owns the data folder or the next search");
            throw;
        }

        List<StoreProbe> probes = new(names.Count);
        foreach (var store in names)
        {
            probes.Add(new(store, before[store], await models.ProbeAsync(store, cancellationToken)));
        }

        return new(name, last.Dimensions, embedded, Math.Round(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, 1), probes);
    }

    /// <summary>Waits until the owner has opened its stores with the model.</summary>
    private static async Task<ModelProgress> AwaitModelAsync(
        CliRun run, IModelSwitch models, string store, string name, CancellationToken cancellationToken)
    {
        var expected = name == BuiltInModel.Name ? name : ModelVerbs.Of(run).Find(name)?.Model;
        while (true)
        {
            var now = await models.ModelProgressAsync(store, cancellationToken);
            if (now.Model == expected)
            {
                return now;
            }

            await Task.Delay(Poll, run.Time, cancellationToken);
        }
    }

    private static async Task<int> WaitAsync(
        CliRun run, IModelSwitch models, string store, int before, ProgressLine progress, CancellationToken cancellationToken)
    {
        var first = (await models.ModelProgressAsync(store, cancellationToken)).Waiting;
        while (true)
        {
            var now = await models.ModelProgressAsync(store, cancellationToken);
            if (now.Reason is { } reason)
            {
                throw new MemoryException(MemoryErrorCode.Unavailable, $"The model is in use and does not work: {reason}");
            }

            if (now.Waiting == 0)
            {
                return first;
            }

            var done = Math.Max(0, first - now.Waiting);
            progress.Report(before + done, (double)done / first);
            await Task.Delay(Poll, run.Time, cancellationToken);
        }
    }

    private static void Print(Outlet outlet, ModelUseAnswer answer)
    {
        if (outlet.IsJson)
        {
            outlet.Json(answer, CliJson.Default.ModelUseAnswer);
            return;
        }

        if (!outlet.IsForPerson)
        {
            outlet.Line("using", answer.Model, Text(answer.Embedded));
            foreach (var (store, before, after) in answer.Stores)
            {
                outlet.Line(
                    "probes", store, Text(after.Probes), Text(before.HitRate), Text(after.HitRate), Text(before.Mrr), Text(after.Mrr), Text(before.MeaningMrr), Text(after.MeaningMrr));
            }

            return;
        }

        outlet.Say($"[green]Using[/] [bold]{Outlet.Safe(answer.Model)}[/]{(answer.Embedded is { } count ? $"; embedded {count:N0} memories in {answer.Seconds:N0} s" : "")}.");
        if (answer.Stores.Count == 0)
        {
            return;
        }

        outlet.Say("How well each store finds its own records, before and after:");
        var table = new Table().Border(TableBorder.Simple).AddColumn("Store").AddColumn(new TableColumn("Questions").RightAligned())
            .AddColumn("In the first five").AddColumn("Mean of 1/rank").AddColumn("The same by meaning alone");
        foreach (var (store, before, after) in answer.Stores)
        {
            table.AddRow(
                Outlet.Safe(store), $"{after.Probes:N0}", Change(before.HitRate, after.HitRate), Change(before.Mrr, after.Mrr), Change(before.MeaningMrr, after.MeaningMrr));
        }

        outlet.Console.Write(table);
    }

    private static string Change(double? before, double? after) => $"{Text(before)} → {Text(after)}";

    private static string Text(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";

    private static string Text(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}

/// <summary>What the use of a model changed.</summary>
/// <param name="Model">The model's name here.</param>
/// <param name="Dimensions">Numbers in its embeddings; <see langword="null"/>: not waited for, like the others.</param>
/// <param name="Embedded">How many records and events were embedded anew.</param>
/// <param name="Seconds">How long that took.</param>
/// <param name="Stores">The probes of each store.</param>
internal sealed record ModelUseAnswer(string Model, int? Dimensions, int? Embedded, double? Seconds, IReadOnlyList<StoreProbe> Stores);

/// <summary>How well a store finds its own records.</summary>
/// <param name="Store">The store.</param>
/// <param name="Before">With the model before.</param>
/// <param name="After">With the model now.</param>
internal sealed record StoreProbe(string Store, BenchmarkReport Before, BenchmarkReport After);
