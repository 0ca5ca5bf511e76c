using Keepsake.Engines;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public virtual async Task A_record_is_read_back_as_it_was_written_in_every_member()
    {
        var record = Record("Tabs, not spaces: \u0000 \"quoted\" \\ \n 🦊 ﷽ e\u0301", "/Team:A/conventions/", key: "indent €", actor: "a.b@c+d", embedding: [0.6f, -0.8f, float.Epsilon]) with
        {
            Kind = MemoryKind.Preference,
            Tier = MemoryTier.Archive,
            SessionId = "s-1",
            Speaker = "Ann",
            Importance = 0.1,
            Confidence = 1d / 3,
            Metadata = new Dictionary<string, MetadataValue>
            {
                ["text"] = MetadataValue.Of("a\u2028b"),
                ["number"] = MetadataValue.Of(-1.5e-300),
                ["flag"] = MetadataValue.Of(false),
                ["list"] = MetadataValue.Of(["x", "", "é"]),
                [""] = MetadataValue.Of(""),
            },
            Provenance = new() { Source = "README.md", Agent = "claude", Origin = MemoryOrigin.Web, Events = ["0000000000000000001#0000000a"] },
            OccurredAt = new(2020, 2, 29, 23, 59, 59, 999, TimeSpan.Zero),
            ExpiresAt = DateTimeOffset.MaxValue,
            LastRecalledAt = Time.Now,
            SupersededBy = "mem-next",
            Reason = "because",
            Version = 7,
        };

        Assert.Equal(WriteResult.Created, (await OutcomeAsync(record)).Outcome);
        await RestartAsync();

        Assert.Equal(ItemText.Of(record), ItemText.Of(await GetAsync(record.Id)));
        Assert.Equal("/Team:A/conventions/", (await GetAsync(record.Id))!.Namespace.Value);
    }

    [Fact]
    public virtual async Task A_record_written_again_as_it_is_is_unchanged()
    {
        var record = await WriteAsync(Record("once", key: "k"));
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(new() { Id = record.Id, Outcome = WriteResult.Unchanged }, await OutcomeAsync(record));
        Assert.Equal(ItemText.Of(record), ItemText.Of(await GetAsync(record.Id)));
    }

    [Fact]
    public virtual async Task Being_recalled_in_between_does_not_make_a_record_another()
    {
        var record = await WriteAsync(Record("exported before it was recalled"));
        await Engine.MarkRecalledAsync([record.Id], Time.Now, Cancellation);

        Assert.Equal(WriteResult.Unchanged, (await OutcomeAsync(record)).Outcome);
        Assert.Equal(Time.Now, (await GetAsync(record.Id))!.LastRecalledAt);
    }

    [Fact]
    public virtual async Task A_record_with_a_known_id_replaces_it_and_takes_the_next_version()
    {
        var old = await WriteAsync(Record("old"));

        var outcome = await OutcomeAsync(old with { Content = "new", Namespace = MemoryNamespace.Parse("elsewhere") });

        Assert.Equal(new() { Id = old.Id, Outcome = WriteResult.Replaced }, outcome);
        var stored = (await GetAsync(old.Id))!;
        Assert.Equal(("new", "elsewhere", 2), (stored.Content, stored.Namespace.Path, stored.Version));
        Assert.Single(await AllAsync(new()));
    }

    [Fact]
    public virtual async Task A_key_written_again_replaces_within_its_namespace_and_actor()
    {
        var first = await WriteAsync(Record("dark", key: "theme", actor: "alice"));
        Time.Advance(TimeSpan.FromMinutes(1));

        var outcome = await OutcomeAsync(Record("light", key: "theme", actor: "alice"));

        Assert.Equal(new() { Id = first.Id, Outcome = WriteResult.Replaced }, outcome);
        var stored = (await GetAsync(first.Id))!;
        Assert.Equal(("light", first.CreatedAt, Time.Now, 2), (stored.Content, stored.CreatedAt, stored.UpdatedAt, stored.Version));
    }

    [Fact]
    public virtual async Task A_key_is_anothers_in_another_namespace_or_actor()
    {
        await WriteAsync(Record("1", "a", key: "k", actor: "x"));
        await WriteAsync(Record("2", "a/b", key: "k", actor: "x"));
        await WriteAsync(Record("3", "a", key: "k", actor: "y"));
        await WriteAsync(Record("4", "a", key: "k"));
        await WriteAsync(Record("5", "a", key: "K", actor: "x"));
        await WriteAsync(Record("6", "A", key: "k", actor: "x"));

        Assert.Equal(["1", "2", "3", "4", "5", "6"], (await AllAsync(new())).Select(r => r.Content).Order(StringComparer.Ordinal));
    }

    [Fact]
    public virtual async Task The_same_value_under_the_same_key_is_unchanged_however_late_it_is_said_again()
    {
        var first = await WriteAsync(Record("dark", key: "theme"));
        Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(new() { Id = first.Id, Outcome = WriteResult.Unchanged }, await OutcomeAsync(Record("dark", key: "theme")));
        Assert.Equal(ItemText.Of(first), ItemText.Of(await GetAsync(first.Id)));
    }

    [Fact]
    public virtual async Task Equal_content_without_a_key_merges_the_greater_importance_and_the_united_metadata()
    {
        var first = await WriteAsync(Record("same words", actor: "x") with
        {
            Importance = 0.9,
            Confidence = 0.2,
            Reason = "old reason",
            Metadata = new Dictionary<string, MetadataValue> { ["kept"] = MetadataValue.Of(1), ["both"] = MetadataValue.Of("old") },
        });
        Time.Advance(TimeSpan.FromMinutes(1));

        var outcome = await OutcomeAsync(Record("same words", actor: "x") with
        {
            Importance = 0.3,
            Confidence = 0.8,
            Reason = "new reason",
            Metadata = new Dictionary<string, MetadataValue> { ["added"] = MetadataValue.Of(true), ["both"] = MetadataValue.Of("new") },
        });

        Assert.Equal(new() { Id = first.Id, Outcome = WriteResult.Merged, MergedInto = first.Id }, outcome);
        var stored = (await GetAsync(first.Id))!;
        Assert.Equal((0.9, 0.8, "new reason", first.CreatedAt, Time.Now, 2), (stored.Importance, stored.Confidence, stored.Reason, stored.CreatedAt, stored.UpdatedAt, stored.Version));
        Assert.Equal(
            new Dictionary<string, MetadataValue> { ["kept"] = MetadataValue.Of(1), ["both"] = MetadataValue.Of("new"), ["added"] = MetadataValue.Of(true) },
            stored.Metadata!.ToDictionary());
    }

    [Fact]
    public virtual async Task Merging_never_gives_more_metadata_than_a_record_may_have()
    {
        await WriteAsync(Record("full") with { Metadata = Enumerable.Range(0, MemoryRecord.MaxMetadataEntries).ToDictionary(i => $"old {i}", i => MetadataValue.Of(i)) });

        var stored = await WriteAsync(Record("full") with
        {
            Metadata = new Dictionary<string, MetadataValue> { ["old 0"] = MetadataValue.Of("newer"), ["one more"] = MetadataValue.Of(1) },
        });

        Assert.Equal(MemoryRecord.MaxMetadataEntries, stored.Metadata!.Count);
        Assert.Equal(MetadataValue.Of("newer"), stored.Metadata["old 0"]);
    }

    [Fact]
    public virtual async Task Merging_twice_changes_nothing_the_second_time()
    {
        var first = await WriteAsync(Record("said often"));
        List<MemoryChange> told = [];
        Engine.Observe(told.Follow);

        Assert.Equal(WriteResult.Merged, (await OutcomeAsync(Record("said often"))).Outcome);

        Assert.Equal(ItemText.Of(first), ItemText.Of(await GetAsync(first.Id)));
        Assert.Empty(told);
    }

    [Theory]
    [InlineData("same words", "code/notes", "other")]
    [InlineData("same words", "code/notes/deep", null)]
    [InlineData("Same words", "code/notes", null)]
    [InlineData("same words ", "code/notes", null)]
    public virtual async Task Equal_content_elsewhere_or_nearly_equal_content_stays_apart(string content, string @namespace, string? actor)
    {
        await WriteAsync(Record("same words"));

        Assert.Equal(WriteResult.Created, (await OutcomeAsync(Record(content, @namespace, actor: actor))).Outcome);
        Assert.Equal(2, (await AllAsync(new())).Count);
    }

    [Fact]
    public virtual async Task A_namespace_with_and_without_its_outer_slashes_is_one()
    {
        var first = await WriteAsync(Record("same words", "a/b"));

        Assert.Equal(first.Id, (await OutcomeAsync(Record("same words", "/a/b/"))).MergedInto);
    }

    [Fact]
    public virtual async Task A_keyed_record_and_one_of_its_content_without_a_key_stay_apart()
    {
        await WriteAsync(Record("same words", key: "k"));

        Assert.Equal(WriteResult.Created, (await OutcomeAsync(Record("same words"))).Outcome);
    }

    [Fact]
    public virtual async Task What_has_expired_is_not_merged_into_but_replaced()
    {
        var merged = await WriteAsync(Record("short-lived") with { Importance = 1, ExpiresAt = Time.Now.AddMinutes(1) });
        var keyed = await WriteAsync(Record("short-lived", key: "k") with { ExpiresAt = Time.Now.AddMinutes(1) });
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(WriteResult.Replaced, (await OutcomeAsync(Record("short-lived"))).Outcome);
        Assert.Equal(WriteResult.Replaced, (await OutcomeAsync(Record("long-lived", key: "k"))).Outcome);

        Assert.Equal((0.5, Time.Now), await ValuesAsync(merged.Id));
        Assert.Equal((0.5, Time.Now), await ValuesAsync(keyed.Id));

        async Task<(double, DateTimeOffset)> ValuesAsync(string id) => ((await GetAsync(id))!.Importance, (await GetAsync(id))!.CreatedAt);
    }

    [Fact]
    public virtual async Task Within_one_batch_later_records_meet_earlier_ones()
    {
        var outcomes = await Engine.UpsertAsync(
            [Record("a", id: "mem-1"), Record("a", id: "mem-2"), Record("v1", key: "k", id: "mem-3"), Record("v2", key: "k", id: "mem-4"), Record("b", id: "mem-1")],
            null,
            Cancellation);

        Assert.Equal([WriteResult.Created, WriteResult.Merged, WriteResult.Created, WriteResult.Replaced, WriteResult.Replaced], outcomes.Select(o => o.Outcome));
        Assert.Equal(["mem-1", "mem-1", "mem-3", "mem-3", "mem-1"], outcomes.Select(o => o.Id));
        Assert.Equal(["b", "v2"], (await AllAsync(new())).Select(r => r.Content));
    }

    [Fact]
    public virtual async Task A_replacement_that_meets_another_record_is_refused_and_its_neighbours_are_written()
    {
        await WriteAsync(Record("held", key: "k"));
        await WriteAsync(Record("words"));
        var other = await WriteAsync(Record("other"));

        var outcomes = await Engine.UpsertAsync(
            [Record("before"), other with { Key = "k" }, other with { Content = "words" }, Record("after")], null, Cancellation);

        Assert.Equal([WriteResult.Created, WriteResult.Refused, WriteResult.Refused, WriteResult.Created], outcomes.Select(o => o.Outcome));
        Assert.All(outcomes.Where(o => o.Error is not null), o => Assert.Equal("conflict", o.Error!.Code));
        Assert.Equal(ItemText.Of(other), ItemText.Of(await GetAsync(other.Id)));
        Assert.Equal(["held", "words", "other", "before", "after"], (await AllAsync(new())).Select(r => r.Content));
    }

    [Fact]
    public virtual async Task A_full_batch_is_written()
    {
        var batch = Enumerable.Range(0, Engine.Capabilities.MaxBatchSize).Select(i => Record($"fact {i}")).ToList();

        var outcomes = await Engine.UpsertAsync(batch, null, Cancellation);

        Assert.Equal(batch.Select(r => r.Id), outcomes.Select(o => o.Id));
        Assert.Equal(batch.Select(r => r.Content), (await AllAsync(new())).Select(r => r.Content));
    }

    [Fact]
    public virtual async Task A_token_seen_again_gives_the_first_answer_and_writes_nothing()
    {
        var token = new WriteToken("call 1", "hash 1");
        var first = await Engine.UpsertAsync([Record("a", id: "mem-1"), Record("a", id: "mem-2")], token, Cancellation);
        await Engine.DeleteAsync(["mem-1"], Hard(), Cancellation);
        await RestartAsync();

        var again = await Engine.UpsertAsync([Record("a", id: "mem-3"), Record("a", id: "mem-4")], token, Cancellation);

        Assert.Equal(ItemText.Of(first), ItemText.Of(again));
        Assert.Empty(await AllAsync(new()));
    }

    [Fact]
    public virtual async Task A_token_of_another_write_is_a_conflict_and_writes_nothing()
    {
        await Engine.UpsertAsync([Record("a")], new("call 1", "hash 1"), Cancellation);
        await RestartAsync();

        var conflict = await Assert.ThrowsAsync<MemoryException>(() => Engine.UpsertAsync([Record("b")], new("call 1", "hash 2"), Cancellation));

        Assert.Equal(MemoryErrorCode.Conflict, conflict.Code);
        Assert.Equal(["a"], (await AllAsync(new())).Select(r => r.Content));
    }

    [Fact]
    public virtual async Task Tokens_are_told_apart_by_every_character()
    {
        await Engine.UpsertAsync([Record("a")], new("call", "1"), Cancellation);
        await Engine.UpsertAsync([Record("b")], new("Call", "2"), Cancellation);
        await Engine.UpsertAsync([Record("c")], new("call ", "3"), Cancellation);
        await Engine.UpsertAsync([Record("d")], new("call\u00A0", "4"), Cancellation);

        Assert.Equal(4, (await AllAsync(new())).Count);
    }

    [Fact]
    public virtual async Task Two_calls_with_one_token_at_once_write_once()
    {
        var token = new WriteToken("race", "hash");

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            Task.Run(() => Engine.AppendAsync([Event("once", id: $"1#{i}")], 10, token, Cancellation), Cancellation)));

        Assert.Single(answers.Select(ItemText.Of).Distinct());
        Assert.Single(await AllEventsAsync(new()));
    }

    [Fact]
    public virtual async Task Replacing_at_the_version_that_is_there_gives_the_next_one()
    {
        var record = await WriteAsync(Record("old"));

        var replaced = await Engine.ReplaceAsync(record with { Content = "new", Version = 50 }, record.Version, null, Cancellation);

        Assert.Equal(("new", 2), (replaced!.Content, replaced.Version));
        Assert.Equal(ItemText.Of(replaced), ItemText.Of(await GetAsync(record.Id)));
    }

    [Fact]
    public virtual async Task Replacing_at_another_version_or_what_is_gone_changes_nothing()
    {
        var record = await WriteAsync(Record("old"));

        Assert.Null(await Engine.ReplaceAsync(record with { Content = "new" }, 2, null, Cancellation));
        Assert.Null(await Engine.ReplaceAsync(record with { Content = "new" }, 0, null, Cancellation));
        Assert.Null(await Engine.ReplaceAsync(Record("nobody"), 1, null, Cancellation));
        Assert.Equal("old", (await GetAsync(record.Id))!.Content);
    }

    [Fact]
    public virtual async Task Replacing_into_anothers_key_or_content_is_a_conflict_and_changes_nothing()
    {
        await WriteAsync(Record("keyed", key: "k"));
        await WriteAsync(Record("words"));
        var record = await WriteAsync(Record("mine"));

        foreach (var wanted in (MemoryRecord[])[record with { Key = "k" }, record with { Content = "words" }])
        {
            var conflict = await Assert.ThrowsAsync<MemoryException>(() => Engine.ReplaceAsync(wanted, record.Version, null, Cancellation));
            Assert.Equal(MemoryErrorCode.Conflict, conflict.Code);
        }

        Assert.Equal(ItemText.Of(record), ItemText.Of(await GetAsync(record.Id)));
    }

    [Fact]
    public virtual async Task Of_many_who_replace_one_version_only_one_succeeds()
    {
        var record = await WriteAsync(Record("contended"));

        var replaced = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            Task.Run(() => Engine.ReplaceAsync(record with { Content = $"by {i}" }, record.Version, null, Cancellation), Cancellation)));

        var won = Assert.Single(replaced, r => r is not null);
        Assert.Equal(won!.Content, (await GetAsync(record.Id))!.Content);
    }

    [Fact]
    public virtual async Task A_soft_deletion_hides_a_record_keeps_it_and_frees_its_place()
    {
        var record = await WriteAsync(Record("kept", key: "k") with { Reason = "written" });
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, await Engine.DeleteAsync([record.Id], Soft("wrong"), Cancellation));
        await RestartAsync();

        Assert.Null(await GetAsync(record.Id));
        Assert.Empty(await AllAsync(new()));
        var kept = (await Engine.GetDeletedAsync(record.Id, Cancellation))!;
        Assert.Equal(("kept", Time.Now, "wrong", 2), (kept.Content, kept.DeletedAt, kept.Reason, kept.Version));
        Assert.Equal(0, await Engine.DeleteAsync([record.Id], Soft(), Cancellation));
        Assert.Equal(WriteResult.Created, (await OutcomeAsync(Record("taken", key: "k"))).Outcome);
    }

    [Fact]
    public virtual async Task A_deleted_record_comes_back_as_it_was_unless_its_place_is_taken()
    {
        var record = await WriteAsync(Record("back", key: "k"));
        await Engine.DeleteAsync([record.Id], Soft(), Cancellation);
        var deleted = (await Engine.GetDeletedAsync(record.Id, Cancellation))!;

        var restored = await Engine.ReplaceAsync(deleted with { DeletedAt = null }, deleted.Version, null, Cancellation);

        Assert.Equal(ItemText.Of(record with { Version = 3 }), ItemText.Of(restored));
        Assert.Equal(ItemText.Of(restored), ItemText.Of(await GetAsync(record.Id)));
        Assert.Null(await Engine.GetDeletedAsync(record.Id, Cancellation));

        await Engine.DeleteAsync([record.Id], Soft(), Cancellation);
        await WriteAsync(Record("in its place", key: "k"));
        deleted = (await Engine.GetDeletedAsync(record.Id, Cancellation))!;
        var conflict = await Assert.ThrowsAsync<MemoryException>(() => Engine.ReplaceAsync(deleted with { DeletedAt = null }, deleted.Version, null, Cancellation));
        Assert.Equal(MemoryErrorCode.Conflict, conflict.Code);
    }

    [Fact]
    public virtual async Task A_hard_deletion_erases_also_what_was_deleted_before()
    {
        var live = await WriteAsync(Record("live"));
        var deleted = await WriteAsync(Record("deleted"));
        await AppendAsync(Event("event", id: "1#1"));
        await Engine.DeleteAsync([deleted.Id], Soft(), Cancellation);

        Assert.Equal(3, await Engine.DeleteAsync([live.Id, deleted.Id, "1#1", "mem-nobody", live.Id], Hard(), Cancellation));

        Assert.Null(await GetAsync(live.Id));
        Assert.Null(await Engine.GetDeletedAsync(live.Id, Cancellation));
        Assert.Null(await Engine.GetDeletedAsync(deleted.Id, Cancellation));
        Assert.Null(await GetEventAsync("1#1"));
        Assert.Equal(0, await Engine.DeleteAsync([live.Id, deleted.Id, "1#1"], Hard(), Cancellation));
    }

    [Fact]
    public virtual async Task Reading_many_ids_answers_in_their_order_with_nothing_where_there_is_none()
    {
        var one = await WriteAsync(Record("one"));
        var two = await WriteAsync(Record("two") with { ExpiresAt = Time.Now.AddDays(-1) });
        var gone = await WriteAsync(Record("gone"));
        await Engine.DeleteAsync([gone.Id], Soft(), Cancellation);

        var found = await Engine.GetAsync([two.Id, "mem-nobody", gone.Id, one.Id, one.Id], Cancellation);

        Assert.Equal(["two", null, null, "one", "one"], found.Select(r => r?.Content));
        Assert.Null(await Engine.GetDeletedAsync(one.Id, Cancellation));
        Assert.Null(await Engine.GetDeletedAsync("mem-nobody", Cancellation));
    }

    [Fact]
    public virtual async Task An_embedding_is_set_only_on_the_version_that_was_embedded()
    {
        var current = await WriteAsync(Record("current"));
        var changed = await WriteAsync(Record("changed", key: "k"));
        await WriteAsync(Record("changed since", key: "k"));
        var deleted = await WriteAsync(Record("deleted"));
        await Engine.DeleteAsync([deleted.Id], Soft(), Cancellation);
        await AppendAsync(Event("event", id: "1#1", @namespace: "a"));
        List<MemoryChange> told = [];
        Engine.Observe(told.Follow);

        var set = await Engine.SetEmbeddingsAsync(
            [
                new(current.Id, 1, "model", new float[] { 1, 2 }), new(changed.Id, 1, "model", new float[] { 3, 4 }),
                new(deleted.Id, 1, "model", new float[] { 5, 6 }), new("1#1", 1, "model", new float[] { 7, 8 }), new("mem-nobody", 1, "model", new float[] { 9 }),
            ],
            Cancellation);

        Assert.Equal(2, set);
        Assert.Equal([current.Id, "1#1"], told.Select(c => c.Id));
        Assert.Equal(new List<float> { 1, 2 }, (await GetAsync(current.Id))!.Embedding.ToArray());
        Assert.Equal("model", (await GetAsync(current.Id))!.EmbeddingModel);
        Assert.Equal(1, (await GetAsync(current.Id))!.Version);
        Assert.True((await GetAsync(changed.Id))!.Embedding.IsEmpty);
        Assert.Equal(new List<float> { 7, 8 }, (await GetEventAsync("1#1"))!.Embedding.ToArray());
    }

    [Fact]
    public virtual async Task Being_recalled_is_noted_and_leaves_the_version()
    {
        var record = await WriteAsync(Record("useful"));
        Time.Advance(TimeSpan.FromHours(1));

        await Engine.MarkRecalledAsync(["mem-nobody", record.Id], Time.Now, Cancellation);

        Assert.Equal(ItemText.Of(record with { LastRecalledAt = Time.Now }), ItemText.Of(await GetAsync(record.Id)));
    }
}
