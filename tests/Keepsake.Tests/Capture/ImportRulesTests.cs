using System.Text.Json;
using Keepsake.Serialization;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Capture;

/// <summary>Lines that somebody else wrote: what they leave out, and what they may not say.</summary>
public sealed class ImportRulesTests : IAsyncLifetime
{
    private const string Record =
        """{"type":"record","id":"mem-1","namespace":"notes","content":"Buses stop at the harbour","occurredAt":"2026-01-01T00:00:00Z","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z"}""";

    private const string Event =
        """{"type":"event","id":"1767225600000#1","actorId":"a","sessionId":"s","content":"x","occurredAt":"2026-01-01T00:00:00Z","createdAt":"2026-01-01T00:00:00Z"}""";

    private readonly OpenFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IMemory Memory => _folder.Memory;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public void What_a_line_leaves_out_has_the_defaults_of_the_model()
    {
        var record = Assert.IsType<MemoryRecord>(Read(Record));
        var named = Assert.IsType<MemoryRecord>(Read(With(Record, "\"provenance\":{\"source\":\"a file\"}")));

        Assert.Equal((MemoryTier.Core, 0.5, 1.0, 1L), (record.Tier, record.Importance, record.Confidence, record.Version));
        Assert.Equal((MemoryOrigin.Agent, 0), (record.Provenance.Origin, record.Provenance.Events.Count));
        Assert.Equal((MemoryOrigin.Agent, MemoryTrust.Medium, 0), (named.Provenance.Origin, named.Trust, named.Provenance.Events.Count));
        Assert.Equal(MemoryEvent.MainBranch, Assert.IsType<MemoryEvent>(Read(Event)).Branch);
    }

    [Fact]
    public void What_a_line_says_stays_also_where_it_is_nothing()
    {
        var line = With(Record, "\"tier\":\"working\",\"importance\":0,\"confidence\":0,\"version\":7,\"provenance\":{\"origin\":\"user\",\"events\":[\"1#1\"]}");

        var record = Assert.IsType<MemoryRecord>(Read(line));

        Assert.Equal((MemoryTier.Working, 0.0, 0.0, 7L), (record.Tier, record.Importance, record.Confidence, record.Version));
        Assert.Equal((MemoryOrigin.User, "1#1"), (record.Provenance.Origin, Assert.Single(record.Provenance.Events)));
    }

    [Fact]
    public async Task A_line_with_no_more_than_it_needs_is_imported()
    {
        var outcomes = await Memory.ImportAsync([Read(Event), Read(Record)], Cancellation);

        Assert.All(outcomes, outcome => Assert.Equal((WriteResult.Created, null), (outcome.Outcome, outcome.Error?.Message)));
        var record = await Memory.GetAsync("mem-1", Cancellation);
        Assert.Equal((MemoryTier.Core, 0.5, 1.0, 1L), (record.Tier, record.Importance, record.Confidence, record.Version));
        Assert.Equal("main", Assert.Single((await Memory.ListEventsAsync(new() { ActorId = "a", SessionId = "s", Branch = "main" }, Cancellation)).Events).Branch);
        Assert.Equal("mem-1", Assert.Single((await Memory.RecallAsync(new() { Query = "where do buses stop" }, Cancellation)).Memories).Id);
    }

    [Theory]
    [InlineData("\"version\":9223372036854775807", "version is 9223372036854775807; it is 1 to 9007199254740992")]
    [InlineData("\"version\":9007199254740993", "version is 9007199254740993")]
    [InlineData("\"version\":0", "version is 0")]
    public async Task A_version_stays_where_every_reader_of_json_can_count(string member, string reason) =>
        await RefusedAsync(With(Record, member), reason);

    [Fact]
    public async Task The_highest_version_can_still_be_changed()
    {
        await Memory.ImportAsync([Read(With(Record, "\"version\":9007199254740992"))], Cancellation);

        Assert.Equal((1L << 53) + 1, (await Memory.UpdateAsync("mem-1", new() { Importance = 1 }, null, cancellationToken: Cancellation)).Version);
    }

    [Fact]
    public async Task An_id_that_a_search_would_take_for_the_other_kind_is_refused()
    {
        await RefusedAsync(Record.Replace("mem-1", "mem#1", StringComparison.Ordinal), "The id of a record holds '#'");
        await RefusedAsync(Event.Replace("1767225600000#1", "ev1", StringComparison.Ordinal), "The id of an event holds no '#'");
    }

    private static MemoryItem Read(string line) => JsonSerializer.Deserialize(line, KeepsakeJson.Default.MemoryItem)!;

    private static string With(string line, string members) => line[..^1] + "," + members + "}";

    private async Task RefusedAsync(string line, string reason)
    {
        // Only that line: the one beside it is taken.
        var other = Assert.IsType<MemoryRecord>(Read(Record)) with { Id = "mem-other", Content = reason };
        var outcomes = await Memory.ImportAsync([Read(line), other], Cancellation);

        Assert.StartsWith(reason, outcomes[0].Error?.Message, StringComparison.Ordinal);
        Assert.Equal((WriteResult.Refused, null), (outcomes[0].Outcome, outcomes[1].Error));
    }
}
