using Keepsake.Tests.Support;

namespace Keepsake.Tests.Operations;

public sealed class QuarantineTests : IAsyncLifetime
{
    private const string Store = MemoryStores.DefaultStore;

    private readonly OpenFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IMemory Memory => _folder.Memory;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Nothing_in_it_is_read_and_the_neighbours_are()
    {
        var closed = await RememberAsync("a/b", "the harbour master keeps the blue ledger");
        var under = await RememberAsync("a/b/c", "the harbour pilot keeps the red ledger");
        var beside = await RememberAsync("a/bc", "the harbour clerk keeps the green ledger");
        await Memory.AppendEventAsync(new() { ActorId = "ann", SessionId = "s", Content = "the harbour event in quarantine", Namespace = "a/b" }, null, Token);
        await Memory.AppendEventAsync(new() { ActorId = "ann", SessionId = "s", Content = "the harbour event outside" }, null, Token);
        await Memory.AppendEventAsync(new() { ActorId = "ann", SessionId = "whole", Content = "the harbour event alone", Namespace = "a/b" }, null, Token);

        await _folder.Stores.QuarantineAsync(Store, "/a/b/", "odd", Token);

        Assert.Equal([beside], (await Memory.RecallAsync(new() { Query = "harbour ledger", MinRelevance = 0 }, Token)).Memories.Select(m => m.Id));
        Assert.Equal([beside], (await Memory.RecallAsync(new() { Query = "harbour ledger", Namespace = "a", MinRelevance = 0 }, Token)).Memories.Select(m => m.Id));
        Assert.Equal([beside], (await Memory.ListAsync(new(), Token)).Items.Select(r => r.Id));
        Assert.Equal(["the harbour event outside"], (await Memory.ListEventsAsync(new() { ActorId = "ann", SessionId = "s" }, Token)).Events.Select(e => e.Content));
        Assert.Equal(1, (await Memory.ListSessionsAsync("ann", new(), Token)).Items.Single().Count);
        await IsClosedAsync(() => Memory.GetAsync(closed, Token));
        await IsClosedAsync(() => Memory.GetAsync(under, Token));
        await IsClosedAsync(() => Memory.RecallAsync(new() { Query = "ledger", Namespace = "a/b" }, Token));
        await IsClosedAsync(() => Memory.RecallAsync(new() { Query = "ledger", Namespace = "a/b/c/*" }, Token));
        var asked = await Memory.RecallAsync(new() { Query = "ledger", MinRelevance = 0, Why = closed }, Token);
        Assert.Equal([beside], asked.Memories.Select(m => m.Id));
        Assert.Equal((RecallReason.Quarantined, null, null), (asked.Why!.Reason, asked.Why.Rank, asked.Why.Signals));
        Assert.Contains("keepsake quarantine a/b --release", asked.Why.Message, StringComparison.Ordinal);
        await IsClosedAsync(() => Memory.ListAsync(new() { Namespace = "a/b" }, Token));
        await IsClosedAsync(() => Memory.ExportAsync("a/b", null, Token));
        await IsClosedAsync(() => Memory.ExportAsync("a", null, Token));
        await IsClosedAsync(() => Memory.ExportAsync(null, null, Token));
        await IsClosedAsync(() => Memory.GetPreferencesAsync("ann", "a/b", Token));
        await IsClosedAsync(() => Memory.ListEventsAsync(new() { ActorId = "ann", SessionId = "s", Namespace = "a/b" }, Token));
        await IsClosedAsync(() => _folder.Stores.BenchmarkAsync(Store, "a/b", new(), cancellationToken: Token));
        await IsClosedAsync(() => Memory.ListEventsAsync(new() { ActorId = "ann", SessionId = "whole" }, Token));
        Assert.Empty((await Memory.ListEventsAsync(new() { ActorId = "ann", SessionId = "none" }, Token)).Events);
        Assert.Single((await Memory.ExportAsync("a/bc", null, Token)).Items);
    }

