using Keepsake.Embedding;
using Keepsake.Engines;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Recall;

/// <summary>Why a record is in an answer, or is not: one test a reason.</summary>
public sealed class RecallWhyTests : IAsyncLifetime
{
    private readonly OpenStore _store = new();
    private string _kite = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _kite = (await _store.RememberAsync(new() { Content = "The kite is red and flies on a string" })).Id!;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Nothing_is_explained_unless_asked() =>
        Assert.Null((await _store.Memory.RecallAsync(new() { Query = "kite" }, Cancellation)).Why);

    [Fact]
    public async Task What_is_in_the_answer_is_named_with_its_place_relevance_and_signals()
    {
        var answer = await AskAsync(new() { Query = "which colour has the kite?", MinRelevance = 0 });

        Assert.Equal((RecallReason.Returned, 1, "It is number 1 of the answer."), (answer.Why!.Reason, answer.Why.Rank, answer.Why.Message));
        Assert.Equal(answer.Memories[0].Relevance, answer.Why.Relevance);
        Assert.Equal(1, answer.Why.Signals!["words"]);
        Assert.Equal(1, answer.Why.Shares!.Values.Sum(), 1e-5);
        Assert.InRange(answer.Why.Shares["words"], 0.2, 0.9);
        Assert.Null(answer.Memories[0].Signals);
    }

    [Fact]
    public async Task An_id_that_the_store_never_had_is_unknown()
    {
        Assert.Equal(RecallReason.Unknown, (await WhyAsync("mem-nobody")).Reason);
        Assert.Equal(RecallReason.Unknown, (await WhyAsync("0000000000000000000#00000000")).Reason);
        await Assert.ThrowsAsync<MemoryException>(() => WhyAsync(""));
    }

    [Fact]
    public async Task What_was_deleted_can_be_restored_and_what_was_erased_is_unknown()
    {
        await _store.Memory.ForgetAsync([_kite], cancellationToken: Cancellation);
        Assert.Equal(RecallReason.Deleted, (await WhyAsync(_kite)).Reason);

        await _store.Memory.ForgetAsync([(await _store.RememberAsync(new() { Content = "another kite" })).Id!], hard: true, cancellationToken: Cancellation);
        Assert.Equal(RecallReason.Unknown, (await WhyAsync("mem-erased")).Reason);
    }

    [Fact]
    public async Task What_has_expired_says_when()
    {
        var id = (await _store.RememberAsync(new() { Content = "a kite for a second", ExpiresAt = _store.Time.GetUtcNow().AddSeconds(1) })).Id!;
        var deleted = (await _store.RememberAsync(new() { Content = "a kite for as long", ExpiresAt = _store.Time.GetUtcNow().AddSeconds(1) })).Id!;
        await _store.Memory.ForgetAsync([deleted], cancellationToken: Cancellation);
        Assert.Equal(RecallReason.Deleted, (await WhyAsync(deleted)).Reason);

        // Soon enough after that upkeep has not erased it yet.
        _store.Time.Advance(TimeSpan.FromSeconds(1));

        var why = await WhyAsync(id);

        Assert.Equal(RecallReason.Expired, why.Reason);
        Assert.Matches("^It expired at [-0-9]+T[:0-9]+Z\\.$", why.Message);
        Assert.Equal(RecallReason.Expired, (await WhyAsync(deleted)).Reason);
    }

    [Fact]
    public async Task What_another_record_replaced_names_that_one()
    {
        await PutAsync("mem-old", r => r with { SupersededBy = "mem-new" });

        var why = await WhyAsync("mem-old");

        Assert.Equal((RecallReason.Superseded, "The record mem-new has taken its place."), (why.Reason, why.Message));
    }

    [Fact]
    public async Task What_lies_elsewhere_says_where()
    {
        var id = (await _store.RememberAsync(new() { Content = "a kite" }, "a/bc")).Id!;

        var why = (await AskAsync(new() { Query = "kite", Namespace = "a/b", Why = id })).Why!;

        Assert.Equal((RecallReason.OutOfScope, "It is in 'a/bc', and the search looked only in and under 'a/b'."), (why.Reason, why.Message));
    }

