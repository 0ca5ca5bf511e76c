using Keepsake.Tests.Support;

namespace Keepsake.Tests.Recall;

/// <summary>Searches narrowed to metadata, through a store.</summary>
public sealed class MetadataFilterTests : IAsyncDisposable
{
    private readonly OpenStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task All_keys_must_match_exactly()
    {
        await RememberAsync("a red kite", ("project", MetadataValue.Of("apollo")), ("year", MetadataValue.Of(2026)));
        await RememberAsync("a blue kite", ("project", MetadataValue.Of("Apollo")), ("year", MetadataValue.Of("2026")));
        await RememberAsync("a green kite", ("project", MetadataValue.Of(["apollo"])), ("open", MetadataValue.Of(true)));
        await RememberAsync("a grey kite");

        Assert.Equal(["a red kite"], await FindAsync(("project", MetadataValue.Of("apollo"))));
        Assert.Equal(["a blue kite"], await FindAsync(("project", MetadataValue.Of("Apollo"))));
        Assert.Equal(["a red kite"], await FindAsync(("year", MetadataValue.Of(2026)), ("project", MetadataValue.Of("apollo"))));
        Assert.Equal(["a blue kite"], await FindAsync(("year", MetadataValue.Of("2026"))));
        Assert.Equal(["a green kite"], await FindAsync(("project", MetadataValue.Of(["apollo"]))));
        Assert.Equal(["a green kite"], await FindAsync(("open", MetadataValue.Of(true))));
        Assert.Empty(await FindAsync(("year", MetadataValue.Of(2026)), ("project", MetadataValue.Of("Apollo"))));
        Assert.Empty(await FindAsync(("Project", MetadataValue.Of("apollo"))));
        Assert.Equal(4, (await FindAsync()).Count);
    }

    [Fact]
    public async Task Events_are_found_by_their_metadata_too()
    {
        foreach (var topic in (string[])["kites", "boats"])
        {
            await _store.Memory.AppendEventAsync(
                new() { ActorId = "ana", SessionId = "s", Namespace = "a/b", Content = $"a kite, said of {topic}", Metadata = Pairs(("topic", MetadataValue.Of(topic))) }, null, Cancellation);
        }

        Assert.Equal(["a kite, said of boats"], await FindAsync(("topic", MetadataValue.Of("boats"))));
    }

    [Fact]
    public async Task Metadata_that_was_changed_or_united_is_found_as_it_is_now()
    {
        var id = await RememberAsync("a red kite", ("state", MetadataValue.Of("open")));
        await _store.Memory.UpdateAsync(id, new() { Metadata = new(Pairs(("state", MetadataValue.Of("done")))) }, null, cancellationToken: Cancellation);

        Assert.Empty(await FindAsync(("state", MetadataValue.Of("open"))));
        Assert.Equal(["a red kite"], await FindAsync(("state", MetadataValue.Of("done"))));

        Assert.Equal(id, await RememberAsync("a red kite", ("year", MetadataValue.Of(2026))));
        Assert.Equal(["a red kite"], await FindAsync(("state", MetadataValue.Of("done")), ("year", MetadataValue.Of(2026))));

        await _store.Memory.ForgetAsync([id], cancellationToken: Cancellation);
        Assert.Empty(await FindAsync(("state", MetadataValue.Of("done"))));
        await _store.Memory.RestoreAsync(id, cancellationToken: Cancellation);
        Assert.Equal(["a red kite"], await FindAsync(("state", MetadataValue.Of("done"))));
    }

    [Fact]
    public async Task One_that_matches_is_found_behind_hundreds_that_match_the_question_better()
    {
        await _store.Memory.RememberAsync(
            new() { Namespace = "a/b", Facts = [.. Enumerable.Range(0, 900).Select(i => new MemoryFact { Content = $"a red kite, number {i}", Metadata = Pairs(("mine", MetadataValue.Of(false))) })] },
            null,
            Cancellation);
        await RememberAsync("once there was a kite among many other things in the shed behind the house", ("mine", MetadataValue.Of(true)));

        Assert.Equal(["once there was a kite among many other things in the shed behind the house"], await FindAsync(("mine", MetadataValue.Of(true))));
    }

