using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Keepsake.Engines.Sqlite;
using Keepsake.Telemetry;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Operations;

public sealed class BenchmarkTests
{
    private const string Store = MemoryStores.DefaultStore;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_namespace_finds_its_own_records_in_every_wording_and_surfaces_little_else()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 400, "team/notes");

        var report = await folder.Stores.BenchmarkAsync(Store, "team", new(), cancellationToken: Token);

        Assert.Equal((100, "team", 1), (report.Probes, report.Namespace, report.Seed));
        Assert.InRange(report.HitRate!.Value, BenchmarkReport.MinHitRate, 1);
        Assert.InRange(report.Mrr!.Value, 0.7, 1);
        Assert.InRange(report.Noise!.Value, 0, 0.2);
        Assert.Equal(["held_out", "own", "reworded"], report.Wordings.Select(w => w.Wording));
        Assert.Equal(100, report.Wordings.Sum(w => w.Probes));
        Assert.True(report.P95Milliseconds > 0);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public async Task The_same_seed_asks_the_same_and_another_seed_asks_for_others()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 300, "a");
        var benchmark = folder.Stores.Own("default").Mend(MemoryNamespace.Parse("a")).Benchmark;

        var first = await benchmark.ChooseAsync(MemoryNamespace.Parse("a"), new() { Seed = 7, Probes = 30 }, Token);
        var again = await benchmark.ChooseAsync(MemoryNamespace.Parse("a"), new() { Seed = 7, Probes = 30 }, Token);
        var other = await benchmark.ChooseAsync(MemoryNamespace.Parse("a"), new() { Seed = 8, Probes = 30 }, Token);

        Assert.Equal(first.Probes, again.Probes);
        Assert.Equal(first.Noise, again.Noise);
        Assert.NotEqual(first.Probes.Select(p => p.Id), other.Probes.Select(p => p.Id));
        Assert.All(first.Probes, probe => Assert.NotEqual(probe.Content, probe.Question));
    }

    [Fact]
    public async Task Another_namespace_is_neither_asked_for_nor_searched()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 20, "a/b");
        await Corpus.RememberAsync(folder.Memory, 20, "a/bc", seed: 2);

        Assert.Equal(20, (await folder.Stores.BenchmarkAsync(Store, "a/b", new(), cancellationToken: Token)).Probes);
        Assert.Equal(40, (await folder.Stores.BenchmarkAsync(Store, null, new(), cancellationToken: Token)).Probes);
        Assert.Equal(0, (await folder.Stores.BenchmarkAsync(Store, "nothing", new(), cancellationToken: Token)).Probes);
    }

    [Fact]
    public async Task Asking_is_no_use_of_the_records()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 10, "a");

        await folder.Stores.BenchmarkAsync(Store, "a", new(), cancellationToken: Token);
        await folder.ReopenAsync();

        Assert.All((await folder.Memory.ListAsync(new(), Token)).Items, record => Assert.Null(record.LastRecalledAt));
    }

    [Fact]
    public async Task A_low_hit_rate_warns_in_the_answer_and_in_status_until_a_better_one_follows()
    {
        await using var folder = await new OpenFolder().OpenAsync();

        // Equal but for a number that no probe's words hold: nobody could find the right one.
        var facts = Enumerable.Range(0, 300).Select(i => new MemoryFact { Content = $"The weekly meeting of every team was moved once more, case {i}" }).ToList();
        await folder.Memory.RememberAsync(new() { Namespace = "a", Facts = facts }, null, Token);

        var report = await folder.Stores.BenchmarkAsync(Store, "a", new(), cancellationToken: Token);

        Assert.InRange(report.HitRate!.Value, 0, 0.79);
        Assert.Contains("of its own records are found", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.Contains((await folder.Memory.StatusAsync(Token)).Warnings, w => w.StartsWith("The namespace 'a': Only", StringComparison.Ordinal));

        await folder.Memory.ForgetAsync([.. (await folder.Memory.ListAsync(new() { Page = new(1_000) }, Token)).Items.Select(r => r.Id)], cancellationToken: Token);
        await Corpus.RememberAsync(folder.Memory, 40, "a");
        await folder.Stores.BenchmarkAsync(Store, "a", new(), cancellationToken: Token);
        Assert.Empty((await folder.Memory.StatusAsync(Token)).Warnings);
    }

    [Fact]
    public async Task Reports_are_kept_newest_first_by_namespace_and_survive_a_restart()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 10, "a");
        for (var seed = 1; seed <= 3; seed++)
        {
            await folder.Stores.BenchmarkAsync(Store, "/a/", new() { Seed = seed }, cancellationToken: Token);
        }

        await folder.Stores.BenchmarkAsync(Store, null, new(), cancellationToken: Token);
        await folder.ReopenAsync();

        Assert.Equal([3, 2, 1], (await folder.Stores.ListBenchmarksAsync(Store, "a", cancellationToken: Token)).Select(r => r.Seed));
        Assert.Equal([3, 2], (await folder.Stores.ListBenchmarksAsync(Store, "a", 2, Token)).Select(r => r.Seed));
        Assert.Single(await folder.Stores.ListBenchmarksAsync(Store, null, cancellationToken: Token));
        Assert.Empty(await folder.Stores.ListBenchmarksAsync(Store, "b", cancellationToken: Token));
    }

    [Fact]
    public async Task Of_one_namespace_the_last_hundred_reports_are_kept()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        for (var seed = 0; seed <= BenchmarkRows.MaxPerNamespace; seed++)
        {
            await folder.Stores.BenchmarkAsync(Store, "a", new() { Seed = seed }, cancellationToken: Token);
        }

        var kept = await folder.Stores.ListBenchmarksAsync(Store, "a", 1_000, Token);

        Assert.Equal((BenchmarkRows.MaxPerNamespace, 1), (kept.Count, kept[^1].Seed));
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(null, 0)]
    [InlineData(null, BenchmarkRequest.MaxProbes + 1)]
    public async Task What_is_out_of_range_is_refused(int? seed, int? probes)
    {
        await using var folder = await new OpenFolder().OpenAsync();

        var error = await Assert.ThrowsAsync<MemoryException>(() => folder.Stores.BenchmarkAsync(Store, "a", new() { Seed = seed, Probes = probes }, cancellationToken: Token));

        Assert.Equal(MemoryErrorCode.InvalidRequest, error.Code);
        Assert.Empty(await folder.Stores.ListBenchmarksAsync(Store, "a", cancellationToken: Token));
    }

    [Fact]
    public async Task The_edges_of_the_range_are_taken()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 3, "a");

        Assert.Equal(1, (await folder.Stores.BenchmarkAsync(Store, "a", new() { Seed = 0, Probes = 1 }, cancellationToken: Token)).Probes);
        Assert.Equal(3, (await folder.Stores.BenchmarkAsync(Store, "a", new() { Seed = int.MaxValue, Probes = BenchmarkRequest.MaxProbes }, cancellationToken: Token)).Probes);
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_said_so()
    {
        await using var folder = await new OpenFolder().OpenAsync();

        Assert.Equal(MemoryErrorCode.NotFound, (await Assert.ThrowsAsync<MemoryException>(() => folder.Stores.BenchmarkAsync("nothing", "a", new(), cancellationToken: Token))).Code);
    }

    [Fact]
    public async Task The_hit_rate_is_exported()
    {
        var measured = new ConcurrentQueue<(double Value, string? Namespace)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == KeepsakeMetrics.MeterName && instrument.Name == "memory.hit.rate")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => measured.Enqueue((value, (string?)tags.ToArray().Single(t => t.Key == "keepsake.namespace").Value)));
        listener.Start();
        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 10, "exported/here");

        var report = await folder.Stores.BenchmarkAsync(Store, "exported/here", new(), cancellationToken: Token);

        Assert.Contains((report.HitRate!.Value, "exported/here"), measured);
    }
}
