using Keepsake.Access;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>What a caller does not reach is, in every answer of the library, as if it were not there.</summary>
public sealed class GuardedMemoryTests : IAsyncLifetime
{
    private readonly Guarded _folder = new();
    private string _mine = null!;
    private string _theirs = null!;
    private string _theirEvent = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IMemory Me => _folder.As(Guarded.Key(namespaces: ["mine"]));

    public async ValueTask InitializeAsync()
    {
        await _folder.OpenAsync();
        _mine = await RememberAsync("mine", "the falcon nests on the tower");
        _theirs = await RememberAsync("theirs", "the falcon nests on the bridge");
        _theirEvent = (await _folder.Memory.AppendEventAsync(
            new() { ActorId = "bo", SessionId = "s", Content = "the falcon left", Namespace = "theirs" }, null, Cancellation)).EventId;
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task A_search_without_a_namespace_finds_what_is_reached_and_one_outside_is_refused()
    {
        var answer = await Me.RecallAsync(new() { Query = "falcon", TopK = 100, MinRelevance = 0, Explain = true, Why = _theirs }, Cancellation);

        Assert.Equal([_mine], answer.Memories.Select(m => m.Id));
        Assert.Equal(RecallReason.Unknown, answer.Why!.Reason);
        Assert.Equal(2, (await _folder.As(Guarded.Key(namespaces: ["mine", "theirs"])).RecallAsync(
            new() { Query = "falcon tower bridge", MinRelevance = 0, TopK = 100 }, Cancellation)).Memories.Count(m => m.Type == MemoryType.Record));
        await ForbiddenAsync(() => Me.RecallAsync(new() { Query = "falcon", Namespace = "theirs" }, Cancellation));
    }

    [Fact]
    public async Task An_id_outside_answers_exactly_like_one_that_does_not_exist()
    {
        const string Nothing = "mem-00000000-0000-7000-8000-000000000000";
        foreach (var ask in (Func<string, Task>[])
            [
                id => Me.GetAsync(id, Cancellation), id => Me.RestoreAsync(id, cancellationToken: Cancellation),
                id => Me.UpdateAsync(id, new() { Importance = 1 }, null, cancellationToken: Cancellation), id => Me.UpdateAsync(id, new() { Importance = 1 }, 99, cancellationToken: Cancellation),
            ])
        {
            var (outside, missing) = (await Record(() => ask(_theirs)), await Record(() => ask(Nothing)));
            Assert.Equal((missing.Code, missing.Message), (outside.Code, outside.Message));
            Assert.Equal(MemoryErrorCode.NotFound, outside.Code);
        }

        Assert.Equal(0, (await Me.ForgetAsync([_theirs, _theirEvent, Nothing], true, null, cancellationToken: Cancellation)).Deleted);
        Assert.Equal(1, (await Me.ForgetAsync([_theirs, _mine], false, null, cancellationToken: Cancellation)).Deleted);
        Assert.NotNull(await _folder.Memory.GetAsync(_theirs, Cancellation));
        Assert.Equal(_mine, (await Me.RestoreAsync(_mine, cancellationToken: Cancellation)).Id);
    }

    [Fact]
    public async Task A_deletion_sent_again_is_done_once_also_where_only_a_part_is_reached()
    {
        var event1 = await AppendAsync("mine");
        var ids = new[] { _mine, _theirs };

        Assert.Equal(1, (await Me.ForgetAsync(ids, token: "t", cancellationToken: Cancellation)).Deleted);
        await _folder.Memory.RestoreAsync(_mine, cancellationToken: Cancellation);
        Assert.Equal(1, (await Me.ForgetAsync(ids, token: "t", cancellationToken: Cancellation)).Deleted);
        Assert.NotNull(await _folder.Memory.GetAsync(_mine, Cancellation));

        Assert.Equal(1, (await Me.ForgetSessionAsync("bo", "s", token: "s", cancellationToken: Cancellation)).Deleted);
        var event2 = await AppendAsync("mine");
        Assert.Equal(1, (await Me.ForgetSessionAsync("bo", "s", token: "s", cancellationToken: Cancellation)).Deleted);
        Assert.Equal([_theirEvent, event2], (await _folder.Memory.ListEventsAsync(new() { ActorId = "bo", SessionId = "s" }, Cancellation)).Events.Select(e => e.Id));
        Assert.NotEqual(event1, event2);

        async Task<string> AppendAsync(string @namespace) => (await _folder.Memory.AppendEventAsync(
            new() { ActorId = "bo", SessionId = "s", Content = "said", Namespace = @namespace }, null, Cancellation)).EventId;
    }

    [Fact]
    public async Task Two_callers_may_choose_one_token_and_neither_gets_the_others_answer()
    {
        var other = _folder.As(Guarded.Key(name: "other", namespaces: ["theirs"]));

        Assert.Equal(1, (await Me.ForgetAsync([_mine], token: "same", cancellationToken: Cancellation)).Deleted);
        Assert.Equal(1, (await other.ForgetAsync([_theirs], token: "same", cancellationToken: Cancellation)).Deleted);
        Assert.Equal(0, (await other.ForgetAsync([_mine], token: "another", cancellationToken: Cancellation)).Deleted);
    }

    [Fact]
    public async Task A_version_is_asked_only_of_what_is_reached()
    {
        Assert.Equal(0, (await Me.ForgetAsync([_theirs], version: 7, cancellationToken: Cancellation)).Deleted);
        Assert.Equal(MemoryErrorCode.PreconditionFailed, (await Record(() => Me.ForgetAsync([_mine], version: 7, cancellationToken: Cancellation))).Code);
        Assert.Equal(1, (await Me.ForgetAsync([_mine, _theirs], version: 1, cancellationToken: Cancellation)).Deleted);
    }

    [Fact]
    public async Task Lists_exports_and_counts_hold_only_what_is_reached()
    {
        Assert.Equal([_mine], (await Me.ListAsync(new(), Cancellation)).Items.Select(r => r.Id));
        Assert.Equal([_mine], (await Me.ListAsync(new() { Page = new(1) }, Cancellation)).Items.Select(r => r.Id));
        Assert.Equal([_mine], (await ExportAsync(Me)).Select(item => ((MemoryRecord)item).Id));
        Assert.Empty((await Me.ListEventsAsync(new() { ActorId = "bo", SessionId = "s" }, Cancellation)).Events);
        var status = await Me.StatusAsync(Cancellation);
        Assert.Equal((1, 0, "mine"), (status.Counts.Records, status.Counts.Events, Assert.Single(status.Counts.Namespaces).Namespace));
        await ForbiddenAsync(() => Me.ListAsync(new() { Namespace = "theirs" }, Cancellation));
        await ForbiddenAsync(() => Me.ExportAsync("theirs", null, Cancellation));
        await ForbiddenAsync(() => Me.ListActorsAsync(new(), Cancellation));
        await ForbiddenAsync(() => Me.ListSessionsAsync("bo", new(), Cancellation));
        await ForbiddenAsync(() => Me.GetPreferencesAsync("bo", "theirs", Cancellation));
    }

    // The cursor of a list is a place in it, and a caller may make up any.
    [Theory]
    [InlineData("0:theirs")]
    [InlineData("0:")]
    [InlineData("0:mine")]
    [InlineData("9999:minf")]
    [InlineData("0:a")]
    public async Task A_made_up_cursor_leads_nowhere_else(string cursor)
    {
        try
        {
            var page = await Me.ListAsync(new() { Page = new(100, cursor) }, Cancellation);
            Assert.DoesNotContain(page.Items, r => r.Id == _theirs);
        }
        catch (MemoryException e)
        {
            Assert.Equal(MemoryErrorCode.InvalidRequest, e.Code);
        }

        foreach (var made in (string[])[$"0~records:{cursor}", "0~events:0", "1~", "7~records:", "0~events:999999999"])
        {
            try
            {
                Assert.DoesNotContain((await Me.ExportAsync(null, made, Cancellation)).Items, item => item is MemoryEvent or MemoryRecord { Namespace.Path: "theirs" });
            }
            catch (MemoryException e)
            {
                Assert.Equal(MemoryErrorCode.InvalidRequest, e.Code);
            }
        }
    }

    [Fact]
    public async Task Writes_outside_are_refused_as_a_whole_and_leave_nothing()
    {
        await ForbiddenAsync(() => Me.RememberAsync(new() { Namespace = "theirs", Facts = [new() { Content = "planted" }] }, null, Cancellation));
        await ForbiddenAsync(() => Me.AppendEventAsync(new() { ActorId = "bo", SessionId = "s", Content = "planted", Namespace = "theirs" }, null, Cancellation));
        await ForbiddenAsync(() => Me.AppendEventAsync(new() { ActorId = "bo", SessionId = "s", Content = "planted" }, null, Cancellation));
        var taken = await _folder.Memory.GetAsync(_theirs, Cancellation);
        await ForbiddenAsync(() => Me.ImportAsync([taken with { Content = "planted" }], Cancellation));
        await ForbiddenAsync(() => Me.ImportAsync([taken with { Content = "planted", Namespace = MemoryNamespace.Parse("mine") }], Cancellation));

        Assert.Equal(0, (await Me.ForgetSessionAsync("bo", "s", true, null, cancellationToken: Cancellation)).Deleted);
        Assert.DoesNotContain(await ExportAsync(_folder.Memory), item => item is MemoryRecord { Content: "planted" } or MemoryEvent { Content: "planted" });
        Assert.Single((await _folder.Memory.ListEventsAsync(new() { ActorId = "bo", SessionId = "s" }, Cancellation)).Events);
    }

    [Fact]
    public async Task What_is_in_quarantine_outside_is_as_if_it_were_not_there_and_what_is_inside_is_said_to_be()
    {
        const string Nothing = "mem-00000000-0000-7000-8000-000000000000";
        var deleted = await RememberAsync("theirs", "the falcon was seen");
        await _folder.Memory.ForgetAsync([deleted], cancellationToken: Cancellation);
        await _folder.Stores.QuarantineAsync(MemoryStores.DefaultStore, "theirs", "odd", Cancellation);
        foreach (var ask in (Func<string, Task>[])
            [
                id => Me.GetAsync(id, Cancellation), id => Me.RestoreAsync(id, cancellationToken: Cancellation),
                id => Me.UpdateAsync(id, new() { Importance = 1 }, cancellationToken: Cancellation),
            ])
        {
            foreach (var id in (string[])[_theirs, deleted])
            {
                var (outside, missing) = (await Record(() => ask(id)), await Record(() => ask(Nothing)));
                Assert.Equal((missing.Code, missing.Message), (outside.Code, outside.Message));
            }
        }

        foreach (var id in (string[])[_theirs, deleted, _theirEvent])
        {
            Assert.Equal(0, (await Me.ForgetAsync([id], hard: true, cancellationToken: Cancellation)).Deleted);
            Assert.Equal(RecallReason.Unknown, (await Me.RecallAsync(new() { Query = "falcon", Why = id }, Cancellation)).Why!.Reason);
        }

        Assert.Empty((await Me.ListEventsAsync(new() { ActorId = "bo", SessionId = "s" }, Cancellation)).Events);
        Assert.Equal(0, (await Me.ForgetSessionAsync("bo", "s", cancellationToken: Cancellation)).Deleted);

        var they = _folder.As(Guarded.Key(namespaces: ["theirs"]));
        Assert.Equal(MemoryErrorCode.Unavailable, (await Record(() => they.GetAsync(_theirs, Cancellation))).Code);
        Assert.Equal(MemoryErrorCode.Unavailable, (await Record(() => they.RestoreAsync(deleted, cancellationToken: Cancellation))).Code);
        Assert.Equal(MemoryErrorCode.Unavailable, (await Record(() => they.ForgetAsync([_theirs], cancellationToken: Cancellation))).Code);
        Assert.Equal(MemoryErrorCode.Unavailable, (await Record(() => they.ListEventsAsync(new() { ActorId = "bo", SessionId = "s" }, Cancellation))).Code);
        await _folder.Stores.ReleaseAsync(MemoryStores.DefaultStore, "theirs", Cancellation);
        Assert.Equal(_theirs, (await they.GetAsync(_theirs, Cancellation)).Id);
        Assert.Single((await they.ListEventsAsync(new() { ActorId = "bo", SessionId = "s" }, Cancellation)).Events);
    }

    [Fact]
    public async Task Of_several_namespaces_one_in_quarantine_is_left_out_and_named_and_nobody_elses()
    {
        foreach (var place in (string[])["first", "second/a", "second/b", "third"])
        {
            await RememberAsync(place, $"the osprey of {place}");
        }

        var they = _folder.As(Guarded.Key(namespaces: ["first", "second", "third"]));
        foreach (var closed in (string[])["first", "second/b", "theirs"])
        {
            await _folder.Stores.QuarantineAsync(MemoryStores.DefaultStore, closed, "odd", Cancellation);
        }

        List<string> listed = [];
        string? cursor = null;
        do
        {
            var page = await they.ListAsync(new() { Page = new(1, cursor) }, Cancellation);
            Assert.Equal(["first", "second/b"], page.LeftOut!);
            listed.AddRange(page.Items.Select(record => record.Namespace.Path));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        Assert.Equal(["second/a", "third"], listed);
        var found = await they.RecallAsync(new() { Query = "osprey", MinRelevance = 0 }, Cancellation);
        Assert.Equal(["second/a", "third"], found.Memories.Select(memory => memory.Namespace.Path).Order());
        Assert.Equal(["first", "second/b"], found.LeftOut!);
        Assert.Equal(["second/b"], (await they.ListAsync(new() { Namespace = "second" }, Cancellation)).LeftOut!);
        Assert.Null((await they.ListAsync(new() { Namespace = "third" }, Cancellation)).LeftOut);
        Assert.Null((await Me.ListAsync(new(), Cancellation)).LeftOut);
        Assert.Equal(["first", "second/b", "theirs"], (await _folder.Memory.ListAsync(new(), Cancellation)).LeftOut!);

        var only = _folder.As(Guarded.Key(namespaces: ["first", "second/b"]));
        Assert.Equal(MemoryErrorCode.Unavailable, (await Record(() => only.ListAsync(new(), Cancellation))).Code);
        Assert.Equal(MemoryErrorCode.Unavailable, (await Record(() => only.RecallAsync(new() { Query = "osprey" }, Cancellation))).Code);
        Assert.Equal(MemoryErrorCode.Unavailable, (await Record(() => they.ListAsync(new() { Namespace = "first" }, Cancellation))).Code);
    }

    [Fact]
    public async Task A_list_goes_on_where_its_part_was_closed_between_two_pages()
    {
        await RememberAsync("first", "the plover of spring");
        await RememberAsync("first", "the plover of autumn");
        await RememberAsync("middle", "the plover of summer");
        await RememberAsync("second", "the plover of winter");
        await _folder.Stores.QuarantineAsync(MemoryStores.DefaultStore, "middle", "odd", Cancellation);

        var they = _folder.As(Guarded.Key(namespaces: ["first", "middle", "second"]));
        Assert.Equal(["first", "first", "second"], (await they.ListAsync(new(), Cancellation)).Items.Select(record => record.Namespace.Path));
        var cursor = (await they.ListAsync(new() { Page = new(1) }, Cancellation)).NextCursor;
        await _folder.Stores.QuarantineAsync(MemoryStores.DefaultStore, "first", "odd", Cancellation);

        var page = await they.ListAsync(new() { Page = new(10, cursor) }, Cancellation);

        Assert.Equal("second", Assert.Single(page.Items).Namespace.Path);
        Assert.Equal(["first", "middle"], page.LeftOut!);
        Assert.Null(page.NextCursor);
    }

    [Fact]
    public async Task Of_preferences_in_quarantine_an_actor_is_told_of_its_own()
    {
        await RememberAsync("open", "the heron of noon");
        foreach (var actor in (string[])["al", "bo"])
        {
            await _folder.Stores.QuarantineAsync(MemoryStores.DefaultStore, $"preferences/user/{actor}", "odd", Cancellation);
        }

        var al = _folder.As(Guarded.Key(actors: ["al"]));

        Assert.Equal(["preferences/user/al"], (await al.ListAsync(new(), Cancellation)).LeftOut!);
        Assert.Equal(["preferences/user/al"], (await al.RecallAsync(new() { Query = "heron" }, Cancellation)).LeftOut!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_derived_from_outside_is_as_if_derived_from_what_does_not_exist(bool isEvent)
    {
        const string Missing = "mem-00000000-0000-7000-8000-000000000000";
        var hidden = isEvent
            ? (await _folder.Memory.AppendEventAsync(
                new() { ActorId = "bo", SessionId = "s", Content = "the heron came", Namespace = "theirs", Source = "https://intra.test/plan" }, null, Cancellation)).EventId
            : (await _folder.Memory.RememberAsync(
                new() { Namespace = "theirs", Facts = [new() { Content = "the heron came" }], Source = "https://intra.test/plan" }, null, Cancellation)).Outcomes[0].Id!;
        foreach (var parent in (string[])[Missing, hidden, isEvent ? _theirEvent : _theirs])
        {
            var mine = await DeriveAsync(parent);

            Assert.Equal((MemoryTrust.Low, null), (mine.Trust, mine.Provenance.Sources));
            if (parent != Missing)
            {
                var brought = await ImportAsync(mine with { Id = "mem-00000000-0000-7000-8000-000000000001", Content = $"brought {parent}", Trust = MemoryTrust.Medium });
                Assert.Equal((MemoryTrust.Medium, null), (brought.Trust, brought.Provenance.Sources));
            }
        }

        Assert.Equal(MemoryTrust.Medium, (await DeriveAsync(_mine)).Trust);

        async Task<MemoryRecord> DeriveAsync(string parent)
        {
            var answer = await Me.RememberAsync(new() { Namespace = "mine", Facts = [new() { Content = $"derived from {parent}" }], DerivedFrom = [parent] }, null, Cancellation);
            return await Me.GetAsync(answer.Outcomes[0].Id!, Cancellation);
        }

        async Task<MemoryRecord> ImportAsync(MemoryRecord record)
        {
            Assert.Null(Assert.Single(await Me.ImportAsync([record], Cancellation)).Error);
            return await Me.GetAsync(record.Id, Cancellation);
        }
    }

    [Fact]
    public async Task An_actor_is_bound_by_the_key_and_not_by_the_argument()
    {
        var al = _folder.As(Guarded.Key(namespaces: ["preferences/user/{actorId}", "shared"], actors: ["al"]));
        var written = await al.RememberAsync(
            new() { Namespace = "preferences/user/al", Facts = [new() { Content = "tea", Key = "drink", Kind = MemoryKind.Preference }] }, null, Cancellation);

        Assert.Equal("al", (await _folder.Memory.GetAsync(written.Outcomes[0].Id!, Cancellation)).ActorId);
        Assert.Single((await al.GetPreferencesAsync("al", null, Cancellation)).Preferences);
        await ForbiddenAsync(() => al.GetPreferencesAsync("bo", null, Cancellation));
        await ForbiddenAsync(() => al.GetPreferencesAsync("al", "preferences/user/bo", Cancellation));
        await ForbiddenAsync(() => al.RememberAsync(
            new() { Namespace = "preferences/user/al", Facts = [new() { Content = "rum", Key = "drink", ActorId = "bo" }] }, null, Cancellation));
        await ForbiddenAsync(() => al.RememberAsync(new() { Namespace = "preferences/user/bo", Facts = [new() { Content = "rum" }] }, null, Cancellation));
        await ForbiddenAsync(() => al.RememberAsync(new() { Namespace = "shared", Facts = [new() { Content = "x", ActorId = "bo" }] }, null, Cancellation));
        await al.RememberAsync(new() { Namespace = "shared", Facts = [new() { Content = "of nobody" }] }, null, Cancellation);
    }

    // Others' memories rank first and are more than any page of hits: what is the caller's is found all the same.
    [Fact]
    public async Task A_search_by_an_actor_looks_past_what_is_others()
    {
        await _folder.Memory.RememberAsync(
            new() { Namespace = "shared", Facts = [.. Enumerable.Range(0, 150).Select(i => new MemoryFact { Content = $"kestrel kestrel number {i}", ActorId = "bo" })] }, null, Cancellation);
        await _folder.Memory.RememberAsync(
            new() { Namespace = "shared", Facts = [new() { Content = "one kestrel among many other words of no importance", ActorId = "al" }] }, null, Cancellation);

        var answer = await _folder.As(Guarded.Key(actors: ["al"])).RecallAsync(new() { Query = "kestrel", TopK = 3, MinRelevance = 0 }, Cancellation);

        Assert.Contains(answer.Memories, m => m.ActorId == "al");
        Assert.DoesNotContain(answer.Memories, m => m.ActorId == "bo");
    }

    [Fact]
    public async Task Tokens_of_two_callers_are_two_tokens()
    {
        var request = new RememberRequest { Namespace = "mine", Facts = [new() { Content = "said once", Key = "k" }] };
        await Me.RememberAsync(request, "t", Cancellation);
        var other = await _folder.As(Guarded.Key(namespaces: ["mine"], name: "other")).RememberAsync(
            request with { Facts = [new() { Content = "said otherwise", Key = "k" }] }, "t", Cancellation);

        Assert.Equal(WriteResult.Replaced, other.Outcomes[0].Outcome);
    }

    [Fact]
    public async Task A_store_outside_is_as_if_it_were_not_there()
    {
        await _folder.Stores.CreateAsync("secret", cancellationToken: Cancellation);
        var some = _folder.Stores.As(Guarded.Key(stores: ["default"]));

        var (outside, missing) = (Assert.Throws<MemoryException>(() => some["secret"]), Assert.Throws<MemoryException>(() => some["nothing"]));
        Assert.Equal(missing.Message.Replace("nothing", "secret", StringComparison.Ordinal), outside.Message);
        Assert.Equal(["default"], (await some.ListAsync(Cancellation)).Select(s => s.Name));
        Assert.Equal(MemoryErrorCode.NotFound, (await Record(() => some.DeleteAsync("secret", cancellationToken: Cancellation))).Code);
        await ForbiddenAsync(() => some.CreateAsync("another", cancellationToken: Cancellation));
        await ForbiddenAsync(() => ((IAdministration)some).AuditAsync(new(), Cancellation));
        await ForbiddenAsync(() => ((IAdministration)_folder.Stores.As(Guarded.Key(namespaces: ["mine"]))).ListKeysAsync(Cancellation));
    }

    private async Task<string> RememberAsync(string @namespace, string content) =>
        (await _folder.Memory.RememberAsync(new() { Namespace = @namespace, Facts = [new() { Content = content }] }, null, Cancellation)).Outcomes[0].Id!;

    private static async Task<List<MemoryItem>> ExportAsync(IMemory memory)
    {
        List<MemoryItem> all = [];
        string? cursor = null;
        do
        {
            var page = await memory.ExportAsync(null, cursor, Cancellation);
            all.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return all;
    }

    private static Task<MemoryException> Record(Func<Task> ask) => Assert.ThrowsAsync<MemoryException>(ask);

    private static async Task ForbiddenAsync(Func<Task> ask) => Assert.Equal(MemoryErrorCode.Forbidden, (await Record(ask)).Code);
}