    [Fact]
    public async Task What_has_not_the_metadata_that_was_asked_for_says_which_key_it_fails_by()
    {
        var metadata = new Dictionary<string, MetadataValue> { ["state"] = MetadataValue.Of("done"), ["year"] = MetadataValue.Of(2026) };
        var id = (await _store.RememberAsync(new() { Content = "a kite of metadata", Metadata = metadata })).Id!;
        Task<RecallAnswer> Ask(string state) => AskAsync(
            new() { Query = "kite", Why = id, MinRelevance = 0, Metadata = new Dictionary<string, MetadataValue> { ["year"] = MetadataValue.Of(2026), ["state"] = MetadataValue.Of(state) } });

        var why = (await Ask("open")).Why!;
        Assert.Equal((RecallReason.FilteredOut, "Its metadata has no 'state' with the value that the search asked for."), (why.Reason, why.Message));
        Assert.Null(why.Rank);
        Assert.Equal(RecallReason.Returned, (await Ask("done")).Why!.Reason);
    }

    [Fact]
    public async Task An_event_is_found_with_a_namespace_and_never_without()
    {
        var without = await _store.Memory.AppendEventAsync(new() { ActorId = "ana", SessionId = "s", Content = "a kite" }, null, Cancellation);
        var with = await _store.Memory.AppendEventAsync(new() { ActorId = "ana", SessionId = "s", Content = "a kite", Namespace = "a/b" }, null, Cancellation);

        Assert.Equal(RecallReason.NotSearched, (await WhyAsync(without.EventId)).Reason);
        Assert.Equal(RecallReason.Returned, (await WhyAsync(with.EventId)).Reason);
    }

    [Fact]
    public async Task What_has_no_embedding_yet_and_no_word_of_the_question_says_so()
    {
        await PutAsync("mem-new", r => r);

        var why = (await AskAsync(new() { Query = "weather", Why = "mem-new", MinRelevance = 0 })).Why!;

        Assert.Equal((RecallReason.NotEmbedded, null, null), (why.Reason, why.Rank, why.Relevance));
        Assert.Contains("no embedding of the present model", why.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_below_the_floor_says_its_relevance_and_its_place_without_a_floor()
    {
        var why = (await AskAsync(new() { Query = "which colour has the kite of Ana's brother?", MinRelevance = 0.99 })).Why!;

        Assert.Equal((RecallReason.BelowFloor, 1), (why.Reason, why.Rank));
        Assert.InRange(why.Relevance!.Value, 0.3, 0.99);
        Assert.EndsWith("is below the floor of 0.99; a lower floor shows it.", why.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ranks_behind_those_that_were_asked_for_says_its_place()
    {
        var last = (await _store.RememberAsync(new() { Content = "A kite" })).Id!;
        await _store.RememberAsync(new() { Content = "The red kite flies high on a string" });

        var why = (await AskAsync(new() { Query = "red kite on a string", TopK = 2, Why = last, MinRelevance = 0 })).Why!;

        Assert.Equal((RecallReason.BeyondTopK, 3, "It is number 3, and 2 were asked for."), (why.Reason, why.Rank, why.Message));
    }

    [Fact]
    public async Task What_did_not_fit_into_the_budget_says_so()
    {
        var why = (await AskAsync(new() { Query = "kite", MaxTokens = 1 })).Why!;

        Assert.Equal((RecallReason.BeyondBudget, 1), (why.Reason, why.Rank));
    }

    [Fact]
    public async Task What_shares_no_word_is_no_match_where_words_are_all_that_is_searched()
    {
        using var none = new Embedder(new EmbeddingOptions { Provider = EmbeddingProvider.None });
        await using var memory = new MemoryStore("default", new ReferenceEngine(_store.Time), none, time: _store.Time);
        var id = (await memory.RememberAsync(new() { Namespace = "a", Facts = [new() { Content = "a kite" }] }, null, Cancellation)).Outcomes[0].Id;

        var why = (await memory.RecallAsync(new() { Query = "weather", MinRelevance = 0, Why = id }, Cancellation)).Why!;

        Assert.Equal((RecallReason.NoMatch, "None of the question's words is in it, and only words were searched."), (why.Reason, why.Message));
        Assert.Null(why.Signals);
    }

    private Task<RecallAnswer> AskAsync(RecallRequest request) => _store.Memory.RecallAsync(request with { Why = request.Why ?? _kite }, Cancellation);

    private async Task<RecallWhy> WhyAsync(string id) => (await AskAsync(new() { Query = "kite", Why = id, MinRelevance = 0 })).Why!;

    private Task<IReadOnlyList<WriteOutcome>> PutAsync(string id, Func<MemoryRecord, MemoryRecord> change) => _store.Engine.UpsertAsync(
        [change(ScriptedMemory.Record(id, "a kite", "a/b"))], null, Cancellation);
}
