using Keepsake.Embedding;
using Keepsake.Tests.Support;

namespace Keepsake.Tests;

/// <summary>What a store promises whoever keeps it.</summary>
public sealed class MemoryStoreTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_search_sees_every_write_that_was_acknowledged_before_it_began()
    {
        await using var store = new OpenStore();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    var name = $"zebra{writer}x{i}";
                    var outcome = await store.RememberAsync(new() { Content = $"The codename {name} means something" });
                    var found = await store.Memory.RecallAsync(new() { Query = name, TopK = 1, MinRelevance = 0 }, Cancellation);

                    Assert.Equal(outcome.Id, Assert.Single(found.Memories).Id);
                }
            },
            Cancellation)));
    }

    [Fact]
    public async Task The_same_write_with_the_same_token_happens_once_and_another_with_it_is_a_conflict()
    {
        await using var store = new OpenStore();
        var input = new EventInput { ActorId = "ana", SessionId = "s", Content = "it happened" };

        var first = await store.Memory.AppendEventAsync(input, "token", Cancellation);
        store.Time.Advance(TimeSpan.FromSeconds(5));
        var again = await store.Memory.AppendEventAsync(input, "token", Cancellation);
        var without = await store.Memory.AppendEventAsync(input, null, Cancellation);
        var error = await Assert.ThrowsAsync<MemoryException>(
            () => store.Memory.AppendEventAsync(input with { Content = "something else" }, "token", Cancellation));

        Assert.Equal(first.EventId, again.EventId);
        Assert.NotEqual(first.EventId, without.EventId);
        Assert.Equal(MemoryErrorCode.Conflict, error.Code);
        Assert.Equal(2, (await store.Memory.ListEventsAsync(new() { ActorId = "ana", SessionId = "s" }, Cancellation)).Count);
    }

    [Fact]
    public async Task A_forgotten_record_is_gone_from_every_answer_until_it_is_restored()
    {
        await using var store = new OpenStore();
        var id = (await store.RememberAsync(new() { Content = "Releases go out on Tuesdays", Key = "release day" })).Id!;

        Assert.Equal(1, (await store.Memory.ForgetAsync([id, "mem-unknown"], false, "wrong", cancellationToken: Cancellation)).Deleted);

        await Assert.ThrowsAsync<MemoryException>(() => store.Memory.GetAsync(id, Cancellation));
        Assert.Empty((await store.Memory.ListAsync(new(), Cancellation)).Items);
        Assert.Empty((await store.Memory.RecallAsync(new() { Query = "release day", MinRelevance = 0 }, Cancellation)).Memories);
        Assert.Equal("Releases go out on Tuesdays", (await store.Memory.RestoreAsync(id, cancellationToken: Cancellation)).Content);
        Assert.Equal(id, Assert.Single((await store.Memory.RecallAsync(new() { Query = "releases", MinRelevance = 0 }, Cancellation)).Memories).Id);
    }

    [Fact]
    public async Task A_forgotten_event_does_not_come_back_and_that_is_said()
    {
        await using var store = new OpenStore();
        var id = (await store.Memory.AppendEventAsync(new() { ActorId = "ana", SessionId = "s", Content = "it happened" }, null, Cancellation)).EventId;
        await store.Memory.ForgetAsync([id], false, null, cancellationToken: Cancellation);

        var error = await Assert.ThrowsAsync<MemoryException>(() => store.Memory.RestoreAsync(id, cancellationToken: Cancellation));

        Assert.Equal((MemoryErrorCode.NotFound, "This is the id of an event. A forgotten event does not come back; only records do."), (error.Code, error.Message));
    }

    [Fact]
    public async Task An_expired_record_does_not_come_back_and_that_is_said()
    {
        await using var store = new OpenStore();
        var id = (await store.RememberAsync(new() { Content = "The offer stands", ExpiresAt = store.Time.Now.AddHours(1) })).Id!;
        await store.Memory.ForgetAsync([id], false, null, cancellationToken: Cancellation);
        store.Time.Jump(TimeSpan.FromHours(2));

        var error = await Assert.ThrowsAsync<MemoryException>(() => store.Memory.RestoreAsync(id, cancellationToken: Cancellation));

        Assert.Equal(MemoryErrorCode.NotFound, error.Code);
        Assert.StartsWith("The record expired at 2026-01-01T01:00:00Z", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forgotten_record_comes_back_as_long_as_it_is_kept_and_not_a_moment_longer()
    {
        await using var store = new OpenStore(new() { DeletedRetention = TimeSpan.FromDays(2) });
        var id = (await store.RememberAsync(new() { Content = "The offer stands" })).Id!;
        await store.Memory.ForgetAsync([id], false, null, cancellationToken: Cancellation);
        store.Time.Jump(TimeSpan.FromDays(2) - TimeSpan.FromTicks(1));
        Assert.Equal(id, (await store.Memory.RestoreAsync(id, cancellationToken: Cancellation)).Id);
        await store.Memory.ForgetAsync([id], false, null, cancellationToken: Cancellation);
        store.Time.Jump(TimeSpan.FromDays(2));

        var error = await Assert.ThrowsAsync<MemoryException>(() => store.Memory.RestoreAsync(id, cancellationToken: Cancellation));

        Assert.Equal(MemoryErrorCode.NotFound, error.Code);
        Assert.StartsWith("The record was forgotten longer ago than", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fact_that_ends_in_the_past_is_refused_and_replaces_nothing()
    {
        await using var store = new OpenStore();
        var id = (await store.RememberAsync(new() { Content = "The offer stands", Key = "offer" })).Id!;

        var refused = await store.RememberAsync(new() { Content = "The offer is gone", Key = "offer", ExpiresAt = store.Time.Now });
        var later = await store.RememberAsync(new() { Content = "Soon over", ExpiresAt = store.Time.Now.AddTicks(1) });

        Assert.Equal((WriteResult.Refused, "invalid_request"), (refused.Outcome, refused.Error!.Code));
        Assert.Contains("in the past", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(WriteResult.Created, later.Outcome);
        Assert.Equal("The offer stands", (await store.Memory.GetAsync(id, Cancellation)).Content);
    }

    [Theory]
    [InlineData("\u200b\u2060"), InlineData("\0"), InlineData(" \u202e\n\ufeff"), InlineData("\U000e0041")]
    public async Task Content_that_nobody_can_see_is_refused_and_comes_back_from_an_export_all_the_same(string content)
    {
        await using var store = new OpenStore();
        await store.RememberAsync(new() { Content = "seen" });
        var exported = (MemoryRecord)Assert.Single((await store.Memory.ExportAsync(null, null, Cancellation)).Items);

        var refused = await store.RememberAsync(new() { Content = content });
        var happened = await Assert.ThrowsAsync<MemoryException>(
            () => store.Memory.AppendEventAsync(new() { ActorId = "a", SessionId = "s", Content = content }, null, Cancellation));

        Assert.Contains("nobody can see", refused.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(MemoryErrorCode.InvalidRequest, happened.Code);
        Assert.Null(Assert.Single(await store.Memory.ImportAsync([exported with { Id = "mem-unseen", Content = content }], Cancellation)).Error);
        Assert.Equal(WriteResult.Created, (await store.RememberAsync(new() { Content = "👍" })).Outcome);
    }

    [Fact]
    public async Task A_change_does_not_end_a_record_in_the_past()
    {
        await using var store = new OpenStore();
        var id = (await store.RememberAsync(new() { Content = "The offer stands" })).Id!;

        var error = await Assert.ThrowsAsync<MemoryException>(() => store.Memory.UpdateAsync(id, new() { ExpiresAt = store.Time.Now }, null, cancellationToken: Cancellation));
        await store.Memory.UpdateAsync(id, new() { ExpiresAt = store.Time.Now.AddTicks(1) }, null, cancellationToken: Cancellation);
        var forever = await store.Memory.UpdateAsync(id, new() { ExpiresAt = (DateTimeOffset?)null }, null, cancellationToken: Cancellation);

        Assert.Equal(MemoryErrorCode.InvalidRequest, error.Code);
        Assert.Null(forever.ExpiresAt);
    }

    [Fact]
    public async Task A_version_that_is_past_changes_nothing()
    {
        await using var store = new OpenStore();
        var id = (await store.RememberAsync(new() { Content = "one" })).Id!;
        var second = await store.Memory.UpdateAsync(id, new() { Content = "two" }, 1, cancellationToken: Cancellation);

        var error = await Assert.ThrowsAsync<MemoryException>(() => store.Memory.UpdateAsync(id, new() { Content = "three" }, 1, cancellationToken: Cancellation));

        Assert.Equal(MemoryErrorCode.PreconditionFailed, error.Code);
        Assert.Equal(("two", 2L), (second.Content, second.Version));
        Assert.Equal("two", (await store.Memory.GetAsync(id, Cancellation)).Content);
    }

    [Fact]
    public async Task What_has_expired_is_not_returned_and_comes_back_when_the_clock_does()
    {
        await using var store = new OpenStore();
        var id = (await store.RememberAsync(new() { Content = "The offer stands", ExpiresAt = store.Time.Now.AddHours(1) })).Id!;

        store.Time.Jump(TimeSpan.FromDays(3_650));
        await Assert.ThrowsAsync<MemoryException>(() => store.Memory.GetAsync(id, Cancellation));
        Assert.Empty((await store.Memory.RecallAsync(new() { Query = "offer", MinRelevance = 0 }, Cancellation)).Memories);

        store.Time.Jump(-TimeSpan.FromDays(3_650));
        Assert.Equal(id, (await store.Memory.GetAsync(id, Cancellation)).Id);
    }

    [Fact]
    public async Task The_event_beyond_the_most_a_session_keeps_removes_its_oldest_and_says_so()
    {
        await using var store = new OpenStore(new() { MaxEventsPerSession = 3 });
        var input = new EventInput { ActorId = "ana", SessionId = "s", Content = "event" };
        for (var i = 0; i < 3; i++)
        {
            Assert.Null((await store.Memory.AppendEventAsync(input with { Content = $"event {i}" }, null, Cancellation)).Trimmed);
        }

        Assert.Equal(1, (await store.Memory.AppendEventAsync(input with { Content = "event 3" }, null, Cancellation)).Trimmed);
        Assert.Equal(
            ["event 1", "event 2", "event 3"],
            (await store.Memory.ListEventsAsync(new() { ActorId = "ana", SessionId = "s" }, Cancellation)).Events.Select(e => e.Content));
    }

    [Fact]
    public async Task Event_ids_stay_apart_though_the_clock_stands_still_or_goes_back()
    {
        await using var store = new OpenStore();
        HashSet<string> ids = [];
        for (var i = 0; i < 200; i++)
        {
            ids.Add((await store.Memory.AppendEventAsync(new() { ActorId = "ana", SessionId = "s", Content = "x" }, null, Cancellation)).EventId);
            if (i % 50 == 0)
            {
                store.Time.Jump(-TimeSpan.FromHours(1));
            }
        }

        Assert.Equal(200, ids.Count);
        Assert.All(ids, id => Assert.Matches("^[0-9]{19}#[0-9a-f]{8}$", id));
    }

    [Fact]
    public async Task An_export_imported_elsewhere_gives_the_same_export()
    {
        await using var from = new OpenStore();
        await from.Memory.RememberAsync(
            new()
            {
                Namespace = "/codebase/patterns/",
                Source = "review 12",
                Facts =
                [
                    new() { Content = "Errors carry codes", Key = "errors", Importance = 0.9, Metadata = new Dictionary<string, MetadataValue> { ["n"] = MetadataValue.Of(1.5), ["s"] = MetadataValue.Of(["a", "b"]), ["t"] = MetadataValue.Of(true) } },
                    new() { Content = string.Join(' ', Enumerable.Repeat("A long text of several passages.", 40)), ActorId = "ana@example.com", SessionId = "s1", Speaker = "Ana", Kind = MemoryKind.Episode },
                ],
            },
            null,
            Cancellation);
        await from.Memory.AppendEventAsync(new() { ActorId = "ana", SessionId = "s", Content = "said", Role = "user", Namespace = "agents/a", Branch = "b" }, null, Cancellation);
        await from.Memory.AppendEventAsync(new() { ActorId = "ana", SessionId = "s", Content = "said again" }, null, Cancellation);
        var exported = await ExportAsync(from.Memory);

        await using var to = new OpenStore();
        var outcomes = await to.Memory.ImportAsync(exported, Cancellation);
        var again = await to.Memory.ImportAsync(exported, Cancellation);

        Assert.All(outcomes, outcome => Assert.Equal(WriteResult.Created, outcome.Outcome));
        Assert.All(again, outcome => Assert.Equal(WriteResult.Unchanged, outcome.Outcome));
        Assert.Equal(exported.Select(ItemText.Of), (await ExportAsync(to.Memory)).Select(ItemText.Of));
    }

    [Fact]
    public async Task Every_preference_is_listed_and_found_by_its_key_however_many_there_are()
    {
        await using var store = new OpenStore();
        const int Count = 1_003;
        foreach (var some in Enumerable.Range(0, Count).Chunk(1_000))
        {
            await store.Memory.RememberAsync(
                new() { Namespace = "preferences/user/mu", Facts = [.. some.Select(i => new MemoryFact { Content = $"value {i}", Key = $"key {i}", ActorId = "mu" })] },
                null,
                Cancellation);
        }

        var answer = await store.Memory.GetPreferencesAsync("mu", null, Cancellation);
        var last = await store.Memory.GetPreferenceAsync("mu", $"key {Count - 1}", null, Cancellation);
        var error = await Assert.ThrowsAsync<MemoryException>(() => store.Memory.GetPreferenceAsync("mu", "KEY 1", null, Cancellation));

        Assert.Equal((Count, Count), (answer.Count, answer.Preferences.Select(p => p.Key).Distinct().Count()));
        Assert.Equal($"value {Count - 1}", last.Content);
        Assert.Equal(MemoryErrorCode.NotFound, error.Code);
    }

    [Theory]
    [InlineData("preferences/user/mu", "tea", null, MemoryKind.Preference)]
    [InlineData("/preferences/user/mu/kitchen/", "tea", null, MemoryKind.Preference)]
    [InlineData("preferences/user/mu", "tea", MemoryKind.Episode, MemoryKind.Episode)]
    [InlineData("preferences/user/mu", null, null, MemoryKind.Fact)]
    [InlineData("preferences/project", "tea", null, MemoryKind.Fact)]
    [InlineData("preferences/users/mu", "tea", null, MemoryKind.Fact)]
    public async Task What_has_a_key_among_a_users_preferences_is_one(string place, string? key, MemoryKind? said, MemoryKind kind)
    {
        await using var store = new OpenStore();

        var id = (await store.RememberAsync(new() { Content = "drinks tea", Key = key, Kind = said, ActorId = "mu" }, place)).Id!;

        Assert.Equal(kind, (await store.Memory.GetAsync(id, Cancellation)).Kind);
        Assert.Equal(kind == MemoryKind.Preference ? 1 : 0, (await store.Memory.GetPreferencesAsync("mu", null, Cancellation)).Count);
    }

    [Theory]
    [InlineData("C#")]
    [InlineData("it's")]
    [InlineData("a OR b)")]
    [InlineData("\"")]
    [InlineData("NEAR( \" ) * ^ -x: 😀 \u202e")]
    public async Task Hostile_questions_are_answered(string question)
    {
        await using var store = new OpenStore();
        await store.RememberAsync(new() { Content = "C# is what it's written in" });

        var one = await store.Memory.RecallAsync(new() { Query = question }, Cancellation);
        var long_ = await store.Memory.RecallAsync(
            new() { Query = string.Concat(Enumerable.Repeat(question + " ", 16_000))[..RecallRequest.MaxQueryLength] }, Cancellation);

        Assert.Equal(one.Count, one.Memories.Count);
        Assert.Equal(long_.Count, long_.Memories.Count);
    }

    [Fact]
    public async Task Without_a_model_search_goes_by_words_and_says_so_and_what_was_written_is_embedded_later()
    {
        var time = new ManualTime();
        await using var engine = new Engines.ReferenceEngine(time);
        using (var none = new Embedder(new EmbeddingOptions { Provider = EmbeddingProvider.None }))
        {
            await using var without = new MemoryStore("default", engine, none, null, time);
            await without.RememberAsync(new() { Namespace = "a", Facts = [new() { Content = "The database listens on port 5432" }] }, null, Cancellation);
            var found = await without.RecallAsync(new() { Query = "database port" }, Cancellation);

            Assert.Equal(RecallAnswer.LexicalOnly, found.Search);
            Assert.Single(found.Memories);
            Assert.Equal(RecallAnswer.LexicalOnly, (await without.StatusAsync(Cancellation)).Search);
        }

        using var builtIn = new Embedder(new EmbeddingOptions());
        await using var with = new MemoryStore("default", engine, builtIn, null, time);
        Assert.Equal(RecallAnswer.Hybrid, (await with.RecallAsync(new() { Query = "database port" }, Cancellation)).Search);
        await with.EmbedMissingAsync(Cancellation);

        var record = Assert.IsType<MemoryRecord>(Assert.Single(await ExportAsync(with)));
        Assert.Equal("keepsake-en-1", record.EmbeddingModel);
        Assert.Equal(256, record.Embedding.Length);
    }

    private static async Task<List<MemoryItem>> ExportAsync(MemoryStore memory)
    {
        List<MemoryItem> items = [];
        string? cursor = null;
        do
        {
            var page = await memory.ExportAsync(null, cursor, Cancellation);
            items.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return items;
    }
}
