using System.Text.Json;
using Keepsake.Server.Http;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Ownership;

/// <summary>Through the owner's socket everything is as it is in the owner's own process.</summary>
public sealed class RemoteMemoryStoresTests(OwnerSocket owner) : IClassFixture<OwnerSocket>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IMemory Remote => owner.Remote["default"];

    private IMemory Direct => owner.Direct["default"];

    [Fact]
    public async Task A_person_is_believed_there_and_a_source_is_forgotten()
    {
        var request = new RememberRequest { Namespace = "remote/sources", Facts = [new() { Content = "said by a person" }], Origin = MemoryOrigin.User, Source = "a page" };
        var id = (await Remote.RememberAsync(request, cancellationToken: Cancellation)).Outcomes[0].Id!;

        Assert.Equal(MemoryTrust.High, (await Direct.GetAsync(id, Cancellation)).Trust);
        Assert.Equal(new(true, true, 1, 0, 0), await Remote.ForgetSourceAsync("a page", false, dryRun: true, null, cancellationToken: Cancellation));
        Assert.Equal(new(true, false, 1, 0, 0), await Remote.ForgetSourceAsync("a page", true, false, "why not", cancellationToken: Cancellation));
        await Assert.ThrowsAsync<MemoryException>(() => Direct.GetAsync(id, Cancellation));
    }

    [Fact]
    public async Task Records_are_written_there_and_read_alike_here_and_there()
    {
        var answer = await Remote.RememberAsync(
            new()
            {
                Namespace = "remote/records",
                Facts =
                [
                    new() { Content = "Ä plain fact, with 👩‍👩‍👧 and \0" },
                    new()
                    {
                        Content = "A full fact", Key = "k/1", Kind = MemoryKind.Preference, ActorId = "org/ada@example.org", SessionId = "s-1", Speaker = "Ada",
                        Importance = 0.25, Confidence = 0.75, Reason = "because", OccurredAt = DateTimeOffset.UnixEpoch, ExpiresAt = new(2999, 1, 1, 0, 0, 0, default),
                        Metadata = new Dictionary<string, MetadataValue>
                        {
                            ["text"] = MetadataValue.Of("ß"), ["number"] = MetadataValue.Of(1.5), ["flag"] = MetadataValue.Of(true), ["list"] = MetadataValue.Of(["a", "b"]),
                        },
                    },
                    new() { Content = "" },
                ],
                Source = "a file",
                Agent = "a test",
            },
            cancellationToken: Cancellation);

        Assert.Equal([WriteResult.Created, WriteResult.Created, WriteResult.Refused], answer.Outcomes.Select(o => o.Outcome));
        foreach (var id in answer.Outcomes.Where(o => o.Id is not null).Select(o => o.Id!))
        {
            Equal(await Direct.GetAsync(id, Cancellation), await Remote.GetAsync(id, Cancellation));
        }

        RecordQuery[] queries =
        [
            new() { Namespace = "remote/records" }, new() { Namespace = "/remote/*", KeysOnly = true }, new() { ActorId = "org/ada@example.org" },
            new() { Page = new(1) },
        ];
        foreach (var query in queries)
        {
            Equal(await Direct.ListAsync(query, Cancellation), await Remote.ListAsync(query, Cancellation));
        }

        var ask = new RecallRequest { Query = "the full fact", Namespace = "remote", TopK = 3, MinRelevance = 0, Explain = true };
        var direct = await Direct.RecallAsync(ask, Cancellation);
        var remote = await Remote.RecallAsync(ask, Cancellation);
        Assert.Equal(direct.Memories.Select(m => (m.Id, m.Content, m.Speaker)), remote.Memories.Select(m => (m.Id, m.Content, m.Speaker)));

        foreach (var (number, found) in ((double, string[])[])[(1.5, ["A full fact"]), (1, [])])
        {
            var metadata = new Dictionary<string, MetadataValue> { ["number"] = MetadataValue.Of(number), ["list"] = MetadataValue.Of(["a", "b"]) };
            Assert.Equal(found, (await Remote.RecallAsync(ask with { Metadata = metadata }, Cancellation)).Memories.Select(m => m.Content));
        }
    }

    [Fact]
    public async Task A_record_is_changed_forgotten_and_restored()
    {
        var id = await RememberAsync("remote/changes", "before");

        var changed = await Remote.UpdateAsync(id, new() { Content = "after", Speaker = null }, version: 1, cancellationToken: Cancellation);
        Equal(await Direct.GetAsync(id, Cancellation), changed);
        await FailsAlikeAsync(MemoryErrorCode.PreconditionFailed, m => m.UpdateAsync(id, new() { Content = "late" }, version: 1, cancellationToken: Cancellation));

        Assert.Equal(new DeleteAnswer(true, 1), await Remote.ForgetAsync([id, "mem-none"], reason: "tidy & <done>", cancellationToken: Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.NotFound, m => m.GetAsync(id, Cancellation));
        Assert.Equal("after", (await Remote.RestoreAsync(id, cancellationToken: Cancellation)).Content);
        Assert.Equal(new DeleteAnswer(true, 1), await Remote.ForgetAsync([id], hard: true, cancellationToken: Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.NotFound, m => m.RestoreAsync(id, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Events_sessions_and_actors_are_alike_here_and_there()
    {
        const string Actor = "org/team:bot+1@example.org";
        for (var i = 0; i < 5; i++)
        {
            await Remote.AppendEventAsync(
                new() { ActorId = Actor, SessionId = "s@1", Content = $"event {i}", Role = "user", Branch = i == 4 ? "side" : null, Namespace = i == 3 ? "remote/events" : null },
                cancellationToken: Cancellation);
        }

        EventQuery[] queries =
        [
            new() { ActorId = Actor, SessionId = "s@1" }, new() { ActorId = Actor, SessionId = "s@1", Page = new(2) },
            new() { ActorId = Actor, SessionId = "s@1", Branch = "side" }, new() { ActorId = Actor, SessionId = "s@1", Namespace = "remote" },
            new() { ActorId = "nobody", SessionId = "none" },
        ];
        foreach (var query in queries)
        {
            Equal(await Direct.ListEventsAsync(query, Cancellation), await Remote.ListEventsAsync(query, Cancellation));
        }

        Equal(await Direct.ListActorsAsync(new(), Cancellation), await Remote.ListActorsAsync(new(), Cancellation));
        Equal(await Direct.ListSessionsAsync(Actor, new(), Cancellation), await Remote.ListSessionsAsync(Actor, new(), Cancellation));
        Assert.Equal(new DeleteAnswer(true, 5), await Remote.ForgetSessionAsync(Actor, "s@1", hard: true, reason: "done", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_number_that_json_does_not_have_is_named_as_one()
    {
        foreach (var number in (double[])[double.NaN, double.PositiveInfinity])
        {
            var error = await Assert.ThrowsAsync<MemoryException>(() => Remote.RecallAsync(new() { Query = "x", MinRelevance = number }, Cancellation));
            Assert.Equal((MemoryErrorCode.InvalidRequest, "A number is not finite"), (error.Code, error.Message[..22]));
        }
    }

    [Fact]
    public async Task Preferences_and_status_are_alike_here_and_there()
    {
        var fact = new MemoryFact { Content = "dark", Key = "theme", Kind = MemoryKind.Preference, ActorId = "ada" };
        await Remote.RememberAsync(new() { Namespace = "preferences/user/ada", Facts = [fact] }, cancellationToken: Cancellation);

        Equal(await Direct.GetPreferencesAsync("ada", cancellationToken: Cancellation), await Remote.GetPreferencesAsync("ada", cancellationToken: Cancellation));
        Equal(
            await Direct.GetPreferencesAsync("ada", "preferences/project", Cancellation),
            await Remote.GetPreferencesAsync("ada", "preferences/project", Cancellation));
        Equal(await Direct.GetPreferenceAsync("ada", "theme", null, Cancellation), await Remote.GetPreferenceAsync("ada", "theme", null, Cancellation));
        Assert.Equal(
            MemoryErrorCode.NotFound,
            (await Assert.ThrowsAsync<MemoryException>(() => Remote.GetPreferenceAsync("ada", "theme", "preferences/project", Cancellation))).Code);
        var (direct, remote) = (await Direct.StatusAsync(Cancellation), await Remote.StatusAsync(Cancellation));
        Assert.Equal((direct.Status, direct.Store, direct.Search, direct.Version), (remote.Status, remote.Store, remote.Search, remote.Version));
    }

    [Fact]
    public async Task Stores_are_made_listed_used_and_deleted()
    {
        Equal(await owner.Remote.CreateAsync("remote-1", cancellationToken: Cancellation), (await owner.Direct.ListAsync(Cancellation)).Single(s => s.Name == "remote-1"));
        Equal(await owner.Direct.ListAsync(Cancellation), await owner.Remote.ListAsync(Cancellation));
        await owner.Remote["remote-1"].RememberAsync(new() { Namespace = "a", Facts = [new() { Content = "there" }] }, cancellationToken: Cancellation);
        Assert.Single((await owner.Direct["remote-1"].ListAsync(new(), Cancellation)).Items);

        await owner.Remote.DeleteAsync("remote-1", cancellationToken: Cancellation);

        var failure = await Assert.ThrowsAsync<MemoryException>(() => owner.Remote["remote-1"].ListAsync(new(), Cancellation));
        Assert.Equal(MemoryErrorCode.NotFound, failure.Code);
        Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => owner.Remote.DeleteAsync("default", cancellationToken: Cancellation))).Code);
    }

    [Fact]
    public async Task What_was_exported_here_is_imported_there_whole()
    {
        await RememberAsync("remote/export", "exported fact");
        await Remote.AppendEventAsync(new() { ActorId = "exporter", SessionId = "s", Content = "exported event", Namespace = "remote/export" }, cancellationToken: Cancellation);
        List<MemoryItem> items = [];
        string? cursor = null;
        do
        {
            var page = await Remote.ExportAsync("remote/export", cursor, Cancellation);
            Equal(await Direct.ExportAsync("remote/export", cursor, Cancellation), page);
            items.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        await owner.Remote.CreateAsync("imported", cancellationToken: Cancellation);

        var first = await owner.Remote["imported"].ImportAsync(items, Cancellation);
        var second = await owner.Remote["imported"].ImportAsync(items, Cancellation);

        Assert.All(first, o => Assert.Equal(WriteResult.Created, o.Outcome));
        Assert.All(second, o => Assert.Equal(WriteResult.Unchanged, o.Outcome));
        Assert.Equal(items.Count, first.Count);
        var record = items.OfType<MemoryRecord>().Single();
        Assert.False(record.Embedding.IsEmpty);
        Equal(await Direct.GetAsync(record.Id, Cancellation), await owner.Direct["imported"].GetAsync(record.Id, Cancellation));
    }

    [Fact]
    public async Task An_import_larger_than_one_request_goes_in_several()
    {
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, default);
        var items = Enumerable.Range(0, 1_000).Select(i => (MemoryItem)new MemoryRecord
        {
            Id = $"mem-{i:D36}",
            Namespace = MemoryNamespace.Parse("bulk"),
            Content = $"{i} " + new string('漢', 15_990),
            OccurredAt = time,
            CreatedAt = time,
            UpdatedAt = time,
        }).ToList();
        await owner.Remote.CreateAsync("bulk", cancellationToken: Cancellation);

        var outcomes = await owner.Remote["bulk"].ImportAsync(items, Cancellation);

        Assert.Equal(1_000, outcomes.Count(o => o.Outcome == WriteResult.Created));
        var tooMany = await Assert.ThrowsAsync<MemoryException>(() => owner.Remote["bulk"].ImportAsync([.. items, items[0]], Cancellation));
        Assert.Equal(MemoryErrorCode.TooLarge, tooMany.Code);
        await owner.Remote.DeleteAsync("bulk", cancellationToken: Cancellation);
    }

    [Fact]
    public async Task A_write_without_a_token_gets_one_and_a_callers_own_is_passed_on()
    {
        var request = new EventInput { ActorId = "tokens", SessionId = "s", Content = "once" };

        var first = await Remote.AppendEventAsync(request, "tök-1", Cancellation);
        var again = await Direct.AppendEventAsync(request, "tök-1", Cancellation);
        await Remote.AppendEventAsync(request, cancellationToken: Cancellation);
        await Remote.AppendEventAsync(request, cancellationToken: Cancellation);

        Assert.Equal(first.EventId, again.EventId);
        Assert.Equal(3, (await Direct.ListEventsAsync(new() { ActorId = "tokens", SessionId = "s" }, Cancellation)).Count);
        await FailsAlikeAsync(MemoryErrorCode.Conflict, m => m.AppendEventAsync(request with { Content = "other" }, "tök-1", Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.InvalidRequest, m => m.AppendEventAsync(request, "a\nb", Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.InvalidRequest, m => m.AppendEventAsync(request, new string('t', 257), Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("\ud800")]
    [InlineData("a b")]
    [InlineData("%2F")]
    [InlineData("ä")]
    public async Task Ids_that_cannot_be_fail_alike_here_and_there(string id)
    {
        await FailsAlikeAsync(MemoryErrorCode.InvalidRequest, m => m.ListSessionsAsync(id, new(), Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.InvalidRequest, m => m.ListEventsAsync(new() { ActorId = "a", SessionId = id }, Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.InvalidRequest, m => m.AppendEventAsync(new() { ActorId = id, SessionId = "s", Content = "x" }, null, Cancellation));
    }

    [Fact]
    public async Task Wrong_calls_fail_alike_here_and_there()
    {
        await FailsAlikeAsync(MemoryErrorCode.InvalidRequest, m => m.RecallAsync(new() { Query = "x", TopK = 101 }, Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.InvalidRequest, m => m.ListAsync(new() { Namespace = "a//b" }, Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.InvalidRequest, m => m.ForgetAsync([], cancellationToken: Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.InvalidRequest, m => m.ExportAsync(null, "nonsense", Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.NotFound, m => m.UpdateAsync("mem-none", new() { Content = "x" }, null, cancellationToken: Cancellation));
        await FailsAlikeAsync(MemoryErrorCode.InvalidRequest, m => m.RememberAsync(new() { Namespace = "a", Facts = [] }, null, Cancellation));
        await FailsAlikeAsync(
            MemoryErrorCode.TooLarge,
            m => m.AppendEventAsync(new() { ActorId = "a", SessionId = "s", Content = new string('x', 16_001) }, null, Cancellation));
    }

    private static void Equal<T>(T direct, T remote) => Assert.Equal(
        JsonSerializer.Serialize(direct, HttpJson.Of<T>()), JsonSerializer.Serialize(remote, HttpJson.Of<T>()));

    private async Task FailsAlikeAsync<T>(MemoryErrorCode code, Func<IMemory, Task<T>> call)
    {
        Assert.Equal(code, (await Assert.ThrowsAsync<MemoryException>(() => call(Direct))).Code);
        Assert.Equal(code, (await Assert.ThrowsAsync<MemoryException>(() => call(Remote))).Code);
    }

    private async Task<string> RememberAsync(string @namespace, string content)
    {
        var answer = await Remote.RememberAsync(new() { Namespace = @namespace, Facts = [new() { Content = content }] }, cancellationToken: Cancellation);
        return answer.Outcomes[0].Id!;
    }
}
