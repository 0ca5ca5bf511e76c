using Keepsake.Access;
using Keepsake.Protection.Audit;
using Keepsake.Tests.Protection.Redaction;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Protection.Audit;

public sealed class AuditTests : IAsyncLifetime
{
    private readonly Guarded _folder = new();
    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync(time: _time);

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Every_call_leaves_one_entry_that_says_who_what_where_and_how_and_no_content()
    {
        var caller = Guarded.Key(name: "ci") with { Door = "mcp" };
        var memory = _folder.As(caller);
        var answer = await memory.RememberAsync(new() { Namespace = "a/b", Facts = [new() { Content = "swordfish1" }, new() { Content = "swordfish2" }] }, null, Cancellation);
        var found = await memory.RecallAsync(new() { Query = "swordfish1", Namespace = "a" }, Cancellation);
        await Assert.ThrowsAsync<MemoryException>(() => _folder.As(Guarded.Key(AccessScopes.Read, name: "ro")).ForgetAsync(["x"], cancellationToken: Cancellation));

        var entries = await EntriesAsync();

        var write = Assert.Single(entries, e => e.Operation == "remember");
        Assert.Equal(("key:ci", "mcp", "default", "a/b", 2, AuditEntry.Ok), (write.Caller, write.Door, write.Store, write.Namespace, write.Count, write.Outcome));
        Assert.Equal(answer.Outcomes.Select(o => o.Id!), write.Ids);
        Assert.Equal(found.Memories.Select(m => m.Id), Assert.Single(entries, e => e.Operation == "recall").Ids);
        Assert.Equal("forbidden", Assert.Single(entries, e => e.Caller == "key:ro").Outcome);
        Assert.DoesNotContain("swordfish", string.Join('\n', entries), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_in_an_identifier_does_not_get_into_the_log()
    {
        var secret = new Samples(6).Make("AKIA{2:16}");
        await Assert.ThrowsAsync<MemoryException>(() => _folder.Memory.RememberAsync(
            new() { Namespace = $"keys/{secret}", Facts = [new() { Content = "x" }] }, null, Cancellation));
        await _folder.Memory.ListAsync(new() { Namespace = $"keys/{secret}" }, Cancellation);
        await Assert.ThrowsAsync<MemoryException>(() => _folder.Memory.GetAsync(secret, Cancellation));

        Assert.DoesNotContain(secret, string.Join('\n', await EntriesAsync()), StringComparison.Ordinal);
        await _folder.CloseAsync();
        Assert.Equal(0, _folder.Sql("SELECT count(*) FROM audit WHERE instr(body, $s) > 0", ("$s", System.Text.Encoding.ASCII.GetBytes(secret))));
    }

    [Fact]
    public async Task A_write_that_changes_nothing_and_one_that_is_refused_are_told_too()
    {
        await _folder.Memory.ForgetAsync(["mem-00000000-0000-7000-8000-000000000000"], cancellationToken: Cancellation);
        await Assert.ThrowsAsync<MemoryException>(() => _folder.Memory.RememberAsync(new() { Namespace = "", Facts = [] }, null, Cancellation));

        var entries = await EntriesAsync();

        Assert.Equal(0, Assert.Single(entries, e => e.Operation == "forget").Count);
        Assert.Equal("invalid_request", Assert.Single(entries, e => e.Operation == "remember").Outcome);
    }

    [Fact]
    public async Task A_source_that_is_only_counted_is_told_as_such_and_not_as_forgotten()
    {
        await _folder.Memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "x" }], Source = "page" }, null, Cancellation);
        await _folder.Memory.ForgetSourceAsync("page", dryRun: true, cancellationToken: Cancellation);
        await _folder.Memory.ForgetSourceAsync("page", cancellationToken: Cancellation);

        var told = (await EntriesAsync()).Where(e => e.Operation == "forget_source").OrderBy(e => e.Count).Select(e => (e.Detail, e.Count));
        Assert.Equal([("dry run", 0L), (null, 1L)], told);
    }

    [Fact]
    public async Task A_call_sent_again_is_told_as_such_and_not_as_done_again()
    {
        var request = new RememberRequest { Namespace = "n", Facts = [new() { Content = "x" }] };
        var id = (await _folder.Memory.RememberAsync(request, "r", Cancellation)).Outcomes[0].Id!;
        await _folder.Memory.RememberAsync(request, "r", Cancellation);
        await _folder.Memory.ForgetAsync([id], token: "f", cancellationToken: Cancellation);
        await _folder.Memory.ForgetAsync([id], token: "f", cancellationToken: Cancellation);

        var entries = (await EntriesAsync()).Where(e => e.Operation is "remember" or "forget").OrderBy(e => e.Operation).ThenByDescending(e => e.Count).ToList();

        Assert.Equal(
            [("forget", 1L, null), ("forget", 0L, "repeated"), ("remember", 1L, null), ("remember", 0L, "repeated")],
            entries.Select(e => (e.Operation, e.Count, e.Detail)));
        Assert.All(entries, e => Assert.Equal([id], e.Ids));
    }

    [Fact]
    public async Task Listing_filters_by_caller_actor_namespace_and_time_and_pages()
    {
        await _folder.Memory.AppendEventAsync(new() { ActorId = "al", SessionId = "s", Content = "x", Namespace = "n/one" }, null, Cancellation);
        await _folder.As(Guarded.Key(name: "ci")).ListAsync(new() { Namespace = "n/two" }, Cancellation);

        Assert.Equal("append_event", Assert.Single(await EntriesAsync(new() { Actor = "al" })).Operation);
        Assert.Equal("list", Assert.Single(await EntriesAsync(new() { Actor = "ci" })).Operation);
        Assert.Equal("list", Assert.Single(await EntriesAsync(new() { Actor = "key:ci" })).Operation);
        Assert.Equal(2, (await EntriesAsync(new() { Namespace = "n" })).Count);
        Assert.Single(await EntriesAsync(new() { Namespace = "n/one" }));
        Assert.Empty(await EntriesAsync(new() { Since = _time.Now.AddHours(1) }));
        var first = await _folder.Stores.AuditAsync(new() { Page = new(1) }, Cancellation);
        var second = await _folder.Stores.AuditAsync(new() { Page = new(1, first.NextCursor) }, Cancellation);
        Assert.True(Assert.Single(second.Items).Seq < Assert.Single(first.Items).Seq);
    }

    [Fact]
    public async Task An_untouched_log_is_whole_while_open_after_closing_and_over_many_processes()
    {
        for (var i = 0; i < 3; i++)
        {
            await _folder.Memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = $"fact {i}" }] }, null, Cancellation);
            Assert.Empty((await _folder.Stores.VerifyAuditAsync(Cancellation)).Problems);
            await _folder.CloseAsync();
            await _folder.OpenAsync(time: _time);
        }

        var report = await _folder.Stores.VerifyAuditAsync(Cancellation);
        Assert.True(report.IsIntact, string.Join(' ', report.Problems));
        Assert.True(report.Entries >= 3);
    }

    [Fact]
    public async Task Checkpoints_come_with_every_thousand_entries_and_the_key_before_them_is_gone()
    {
        var before = await File.ReadAllBytesAsync(await KeyFileAsync(), Cancellation);
        await WriteManyAsync((2 * AuditTrail.MaxBetweenCheckpoints) + 10);

        var report = await _folder.Stores.VerifyAuditAsync(Cancellation);

        Assert.True(report.IsIntact, string.Join(' ', report.Problems));
        Assert.Equal(2, report.Checkpoints);
        Assert.NotEqual(before, await File.ReadAllBytesAsync(await KeyFileAsync(), Cancellation));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(await KeyFileAsync()));
        }
    }

    [Fact]
    public void A_minute_old_entry_makes_a_checkpoint_due()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        using var session = Session(folder);
        using var trail = new AuditTrail(new(folder.Path), time);
        trail.Append(session, [Entry(0)]);
        trail.Committed();
        trail.AfterCommit();
        Assert.False(trail.IsCheckpointDue);

        time.Advance(AuditTrail.MaxCheckpointAge);
        Assert.True(trail.IsCheckpointDue);
        trail.Append(session, []);
        trail.Committed();
        trail.AfterCommit();

        Assert.False(trail.IsCheckpointDue);
        Assert.Equal(1, trail.Known!.Value.Saved.Seq);
    }

    [Fact]
    public void The_oldest_entries_go_at_the_limit_and_a_signed_statement_keeps_the_rest_verifiable()
    {
        using var folder = new TemporaryFolder();
        using var session = Session(folder);
        using var trail = new AuditTrail(new(folder.Path), new ManualTime(), maxEntries: 2_000);
        for (var i = 0; i < 7; i++)
        {
            trail.Append(session, [.. Enumerable.Range(0, 1_000).Select(Entry)]);
            trail.Committed();
            trail.AfterCommit();
        }

        var (saved, signing, last) = trail.Known!.Value;
        var report = AuditCheck.Run(session, saved, signing, last);
        Assert.True(report.IsIntact, string.Join(' ', report.Problems));
        Assert.Equal((5_001, 7_000), (report.First, report.Last));

        session.Execute("DELETE FROM audit WHERE seq <= 5010");
        Assert.False(AuditCheck.Run(session, saved, signing, last).IsIntact);
    }

    [Fact]
    public void A_transaction_that_is_rolled_back_leaves_no_link()
    {
        using var folder = new TemporaryFolder();
        using var session = Session(folder);
        using var trail = new AuditTrail(new(folder.Path), new ManualTime());
        session.Execute("BEGIN");
        trail.Append(session, [Entry(0)]);
        session.Execute("ROLLBACK");
        trail.RolledBack();
        trail.Append(session, [Entry(1)]);
        trail.Committed();

        var (saved, signing, last) = trail.Known!.Value;
        Assert.True(AuditCheck.Run(session, saved, signing, last).IsIntact);
    }

    [Fact]
    public async Task What_is_unusual_is_named_by_caller_and_only_beyond_the_limit()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        AuditEntry At(int second, string operation, string outcome, long count, string caller = "key:a") =>
            Entry(second) with { At = start.AddSeconds(second), Operation = operation, Outcome = outcome, Count = count, Caller = caller };
        var found = AuditAnomalies.Find(
        [
            At(0, "remember", "ok", AuditAnomalies.MaxWrites), At(1, "remember", "ok", 1), At(2, "remember", "ok", AuditAnomalies.MaxWrites, "key:b"),
            At(3, "forget", "ok", AuditAnomalies.MaxDeletes + 1), At(4, "list", "ok", AuditAnomalies.MaxReads + 1), At(4, "list", "ok", AuditAnomalies.MaxReads, "key:b"),
            .. Enumerable.Range(5, (int)AuditAnomalies.MaxRefusals + 1).Select(i => At(i, "get", "forbidden", 0)),
            At(30, "rotate_keys", AuditEntry.Started, 0), At(31, "remember", "ok", 1, "key:c"), At(32, "rotate_keys", "ok", 0), At(33, "remember", "ok", 1, "key:d"),
        ]);

        Assert.Equal(
            ["bulk_deletes key:a", "bulk_reads key:a", "bulk_writes key:a", "refused_attempts key:a", "writes_during_rotation key:c"],
            found.Select(a => $"{a.Kind} {a.Caller}").Order(StringComparer.Ordinal));
        await WriteManyAsync((int)AuditAnomalies.MaxWrites + 1);
        Assert.Contains(await _folder.Stores.AuditAnomaliesAsync(null, Cancellation), a => a is { Kind: "bulk_writes", Caller: "local" });
    }

    [Fact]
    public void An_entry_comes_back_from_its_bytes_and_from_no_others()
    {
        var entry = Entry(3) with { Seq = 9, Ids = ["a", ""], Namespace = "n\r\n\u2028", Count = 7, Detail = "d", ActorId = "x" };
        var bytes = AuditCodec.Encode(entry);

        Assert.Equal(entry with { Ids = [] }, AuditCodec.Decode(bytes)! with { Ids = [] });
        Assert.Equal(entry.Ids, AuditCodec.Decode(bytes)!.Ids);
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            var changed = bytes[..random.Next(bytes.Length)];
            Assert.Null(AuditCodec.Decode(changed));
        }
    }

    internal static AuditEntry Entry(int second) => new()
    {
        At = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(second),
        Caller = "local",
        Door = "library",
        Operation = "list",
        Outcome = AuditEntry.Ok,
    };

    private static Keepsake.Engines.Sqlite.SqliteSession Session(TemporaryFolder folder)
    {
        var session = new Keepsake.Engines.Sqlite.SqliteSession(folder["audit.db"], readOnly: false);
        Keepsake.Engines.Sqlite.SqliteSchema.Migrate(session);
        return session;
    }

    private async Task<string> KeyFileAsync()
    {
        await _folder.Memory.AppendEventAsync(new() { ActorId = "al", SessionId = "s", Content = "x" }, null, Cancellation);
        return Path.Combine(_folder.Folder, "keys", "audit.key");
    }

    // In waves: a checkpoint comes with the group of writes that brings it to a thousand entries, and a group may be of all that wait.
    private async Task WriteManyAsync(int count)
    {
        foreach (var wave in Enumerable.Range(0, count).Chunk(100))
        {
            await Task.WhenAll(wave.Select(i => _folder.Memory.AppendEventAsync(
                new() { ActorId = "al", SessionId = $"s{i % 10}", Content = $"event {i}" }, null, Cancellation)));
        }
    }

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync(AuditQuery? query = null) =>
        [.. (await _folder.Stores.AuditAsync(query ?? new(), Cancellation)).Items.Where(e => e.Operation is not ("audit" or "verify_audit"))];
}