    [Fact]
    public async Task Nothing_in_it_is_written_and_all_is_as_it_was_once_released()
    {
        var closed = await RememberAsync("a/b", "the harbour master keeps the blue ledger");
        var deleted = await RememberAsync("a/b", "the deleted one");
        await Memory.ForgetAsync([deleted], cancellationToken: Token);
        var exported = (await Memory.ExportAsync("a/b", null, Token)).Items.OfType<MemoryRecord>().Single();
        await Memory.AppendEventAsync(new() { ActorId = "ann", SessionId = "s", Content = "in quarantine", Namespace = "a/b" }, null, Token);
        var before = await RowsAsync();

        await _folder.Stores.QuarantineAsync(Store, "a/b", null, Token);

        await IsClosedAsync(() => Memory.RememberAsync(new() { Namespace = "a/b/new", Facts = [new() { Content = "x" }] }, null, Token));
        await IsClosedAsync(() => Memory.AppendEventAsync(new() { ActorId = "ann", SessionId = "s", Content = "x", Namespace = "a/b" }, null, Token));
        await IsClosedAsync(() => Memory.UpdateAsync(closed, new() { Content = "y" }, null, cancellationToken: Token));
        await IsClosedAsync(() => Memory.ForgetAsync([closed], cancellationToken: Token));
        await IsClosedAsync(() => Memory.ForgetAsync([closed], hard: true, cancellationToken: Token));
        await IsClosedAsync(() => Memory.RestoreAsync(deleted, cancellationToken: Token));
        await IsClosedAsync(() => Memory.ForgetSessionAsync("ann", "s", cancellationToken: Token));
        var moved = await Memory.ImportAsync([exported with { Namespace = MemoryNamespace.Parse("elsewhere") }, exported with { Content = "other" }], Token);
        Assert.All(moved, outcome => Assert.Equal("unavailable", outcome.Error!.Code));
        await _folder.ReopenAsync();
        await IsClosedAsync(() => Memory.GetAsync(closed, Token));

        await _folder.Stores.ReleaseAsync(Store, "a/b", Token);
        Assert.Equal(before, await RowsAsync());
        Assert.Equal(closed, (await Memory.RecallAsync(new() { Query = "harbour ledger" }, Token)).Memories[0].Id);
        Assert.Equal(deleted, (await Memory.RestoreAsync(deleted, cancellationToken: Token)).Id);
    }

    [Fact]
    public async Task A_search_does_not_spend_its_places_on_what_is_closed()
    {
        for (var i = 0; i < 30; i++)
        {
            await RememberAsync("a/closed", $"the harbour ledger number {i}");
        }

        var open = await RememberAsync("a/open", "some harbour, and a ledger far away from it");
        await _folder.Stores.QuarantineAsync(Store, "a/closed", null, Token);

        var answer = await Memory.RecallAsync(new() { Query = "harbour ledger", TopK = 1, MinRelevance = 0 }, Token);

        Assert.Equal(open, Assert.Single(answer.Memories).Id);
    }

    [Fact]
    public async Task What_is_due_for_erasing_stays_while_it_is_closed_and_goes_after()
    {
        var time = new ManualTime();
        await using var folder = await new OpenFolder(time).OpenAsync();
        var fact = new MemoryFact { Content = "short-lived", ExpiresAt = time.Now.AddMinutes(1) };
        var id = (await folder.Memory.RememberAsync(new() { Namespace = "a", Facts = [fact] }, null, Token)).Outcomes[0].Id!;
        await folder.Stores.QuarantineAsync(Store, "a", null, Token);
        var engine = folder.Stores.Own("default").Mend(MemoryNamespace.Parse("a")).Engine;

        Assert.Equal(0, await engine.PurgeAsync(new(time.Now.AddDays(1), time.Now.AddDays(1), time.Now), Token));
        await folder.Stores.ReleaseAsync(Store, "a", Token);
        Assert.Equal(1, await engine.PurgeAsync(new(time.Now.AddDays(1), time.Now.AddDays(1), time.Now), Token));
        Assert.Equal([null], await engine.GetAsync([id], Token));
    }

