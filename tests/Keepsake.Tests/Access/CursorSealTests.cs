using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Keepsake.Access;
using Keepsake.Engines;
using Keepsake.Protection.Integrity;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>Where a list of a narrowed caller goes on says nothing of what the caller does not reach.</summary>
public sealed class CursorSealTests : IAsyncLifetime
{
    private const string Canary = "hidden/canary";

    private readonly Guarded _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Caller Al => Guarded.Key(actors: ["al"]);

    public async ValueTask InitializeAsync()
    {
        await _folder.OpenAsync();

        // More of others' than one list of the caller reads through.
        await RememberAsync(Canary, "bo", 60);
        await RememberAsync("zebras", "al", 3);
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task A_list_leads_past_what_is_others_without_naming_it()
    {
        var (records, cursors) = await FollowAsync(cursor => _folder.As(Al).ListAsync(new() { Page = new(2, cursor) }, Cancellation));

        Assert.Equal(3, records.Count);
        AssertOpaque(cursors);
    }

    [Fact]
    public async Task So_does_an_export()
    {
        var caller = Guarded.Key(namespaces: ["mine", "zebras"], actors: ["al"]);
        var (items, cursors) = await FollowAsync(cursor => _folder.As(caller).ExportAsync(null, cursor, Cancellation));

        Assert.Equal(3, items.Count);
        AssertOpaque(cursors);
        Assert.All(cursors, cursor => Assert.DoesNotContain("events", cursor, StringComparison.Ordinal));
    }

    [Fact]
    public async Task So_do_the_events_of_a_session()
    {
        for (var i = 0; i < 5; i++)
        {
            await AppendAsync("al", i % 2 == 0 ? "zebras" : Canary);
        }

        var caller = _folder.As(Guarded.Key(namespaces: ["zebras"]));
        List<string> cursors = [];
        var found = 0;
        for (string? cursor = null; ;)
        {
            var page = await caller.ListEventsAsync(new() { ActorId = "al", SessionId = "s", Page = new(1, cursor) }, Cancellation);
            found += page.Count;
            if ((cursor = page.NextCursor) is null)
            {
                break;
            }

            cursors.Add(cursor);
        }

        Assert.Equal(3, found);
        Assert.NotEmpty(cursors);
        Assert.All(cursors, cursor => Assert.False(long.TryParse(cursor, out _)));
    }

    [Fact]
    public async Task Actors_are_listed_page_by_page_over_the_callers_own()
    {
        foreach (var actor in (string[])["al", "bo", "cy", "dy", "ed"])
        {
            await AppendAsync(actor, null);
        }

        var caller = _folder.As(Guarded.Key(actors: ["ed", "cy", "nobody", "al"]));
        foreach (var limit in (int[])[1, 2, 3, 100])
        {
            var (actors, cursors) = await FollowAsync(cursor => caller.ListActorsAsync(new(limit, cursor), Cancellation));
            Assert.Equal(["al", "cy", "ed"], actors.Select(a => a.ActorId));
            Assert.Equal(limit < 3 ? (3 - 1) / limit : 0, cursors.Count);
            Assert.All(cursors, cursor => Assert.Contains(cursor, (string[])["al", "cy"]));
        }
    }

    [Fact]
    public async Task A_cursor_is_for_its_caller_its_store_and_its_list_and_lasts_over_a_restart()
    {
        await _folder.Stores.CreateAsync("other", cancellationToken: Cancellation);
        var query = new RecordQuery { Page = new(2) };
        var cursor = (await _folder.As(Al).ListAsync(query, Cancellation)).NextCursor!;
        var next = new RecordQuery { Page = new(2, cursor) };

        await UnknownAsync(() => _folder.As(Al with { Name = "another" }).ListAsync(next, Cancellation));
        await UnknownAsync(() => _folder.Stores.As(Al)["other"].ListAsync(next, Cancellation));
        await UnknownAsync(() => _folder.As(Al).ExportAsync(null, cursor, Cancellation));
        await UnknownAsync(() => _folder.As(Al).ListEventsAsync(new() { ActorId = "al", SessionId = "s", Page = new(2, cursor) }, Cancellation));
        await _folder.CloseAsync();
        await _folder.OpenAsync();
        await _folder.As(Al).ListAsync(next, Cancellation);
    }

    [Fact]
    public void What_was_not_sealed_for_a_use_does_not_open()
    {
        using var key = new IntegrityKey(RandomNumberGenerator.GetBytes(32));
        var seal = new CursorSeal(key);
        var cursor = seal.Seal("7:a/ö", "use")!;

        Assert.Equal("7:a/ö", seal.Open(cursor, "use"));
        Assert.Equal("", seal.Open(seal.Seal("", "use"), "use"));
        Assert.Null(seal.Seal(null, "use"));
        Assert.Null(seal.Open(null, "use"));
        Assert.NotEqual(cursor, seal.Seal("7:a/ö", "use"));
        Assert.Equal(cursor.Length, seal.Seal("7:a/somewhat/longer", "use")!.Length);
        foreach (var wrong in (string[])["0:mine", "=", "AAAA", cursor[..^4], cursor + "AAAA", $"{(cursor[0] == 'A' ? 'B' : 'A')}{cursor[1..]}"])
        {
            Assert.Equal(MemoryErrorCode.InvalidRequest, Assert.Throws<MemoryException>(() => seal.Open(wrong, "use")).Code);
        }

        Assert.Throws<MemoryException>(() => seal.Open(cursor, "use of another"));
        using var other = new IntegrityKey(RandomNumberGenerator.GetBytes(32));
        Assert.Throws<MemoryException>(() => new CursorSeal(other).Open(cursor, "use"));
    }

    private static void AssertOpaque(List<string> cursors)
    {
        Assert.NotEmpty(cursors);
        Assert.All(cursors, cursor =>
        {
            Assert.DoesNotContain("canary", cursor, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", Encoding.Latin1.GetString(Base64Url.DecodeFromChars(cursor)), StringComparison.Ordinal);
        });
    }

    private static async Task<(List<T> Items, List<string> Cursors)> FollowAsync<T>(Func<string?, Task<Page<T>>> list)
    {
        List<T> items = [];
        List<string> cursors = [];
        for (string? cursor = null; ;)
        {
            var page = await list(cursor);
            items.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null)
            {
                return (items, cursors);
            }

            cursors.Add(cursor);
        }
    }

    private static async Task UnknownAsync(Func<Task> ask)
    {
        var error = await Assert.ThrowsAsync<MemoryException>(ask);
        Assert.Equal((MemoryErrorCode.InvalidRequest, Cursor.Unknown().Message), (error.Code, error.Message));
    }

    private Task<RememberAnswer> RememberAsync(string @namespace, string actor, int count) => _folder.Memory.RememberAsync(
        new() { Namespace = @namespace, Facts = [.. Enumerable.Range(0, count).Select(i => new MemoryFact { Content = $"fact {i} of {@namespace}", ActorId = actor })] }, null, Cancellation);

    private Task<EventAnswer> AppendAsync(string actor, string? @namespace) => _folder.Memory.AppendEventAsync(
        new() { ActorId = actor, SessionId = "s", Content = "said", Namespace = @namespace }, null, Cancellation);
}
