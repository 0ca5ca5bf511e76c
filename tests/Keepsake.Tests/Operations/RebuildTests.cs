using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Keepsake.Operations;
using Keepsake.Serialization;
using Keepsake.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keepsake.Tests.Operations;

public sealed class RebuildTests
{
    private const string Store = MemoryStores.DefaultStore;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Planted_damage_is_mended_from_a_backup_or_an_export_and_thirty_points_more_are_found(bool fromBackup)
    {
        await using var folder = await new OpenFolder().OpenAsync();
        var ids = await Corpus.RememberAsync(folder.Memory, 300, "team/notes");
        var beside = await Corpus.RememberAsync(folder.Memory, 20, "team/other", seed: 2);
        await folder.Memory.AppendEventAsync(new() { ActorId = "ann", SessionId = "s", Content = "an event of the namespace that stays", Namespace = "team/notes" }, null, Token);
        var contents = (await ContentsAsync(folder, "team/notes")).ToDictionary();
        var source = fromBackup ? (await folder.Stores.CreateBackupAsync(null, Token)).Name : await ExportAsync(folder, "team");
        var newer = await Corpus.RememberAsync(folder.Memory, 5, "team/notes/newer", seed: 3);
        await folder.FlipAsync(ids.Where((_, i) => i % 5 < 2));

        var report = await folder.Stores.RebuildAsync(Store, new() { Namespace = "team/notes", From = source }, null, Token);

        Assert.True(report.Success, string.Join('\n', report.Warnings));
        Assert.True(report.HitRateAfter >= report.HitRateBefore + 0.3, $"{report.HitRateBefore} → {report.HitRateAfter}");
        Assert.InRange(report.HitRateAfter!.Value, BenchmarkReport.MinHitRate, 1);
        Assert.Equal(("hard", 120L, 0L, 120L, 0L, 306L), (report.Mode, report.DamagedBefore, report.DamagedAfter, report.Restored, report.Refused, report.Items));
        Assert.Empty(report.Lost);
        Assert.Empty(await folder.Stores.ListQuarantineAsync(Store, Token));
        Assert.Equal(contents.OrderBy(c => c.Key), (await ContentsAsync(folder, "team/notes")).Where(c => !newer.Contains(c.Key)).OrderBy(c => c.Key));
        Assert.Empty((await folder.Memory.StatusAsync(Token)).Warnings);
        Assert.Equal(beside, (await folder.Memory.ListAsync(new() { Namespace = "team/other", Page = new(100) }, Token)).Items.Select(r => r.Id));
        var snapshot = Assert.Single(await folder.Stores.ListBackupsAsync(Token), b => b.Name == report.Snapshot);
        Assert.Equal(120, snapshot.DamagedRows);
    }

    [Fact]
    public async Task What_is_in_no_source_is_lost_and_said_in_per_cent_by_namespace()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        var first = await Corpus.RememberAsync(folder.Memory, 40, "a/first");
        var export = await ExportAsync(folder, "a");
        var second = await Corpus.RememberAsync(folder.Memory, 40, "a/second", seed: 2);
        await folder.FlipAsync(first.Take(10).Concat(second.Take(12)));

        var report = await folder.Stores.RebuildAsync(Store, new() { Namespace = "a", From = export }, null, Token);

