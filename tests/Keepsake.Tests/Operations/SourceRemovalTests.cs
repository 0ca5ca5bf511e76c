using Keepsake.Tests.Support;

namespace Keepsake.Tests.Operations;

/// <summary>What came from a source goes, with all that was derived from it, and nothing else.</summary>
public sealed class SourceRemovalTests : IAsyncLifetime
{
    private const string Evil = "https://evil.test/page?a=b";

    private readonly TemporaryStores _stores = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IMemory Memory => _stores.Stores["default"];

    public async ValueTask InitializeAsync() => await _stores.OpenAsync();

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_that_came_from_a_source_goes_and_what_did_not_stays(bool hard)
    {
        var named = await WriteAsync("named", Evil);
        var item = (await Memory.AppendEventAsync(new() { ActorId = "a", SessionId = "s", Content = "heard", Source = Evil }, null, Cancellation)).EventId;
        var child = await WriteAsync("child", null, item);
        var grandchild = await WriteAsync("grandchild", "notes.md", child, named);
        string[] others = [await WriteAsync("case", Evil.ToUpperInvariant()), await WriteAsync("longer", Evil + "c"), await WriteAsync("none", null)];

        var dry = await Memory.ForgetSourceAsync(Evil, hard, dryRun: true, null, cancellationToken: Cancellation);
        Assert.Equal(new(Success: true, DryRun: true, Records: 3, Events: 1, Derived: 2), dry);
        Assert.Equal(6, (await Memory.ListAsync(new(), Cancellation)).Items.Count);

        Assert.Equal(dry with { DryRun = false }, await Memory.ForgetSourceAsync(Evil, hard, false, "it lied", cancellationToken: Cancellation));
        Assert.Equal(others.Order(), (await Memory.ListAsync(new(), Cancellation)).Items.Select(r => r.Id).Order());
        Assert.Empty((await Memory.ListEventsAsync(new() { ActorId = "a", SessionId = "s" }, Cancellation)).Events);
        Assert.DoesNotContain((await Memory.RecallAsync(new() { Query = "grandchild", MinRelevance = 0 }, Cancellation)).Memories, m => m.Id == grandchild);
        Assert.Equal(new(true, false, 0, 0, 0), await Memory.ForgetSourceAsync(Evil, hard, false, null, cancellationToken: Cancellation));
        if (hard)
        {
            await Assert.ThrowsAsync<MemoryException>(() => Memory.RestoreAsync(grandchild, cancellationToken: Cancellation));
        }
        else
        {
            Assert.Equal("it lied", (await Memory.RestoreAsync(grandchild, cancellationToken: Cancellation)).Reason);
        }
    }

    [Fact]
    public async Task A_source_of_which_a_part_is_in_quarantine_is_refused_as_a_whole()
    {
        // The first to come is in the last part to go.
        await Memory.RememberAsync(new() { Namespace = "closed", Source = Evil, Facts = [new() { Content = "first" }] }, null, Cancellation);
        await Memory.RememberAsync(
            new() { Namespace = "open", Source = Evil, Facts = [.. Enumerable.Range(0, RememberRequest.MaxFacts).Select(i => new MemoryFact { Content = $"later {i}" })] },
            null,
            Cancellation);
        var operations = (IMemoryOperations)_stores.Stores;
        await operations.QuarantineAsync("default", "closed", "odd", Cancellation);

        Assert.Equal(
            MemoryErrorCode.Unavailable,
            (await Assert.ThrowsAsync<MemoryException>(() => Memory.ForgetSourceAsync(Evil, hard: true, cancellationToken: Cancellation))).Code);

        Assert.Equal(RememberRequest.MaxFacts, (await Memory.ListAsync(new() { Namespace = "open", Page = new(PageRequest.MaxLimit) }, Cancellation)).Items.Count);
        await operations.ReleaseAsync("default", "closed", Cancellation);
        Assert.Equal(RememberRequest.MaxFacts + 1, (await Memory.ForgetSourceAsync(Evil, hard: true, cancellationToken: Cancellation)).Records);
    }

    [Fact]
    public async Task What_was_derived_goes_though_what_it_was_derived_from_is_gone_already()
    {
        var item = (await Memory.AppendEventAsync(new() { ActorId = "a", SessionId = "s", Content = "heard", Source = Evil }, null, Cancellation)).EventId;
        var child = await WriteAsync("child", null, item);
        var grandchild = await WriteAsync("grandchild", null, child);
        await Memory.ForgetAsync([item, child], hard: true, null, cancellationToken: Cancellation);

        Assert.Equal(new(true, false, 1, 0, 1), await Memory.ForgetSourceAsync(Evil, true, false, null, cancellationToken: Cancellation));
        await Assert.ThrowsAsync<MemoryException>(() => Memory.GetAsync(grandchild, Cancellation));
    }

    [Fact]
    public async Task A_hard_deletion_takes_what_was_deleted_softly_before()
    {
        var id = await WriteAsync("soft", Evil);
        await Memory.ForgetAsync([id], false, null, cancellationToken: Cancellation);

        Assert.Equal(0, (await Memory.ForgetSourceAsync(Evil, false, false, null, cancellationToken: Cancellation)).Records);
        Assert.Equal(1, (await Memory.ForgetSourceAsync(Evil, true, false, null, cancellationToken: Cancellation)).Records);
        await Assert.ThrowsAsync<MemoryException>(() => Memory.RestoreAsync(id, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_source_is_what_it_is_now_and_belongs_to_its_store()
    {
        async Task KeyedAsync(string? source) => await Memory.RememberAsync(
            new() { Namespace = "a", Facts = [new() { Content = $"from {source}", Key = "k" }], Source = source }, null, Cancellation);
        await KeyedAsync(Evil);
        await KeyedAsync("better.md");
        await _stores.Stores.CreateAsync("other", cancellationToken: Cancellation);
        await _stores.Stores["other"].RememberAsync(new() { Namespace = "a", Facts = [new() { Content = "elsewhere" }], Source = Evil }, null, Cancellation);

        Assert.Equal(0, (await Memory.ForgetSourceAsync(Evil, false, false, null, cancellationToken: Cancellation)).Records);
        Assert.Equal(1, (await Memory.ForgetSourceAsync("better.md", false, true, null, cancellationToken: Cancellation)).Records);
        Assert.Equal(1, (await _stores.Stores["other"].ForgetSourceAsync(Evil, false, true, null, cancellationToken: Cancellation)).Records);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_source_without_a_name_is_refused(string? source) => Assert.Equal(
        MemoryErrorCode.InvalidRequest,
        (await Assert.ThrowsAsync<MemoryException>(() => Memory.ForgetSourceAsync(source!, false, false, null, cancellationToken: Cancellation))).Code);

    [Fact]
    public async Task A_source_that_is_longer_than_any_is_refused() => await Assert.ThrowsAsync<MemoryException>(
        () => Memory.ForgetSourceAsync(new('x', Provenance.MaxLength + 1), false, false, null, cancellationToken: Cancellation));

    private async Task<string> WriteAsync(string content, string? source, params string[] derivedFrom) => (await Memory.RememberAsync(
        new() { Namespace = "a", Facts = [new() { Content = content }], Source = source, DerivedFrom = derivedFrom.Length == 0 ? null : derivedFrom },
        null, Cancellation)).Outcomes[0].Id!;
}