    [Fact]
    public async Task Writes_under_way_end_before_it_or_are_refused()
    {
        using var stop = new CancellationTokenSource();
        var acknowledged = 0;
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                try
                {
                    await Memory.RememberAsync(new() { Namespace = "busy", Facts = [new() { Content = $"writer {w} fact {i}" }] }, null, Token);
                    Interlocked.Increment(ref acknowledged);
                }
                catch (MemoryException e) when (e.Code == MemoryErrorCode.Unavailable)
                {
                }
            }
        })).ToList();
        while (Volatile.Read(ref acknowledged) < 100)
        {
            await Task.Delay(1, Token);
        }

        await _folder.Stores.QuarantineAsync(Store, "busy", null, Token);
        var rows = await RowsAsync();
        await Task.Delay(50, Token);
        Assert.Equal(rows, await RowsAsync());
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.Equal(acknowledged, (await RowsAsync()).Count);
    }

    [Fact]
    public async Task It_is_listed_with_its_reason_once_and_status_warns()
    {
        var first = await _folder.Stores.QuarantineAsync(Store, "a", "odd answers", Token);
        var again = await _folder.Stores.QuarantineAsync(Store, "a", "another reason", Token);

        Assert.Equal(first, again);
        Assert.Equal([first], await _folder.Stores.ListQuarantineAsync(Store, Token));
        Assert.Contains("The namespace 'a' is in quarantine", Assert.Single((await Memory.StatusAsync(Token)).Warnings), StringComparison.Ordinal);
        Assert.Equal(MemoryErrorCode.NotFound, (await Assert.ThrowsAsync<MemoryException>(() => _folder.Stores.ReleaseAsync(Store, "b", Token))).Code);
        var inside = await Assert.ThrowsAsync<MemoryException>(() => _folder.Stores.ReleaseAsync(Store, "a/b", Token));
        Assert.Contains("keepsake quarantine a --release", inside.Message, StringComparison.Ordinal);
        await _folder.Stores.ReleaseAsync(Store, "a", Token);
        Assert.Empty((await Memory.StatusAsync(Token)).Warnings);
    }

    [Fact]
    public async Task So_many_namespaces_are_in_quarantine_and_not_one_more()
    {
        for (var i = 0; i < QuarantinedNamespace.MaxPerStore; i++)
        {
            await _folder.Stores.QuarantineAsync(Store, $"n{i}", null, Token);
        }

        Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => _folder.Stores.QuarantineAsync(Store, "more", null, Token))).Code);
        Assert.Equal(QuarantinedNamespace.MaxPerStore, (await _folder.Stores.ListQuarantineAsync(Store, Token)).Count);
    }

    [Fact]
    public async Task Another_store_of_the_folder_is_not_meant()
    {
        await _folder.Stores.CreateAsync("other", cancellationToken: Token);
        await _folder.Stores.QuarantineAsync(Store, "a", null, Token);

        await _folder.Stores["other"].RememberAsync(new() { Namespace = "a", Facts = [new() { Content = "x" }] }, null, Token);

        Assert.Single((await _folder.Stores["other"].ListAsync(new() { Namespace = "a" }, Token)).Items);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a//b")]
    [InlineData("a/*")]
    [InlineData("../a")]
    public async Task A_namespace_that_is_none_is_refused(string @namespace) =>
        Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => _folder.Stores.QuarantineAsync(Store, @namespace, null, Token))).Code);

    private static async Task IsClosedAsync(Func<Task> read)
    {
        var error = await Assert.ThrowsAsync<MemoryException>(read);
        Assert.Equal(MemoryErrorCode.Unavailable, error.Code);
        Assert.Contains("--release", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> RememberAsync(string @namespace, string content) =>
        (await Memory.RememberAsync(new() { Namespace = @namespace, Facts = [new() { Content = content }] }, null, Token)).Outcomes[0].Id!;

    // Every row of records, as the file has it.
    private Task<List<string>> RowsAsync() => _folder.Stores.Own(Store).Mend(MemoryNamespace.Parse("a")).Engine.Database.ReadAsync(
        session =>
        {
            using var reader = session.Query("SELECT seq, id, path, version, hex(body), deleted_at FROM records ORDER BY seq");
            List<string> rows = [];
            while (reader.Read())
            {
                rows.Add(string.Join('|', Enumerable.Range(0, 6).Select(i => $"{reader.GetValue(i)}")));
            }

            return rows;
        },
        Token);
}
