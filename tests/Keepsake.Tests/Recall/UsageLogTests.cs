using Keepsake.Engines;
using Keepsake.Recall;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Recall;

public sealed class UsageLogTests
{
    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_were_recalled_are_written_down_and_nothing_else()
    {
        string[] ids = [.. Enumerable.Range(0, 180).Select(i => $"mem-{i}")];
        await using var engine = new ReferenceEngine(_time);
        await engine.UpsertAsync([.. ids.Select(Record)], null, Cancellation);
        var log = new UsageLog(engine, _time);

        log.Note(ids[..120]);
        log.Note(ids[100..130]);
        await log.FlushAsync(Cancellation);

        var records = await engine.GetAsync(ids, Cancellation);
        Assert.All(records.Take(130), record => Assert.Equal(_time.Now, record!.LastRecalledAt));
        Assert.All(records.Skip(130), record => Assert.Null(record!.LastRecalledAt));
    }

    private MemoryRecord Record(string id) => new()
    {
        Id = id,
        Namespace = MemoryNamespace.Parse("n"),
        Content = $"about {id}",
        OccurredAt = _time.Now,
        CreatedAt = _time.Now,
        UpdatedAt = _time.Now,
    };
}