        Assert.Equal([new LostRecords("a/second", 12, 40, 30)], report.Lost);
        Assert.Contains(report.Warnings, w => w.StartsWith("30 % of 'a/second' is lost (12 of 40)", StringComparison.Ordinal));
        Assert.Equal((22L, 0L, 10L, 68L, true), (report.DamagedBefore, report.DamagedAfter, report.Restored, report.Items, report.Success));
    }

    [Fact]
    public async Task What_was_deleted_or_changed_since_the_export_stays_so()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        var ids = await Corpus.RememberAsync(folder.Memory, 30, "a");
        var export = await ExportAsync(folder, "a");
        await folder.Memory.ForgetAsync([ids[0]], cancellationToken: Token);
        await folder.Memory.UpdateAsync(ids[1], new() { Content = "changed since the export was written" }, null, cancellationToken: Token);
        await folder.FlipAsync([ids[2]]);

        var report = await folder.Stores.RebuildAsync(Store, new() { Namespace = "a", From = export }, null, Token);

        Assert.Equal((1L, true), (report.Restored, report.Success));
        Assert.Equal(MemoryErrorCode.NotFound, (await Assert.ThrowsAsync<MemoryException>(() => folder.Memory.GetAsync(ids[0], Token))).Code);
        Assert.Equal("changed since the export was written", (await folder.Memory.GetAsync(ids[1], Token)).Content);
        Assert.NotEmpty((await folder.Memory.GetAsync(ids[2], Token)).Content);
    }

    [Fact]
    public async Task A_soft_rebuild_derives_a_broken_index_and_embeddings_anew()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 100, "a");
        var store = folder.Stores.Own("default");
        var before = await folder.Stores.BenchmarkAsync(Store, "a", new(), cancellationToken: Token);
        (await store.IndexAsync(Token)).Drop("a");
        Assert.Equal(0, (await folder.Stores.BenchmarkAsync(Store, "a", new(), cancellationToken: Token)).HitRate);

        var report = await folder.Stores.RebuildAsync(Store, new() { Namespace = "a" }, null, Token);

        Assert.Equal(("soft", 0d, before.HitRate, true), (report.Mode, report.HitRateBefore!.Value, report.HitRateAfter, report.Success));
        Assert.Equal(before.HitRate, (await folder.Stores.BenchmarkAsync(Store, "a", new(), cancellationToken: Token)).HitRate);
        Assert.Empty((await folder.Memory.StatusAsync(Token)).Warnings);
    }

    [Fact]
    public async Task A_namespace_under_one_in_quarantine_and_one_that_holds_nothing_are_refused_and_left_as_they_are()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 40, "a/b");
        await folder.Stores.QuarantineAsync(Store, "a", "odd", Token);

        foreach (var (@namespace, code) in ((string, MemoryErrorCode)[])[("a/b", MemoryErrorCode.Unavailable), ("b", MemoryErrorCode.NotFound)])
        {
            var refused = await Assert.ThrowsAsync<MemoryException>(() => folder.Stores.RebuildAsync(Store, new() { Namespace = @namespace }, null, Token));
            Assert.Equal(code, refused.Code);
        }

        Assert.Empty(await folder.Stores.ListBackupsAsync(Token));
        Assert.Equal("odd", Assert.Single(await folder.Stores.ListQuarantineAsync(Store, Token)).Reason);
        Assert.True((await folder.Stores.RebuildAsync(Store, new() { Namespace = "a" }, null, Token)).Success);
        Assert.Equal(40, (await folder.Memory.ListAsync(new() { Namespace = "a/b" }, Token)).Items.Count);
    }

    [Fact]
    public async Task A_soft_rebuild_of_damaged_rows_fails_says_why_and_leaves_the_quarantine()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        var ids = await Corpus.RememberAsync(folder.Memory, 40, "a");
        await folder.FlipAsync(ids.Take(4));

        var report = await folder.Stores.RebuildAsync(Store, new() { Namespace = "a" }, null, Token);

        Assert.Equal((false, 4L, (DateTimeOffset?)null), (report.Success, report.DamagedAfter, report.WatchedUntil));
        Assert.Contains("--from", report.Warnings[0], StringComparison.Ordinal);
        Assert.Equal("its rebuild ended, and it is not well", Assert.Single(await folder.Stores.ListQuarantineAsync(Store, Token)).Reason);
        await folder.Stores.ReleaseAsync(Store, "a", Token);
        await folder.Stores.QuarantineAsync(Store, "a", "odd", Token);
        Assert.False((await folder.Stores.RebuildAsync(Store, new() { Namespace = "a" }, null, Token)).Success);
        Assert.Equal("odd", Assert.Single(await folder.Stores.ListQuarantineAsync(Store, Token)).Reason);
        await folder.Stores.ReleaseAsync(Store, "a", Token);
        Assert.Equal(36, (await folder.Memory.ListAsync(new() { Namespace = "a" }, Token)).Items.Count);
    }

    [Fact]
    public async Task A_source_that_is_not_there_changes_nothing()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 4, "a");
        foreach (var from in (string[])["nowhere.jsonl", "20260131T093000Z-0198c0de", folder.Path])
        {
            var error = await Assert.ThrowsAsync<MemoryException>(() => folder.Stores.RebuildAsync(Store, new() { Namespace = "a", From = from }, null, Token));
            Assert.Equal(MemoryErrorCode.NotFound, error.Code);
        }

        Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => folder.Stores.RebuildAsync(Store, new() { Namespace = "a//b" }, null, Token))).Code);
        Assert.Empty(await folder.Stores.ListQuarantineAsync(Store, Token));
        Assert.Empty(await folder.Stores.ListBackupsAsync(Token));
        Assert.Empty((await folder.Memory.StatusAsync(Token)).Warnings);
    }

    [Fact]
    public async Task With_lines_that_are_no_records_the_others_are_put_back_and_nothing_is_erased_or_called_well()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        var ids = await Corpus.RememberAsync(folder.Memory, 30, "a");
        var export = await ExportAsync(folder, "a");
        var lines = await File.ReadAllLinesAsync(export, Token);
        await File.WriteAllTextAsync(export, "\uFEFF" + lines[0] + "\r\nnot json\n{\"type\":\"planet\"}\nnull\n\n" + string.Join('\n', lines.Skip(1).SkipLast(1)) + "\n" + lines[^1][..^9], Token);
        await folder.FlipAsync(ids);

        var report = await folder.Stores.RebuildAsync(Store, new() { Namespace = "a", From = export }, null, Token);

        Assert.Equal((29L, 4L, 1L, false), (report.Restored, report.Refused, report.DamagedAfter, report.Success));
        Assert.StartsWith("4 lines of the export are no record or event that can be read, so what is damaged still was not erased (1 row).", report.Warnings[0], StringComparison.Ordinal);
        Assert.Empty(report.Lost);
        Assert.Single(await folder.Stores.ListQuarantineAsync(Store, Token));

        await File.WriteAllLinesAsync(export, lines, Token);
        var mended = await folder.Stores.RebuildAsync(Store, new() { Namespace = "a", From = export }, null, Token);
        Assert.Equal((1L, 0L, 0L, true), (mended.Restored, mended.Refused, mended.DamagedAfter, mended.Success));
    }

    [Theory]
    [InlineData("gzip", "compressed with gzip")]
    [InlineData("zstd", "compressed with zstd")]
    [InlineData("diary", "3 of its lines are neither")]
    [InlineData("empty", "no record or event of 'a' that can be read.")]
    [InlineData("cut", "1 of its lines are neither")]
    [InlineData("other", "no record or event of 'a' that can be read.")]
    [InlineData("backup", "no record or event of 'a' that can be read.")]
    [InlineData("device", "a device")]
    public async Task A_source_without_anything_of_the_namespace_is_refused_before_anything_is_changed(string kind, string said)
    {
        if (kind == "device" && !OperatingSystem.IsLinux())
        {
            return;
        }

        await using var folder = await new OpenFolder().OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 4, "b");
        var other = await ExportAsync(folder, "b");
        var before = kind == "backup" ? (await folder.Stores.CreateBackupAsync(null, Token)).Name : null;
        var ids = await Corpus.RememberAsync(folder.Memory, 4, "a", seed: 2);
        var export = kind == "other" ? other : await ExportAsync(folder, "a");
        var bytes = await File.ReadAllBytesAsync(export, Token);
        await File.WriteAllBytesAsync(
            export,
            kind switch
            {
                "gzip" => Gzipped(bytes),
                "zstd" => [0x28, 0xB5, 0x2F, 0xFD, .. bytes],
                "diary" => "Dear diary,\n\ntoday nothing\nhappened.\n"u8.ToArray(),
                "empty" => [],
                "cut" => bytes[..40],
                _ => bytes,
            },
            Token);
        await folder.FlipAsync(ids);
        var backups = (await folder.Stores.ListBackupsAsync(Token)).Count;

        var error = await Assert.ThrowsAsync<MemoryException>(() =>
            folder.Stores.RebuildAsync(Store, new() { Namespace = "a", From = kind == "device" ? "/dev/null" : before ?? export }, null, Token));

        Assert.Equal(MemoryErrorCode.InvalidRequest, error.Code);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Empty(await folder.Stores.ListQuarantineAsync(Store, Token));
        Assert.Equal(backups, (await folder.Stores.ListBackupsAsync(Token)).Count);
        Assert.Equal(4, (await folder.Stores.RebuildAsync(Store, new() { Namespace = "a" }, null, Token)).DamagedAfter);
    }

    [Fact]
    public async Task What_is_too_short_to_be_asked_for_is_well_unless_some_of_it_was_lost()
    {
        await using var folder = await new OpenFolder().OpenAsync();
        await folder.Memory.RememberAsync(new() { Facts = [new() { Content = "tea" }], Namespace = "a" }, cancellationToken: Token);
        var export = await ExportAsync(folder, "a");
        var lost = await folder.Memory.RememberAsync(new() { Facts = [new() { Content = "milk" }], Namespace = "a" }, cancellationToken: Token);

        var well = await folder.Stores.RebuildAsync(Store, new() { Namespace = "a" }, null, Token);
        Assert.Equal((null, true), (well.HitRateAfter, well.Success));

        await folder.FlipAsync([lost.Outcomes[0].Id!]);
        var report = await folder.Stores.RebuildAsync(Store, new() { Namespace = "a", From = export }, null, Token);
        Assert.Equal((null, 0L, false), (report.HitRateAfter, report.DamagedAfter, report.Success));
        Assert.Contains(report.Warnings, warning => warning.StartsWith("Whether anything is found could not be measured", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("damage"), InlineData("unfindable"), InlineData("nothing")]
    [InlineData("removal"), InlineData("removal of what was deleted")]
    public async Task What_was_rebuilt_is_watched_and_goes_back_when_it_is_not_well(string fault)
    {
        var time = new ManualTime();
        await using var folder = await new OpenFolder(time).OpenAsync();
        var ids = await Corpus.RememberAsync(folder.Memory, 60, "a");

        // One that was missing before is no news, and what is forgotten for good is not missing.
        folder.RemoveOpen(ids[1]);
        var report = await folder.Stores.RebuildAsync(Store, new() { Namespace = "a" }, null, Token);
        await folder.Memory.ForgetAsync([ids[2]], hard: true, cancellationToken: Token);
        await folder.Memory.ForgetAsync([ids[3]], cancellationToken: Token);
        Assert.Equal(time.Now + TimeSpan.FromMinutes(15), report.WatchedUntil);
        await folder.Stores.WatchAsync(Token);
        Assert.Empty(await folder.Stores.ListQuarantineAsync(Store, Token));

        time.Advance(TimeSpan.FromMinutes(14));
        var isRemoval = fault.StartsWith("removal", StringComparison.Ordinal);
        if (fault == "damage")
        {
            // Found although nobody has read it, and after a restart too.
            await folder.FlipAsync([ids[7]]);
        }
        else if (isRemoval)
        {
            folder.RemoveOpen(fault == "removal" ? ids[7] : ids[3]);
        }
        else if (fault == "unfindable")
        {
            (await folder.Stores.Own("default").IndexAsync(Token)).Drop("a");
        }

        await folder.Stores.WatchAsync(Token);

        var closed = await folder.Stores.ListQuarantineAsync(Store, Token);
        if (fault == "nothing")
        {
            Assert.Empty(closed);
            time.Advance(TimeSpan.FromMinutes(1));
            await folder.Stores.WatchAsync(Token);
            await folder.FlipAsync([ids[7]]);
            await folder.Stores.WatchAsync(Token);
            Assert.Empty(await folder.Stores.ListQuarantineAsync(Store, Token));
        }
        else
        {
            Assert.Contains(isRemoval ? "1 row is missing since its rebuild" : "after its rebuild", Assert.Single(closed).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_clock_makes_the_stores_look()
    {
        var time = new ManualTime();
        await using var folder = await new OpenFolder(time).OpenAsync();
        await Corpus.RememberAsync(folder.Memory, 60, "a");
        await folder.Stores.RebuildAsync(Store, new() { Namespace = "a" }, null, Token);
        (await folder.Stores.Own("default").IndexAsync(Token)).Drop("a");

        time.Advance(RebuildWatch.Interval);
        while ((await folder.Stores.ListQuarantineAsync(Store, Token)).Count == 0)
        {
            await Task.Delay(5, Token);
        }
    }

    [Fact]
    public async Task A_namespace_that_cannot_be_looked_at_keeps_no_other_from_it()
    {
        var time = new StumblingTime();
        await using var folder = await new OpenFolder(time).OpenAsync();
        foreach (var @namespace in (string[])["a", "b"])
        {
            await Corpus.RememberAsync(folder.Memory, 60, @namespace);
            await folder.Stores.RebuildAsync(Store, new() { Namespace = @namespace }, null, Token);
        }

        (await folder.Stores.Own("default").IndexAsync(Token)).Drop("a");
        (await folder.Stores.Own("default").IndexAsync(Token)).Drop("b");
        time.Stumble();

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => folder.Stores.WatchAsync(Token));

        Assert.Single(await folder.Stores.ListQuarantineAsync(Store, Token));
        await folder.Stores.WatchAsync(Token);
        Assert.Equal(2, (await folder.Stores.ListQuarantineAsync(Store, Token)).Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_watch_outlives_what_a_look_throws()
    {
        var time = new ManualTime();
        var looks = 0;
        await using var watch = new RebuildWatch(
            _ => Interlocked.Increment(ref looks) % 2 == 1 ? throw new InvalidOperationException("a fault") : throw new OperationCanceledException(), time, NullLogger.Instance);

        while (Volatile.Read(ref looks) < 3)
        {
            time.Advance(RebuildWatch.Interval);
            await Task.Delay(5, Token);
        }
    }

    [Fact]
    public void The_watch_may_be_left_out_and_has_a_longest()
    {
        new MemoryStoreOptions { RebuildWatch = TimeSpan.Zero }.Validate();
        new MemoryStoreOptions { RebuildWatch = TimeSpan.FromDays(1) }.Validate();
        Assert.Throws<MemoryException>(() => new MemoryStoreOptions { RebuildWatch = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) }.Validate());
        Assert.Throws<MemoryException>(() => new MemoryStoreOptions { RebuildWatch = TimeSpan.FromTicks(-1) }.Validate());
    }

    /// <summary>A clock that fails the call that is under way once, and nobody else's.</summary>
    private sealed class StumblingTime : TimeProvider
    {
        private readonly AsyncLocal<StrongBox<int>?> _stumbles = new();

        public void Stumble() => _stumbles.Value = new(1);

        public override DateTimeOffset GetUtcNow() =>
            _stumbles.Value is { } left && Interlocked.Decrement(ref left.Value) >= 0 ? throw new InvalidTimeZoneException() : base.GetUtcNow();
    }

    private static async Task<IEnumerable<KeyValuePair<string, string>>> ContentsAsync(OpenFolder folder, string @namespace) =>
        (await folder.Memory.ListAsync(new() { Namespace = @namespace, Page = new(1_000) }, Token)).Items.Select(r => KeyValuePair.Create(r.Id, r.Content));

    private static byte[] Gzipped(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    private static async Task<string> ExportAsync(OpenFolder folder, string scope)
    {
        var text = new StringBuilder();
        string? cursor = null;
        do
        {
            var page = await folder.Memory.ExportAsync(scope, cursor, Token);
            foreach (var item in page.Items)
            {
                text.Append(JsonSerializer.Serialize(item, KeepsakeJson.Default.MemoryItem)).Append('\n');
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
        var file = folder["export.jsonl"];
        await File.WriteAllTextAsync(file, text.ToString(), Token);
        return file;
    }
}