    [Fact]
    public async Task What_the_index_takes_for_a_match_and_is_none_is_left_out_and_the_next_one_comes_in_its_place()
    {
        var wanted = Pairs(("state", MetadataValue.Of("open")));
        var wrong = await RememberAsync("a red kite", ("state", MetadataValue.Of("done")));
        await RememberAsync("a kite and many other words beside it", ("state", MetadataValue.Of("open")));
        var index = await _store.Memory.IndexAsync(Cancellation);

        // As if "done" and "open" had one number.
        index.Upsert(Entries.Entry(wrong, "a red kite", "a/b", version: 7) with { Metadata = wanted });
        Assert.Equal(wrong, index.Ids(Entries.Query("red kite") with { Filter = new(wanted) })[0]);

        var answer = await _store.Memory.RecallAsync(new() { Query = "red kite", Metadata = wanted, TopK = 1, MinRelevance = 0 }, Cancellation);
        Assert.Equal("a kite and many other words beside it", Assert.Single(answer.Memories).Content);
    }

    [Fact]
    public async Task A_filter_has_the_limits_of_metadata_and_ten_keys()
    {
        await RememberAsync("a red kite", [.. Enumerable.Range(0, RecallRequest.MaxMetadataPairs).Select(i => ($"k{i}", MetadataValue.Of(i)))]);
        Assert.Single(await FindAsync([.. Enumerable.Range(0, RecallRequest.MaxMetadataPairs).Select(i => ($"k{i}", MetadataValue.Of(i)))]));
        Assert.Empty(await FindAsync((new string('k', MemoryRecord.MaxMetadataKeyLength), MetadataValue.Of(new string('v', MetadataValue.MaxStringLength)))));

        ((string, MetadataValue)[] Filter, string Says)[] refused =
        [
            ([.. Enumerable.Range(0, RecallRequest.MaxMetadataPairs + 1).Select(i => ($"k{i}", MetadataValue.Of(i)))], "asks for 11 keys; at most 10 are compared"),
            ([("", MetadataValue.Of(1))], "key is empty"),
            ([(new string('k', MemoryRecord.MaxMetadataKeyLength + 1), MetadataValue.Of(1))], "at most 128"),
            ([("k\n", MetadataValue.Of(1))], "control character"),
            ([("k", null!)], "is null"),
            ([("k", MetadataValue.Of(new string('v', MetadataValue.MaxStringLength + 1)))], "more than 1000"),
            ([("k", MetadataValue.Of("\ud800"))], "surrogate"),
            ([("k", MetadataValue.Of([.. Enumerable.Repeat("v", MetadataValue.MaxListItems + 1)]))], "at most 64"),
        ];
        foreach (var (filter, says) in refused)
        {
            var error = await Assert.ThrowsAsync<MemoryException>(() => FindAsync(filter));
            Assert.Equal(MemoryErrorCode.InvalidRequest, error.Code);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_secret_is_refused_because_none_is_stored_and_its_marker_is_a_text_like_others()
    {
        const string Token = "ghp_" + "x7Kp2mQ9vR4tY8wZ1aB3cD5eF6gH0jL2nS4u";
        await RememberAsync("a red kite", ("token", MetadataValue.Of(Token)));
        var stored = (string)(await _store.Memory.ListAsync(new(), Cancellation)).Items.Single().Metadata!["token"].Value;

        foreach (var filter in ((string, MetadataValue)[])[("token", MetadataValue.Of(Token)), ("any", MetadataValue.Of(["x", Token])), (Token, MetadataValue.Of(1))])
        {
            var error = await Assert.ThrowsAsync<MemoryException>(() => FindAsync(filter));
            Assert.Equal(MemoryErrorCode.InvalidRequest, error.Code);
            Assert.Contains("nothing has it; ask for other metadata", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Token, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["a red kite"], await FindAsync(("token", MetadataValue.Of(stored))));
    }

    private async Task<string> RememberAsync(string content, params (string Key, MetadataValue Value)[] metadata) =>
        (await _store.RememberAsync(new() { Content = content, Metadata = metadata.Length == 0 ? null : Pairs(metadata) })).Id!;

    private async Task<List<string>> FindAsync(params (string Key, MetadataValue Value)[] metadata) =>
        [.. (await _store.Memory.RecallAsync(new() { Query = "red kite", Metadata = Pairs(metadata), MinRelevance = 0, TopK = 10 }, Cancellation)).Memories.Select(m => m.Content)];

    private static Dictionary<string, MetadataValue> Pairs(params (string Key, MetadataValue Value)[] pairs) => pairs.ToDictionary(pair => pair.Key, pair => pair.Value);
}
