using System.Diagnostics;
using System.Text.Json;
using Keepsake.Tests.Durability;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Operations;

/// <summary>The program itself is killed at every step of its operations: old or new is there, never a part, and the same command goes on.</summary>
public sealed class OperationKillTests : IAsyncLifetime
{
    private const string Store = MemoryStores.DefaultStore;
    private const int Records = 60;
    private const int Damaged = 20;

    private readonly OpenFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Theory]
    [InlineData("backup.copied", false)]
    [InlineData("backup.verified", false)]
    [InlineData("backup.named", false)]
    [InlineData("backup.manifest", false)]
    [InlineData("backup.listed", true)]
    public async Task A_backup_that_was_killed_is_listed_only_when_it_is_good(string point, bool isListed)
    {
        await Corpus.RememberAsync(_folder.Memory, Records, "a");
        await _folder.CloseAsync();

        await KillAsync(point, "backup", "create");

        await _folder.OpenAsync();
        var listed = await _folder.Stores.ListBackupsAsync(Token);
        Assert.Equal(isListed ? 1 : 0, listed.Count);
        foreach (var backup in listed)
        {
            await _folder.Stores.VerifyBackupAsync(backup.Name, null, Token);
        }

        var made = await _folder.Stores.CreateBackupAsync(null, Token);
        Assert.Equal(Records, made.Stores[0].Records);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.BackupsPath), file => file.EndsWith("-making", StringComparison.Ordinal));
        Assert.Equal(listed.Count + 1, Directory.EnumerateFiles(_folder.BackupsPath, "*.db").Count());
    }

    [Theory]
    [InlineData("restore.copied", false)]
    [InlineData("restore.decided", true)]
    [InlineData("restore.old-aside", true)]
    [InlineData("restore.log-aside", true)]
    [InlineData("restore.in-place", true)]
    [InlineData("restore.reported", true)]
    public async Task A_restore_that_was_killed_leaves_the_old_or_the_new(string point, bool isNew)
    {
        await Corpus.RememberAsync(_folder.Memory, Records, "a");
        var backup = await _folder.Stores.CreateBackupAsync(null, Token);
        await Corpus.RememberAsync(_folder.Memory, 1, "later", seed: 4);
        await _folder.CloseAsync();

        await KillAsync(point, "backup", "restore", backup.Name);

        await _folder.OpenAsync();
        Assert.Equal(isNew ? Records : Records + 1, (await _folder.Memory.StatusAsync(Token)).Counts.Records);
        Assert.Equal(isNew ? RestoreReport.Restored : null, (await _folder.Stores.LastRestoreAsync(Token))?.Outcome);
        await Corpus.RememberAsync(_folder.Memory, 2, "after", seed: 5);
        var records = (await _folder.Memory.StatusAsync(Token)).Counts.Records;
        await _folder.ReopenAsync();
        Assert.Equal(records, (await _folder.Memory.StatusAsync(Token)).Counts.Records);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), file => file.Contains("-before", StringComparison.Ordinal));

        await _folder.CloseAsync();
        Assert.Equal($"restored\t{backup.Name}\t", (await RunAsync(null, "backup", "restore", backup.Name)).Out.TrimEnd('\n'));
        await _folder.OpenAsync();
        Assert.Equal(Records, (await _folder.Memory.StatusAsync(Token)).Counts.Records);
    }

    [Theory]
    [InlineData("restore.decided")]
    [InlineData("restore.old-aside")]
    [InlineData("restore.log-aside")]
    [InlineData("restore.in-place")]
    [InlineData("restore.settled")]
    [InlineData("restore.reported")]
    public async Task Keys_are_what_they_were_though_the_restore_was_killed(string point)
    {
        var stolen = await _folder.Stores.CreateKeyAsync(new() { Name = "stolen", Scopes = "read" }, Token);
        var backup = await _folder.Stores.CreateBackupAsync(null, Token);
        var later = await _folder.Stores.CreateKeyAsync(new() { Name = "later", Scopes = "read" }, Token);
        await _folder.Stores.RevokeKeyAsync("stolen", Token);
        await _folder.CloseAsync();

        await KillAsync(point, "backup", "restore", backup.Name);

        await _folder.OpenAsync();
        Assert.Equal((RestoreReport.Restored, null), ((await _folder.Stores.LastRestoreAsync(Token))!.Outcome, (await _folder.Stores.LastRestoreAsync(Token))!.Reason));
        Assert.Null(_folder.Stores.Keys.Find(stolen.Secret).Caller);
        Assert.NotNull(_folder.Stores.Keys.Find(later.Secret).Caller);
        await _folder.ReopenAsync();
        Assert.Equal(2, _folder.Stores.Keys.List().Count);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), file => file.Contains("-before", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rebuild.quarantined")]
    [InlineData("rebuild.snapshot")]
    [InlineData("rebuild.measured")]
    [InlineData("rebuild.way-cleared")]
    [InlineData("rebuild.batch")]
    [InlineData("rebuild.put-back")]
    [InlineData("rebuild.batch-erased")]
    [InlineData("rebuild.erased")]
    [InlineData("rebuild.dropped")]
    [InlineData("rebuild.derived")]
    [InlineData("rebuild.ended")]
    public async Task A_rebuild_that_was_killed_stays_closed_and_the_same_command_goes_on(string point)
    {
        var ids = await Corpus.RememberAsync(_folder.Memory, Records, "a");
        var backup = await _folder.Stores.CreateBackupAsync(null, Token);
        var lost = await Corpus.RememberAsync(_folder.Memory, 4, "a/lost", seed: 6);
        await _folder.FlipAsync(ids.Take(Damaged).Concat(lost.Take(1)));
        await _folder.CloseAsync();
        string[] command = ["rebuild", "a", "--from", backup.Name, "--json"];

        await KillAsync(point, command);

        if (point == "rebuild.ended")
        {
            // Released in the same transaction as it ended: what follows is another rebuild, of what is well.
            await _folder.OpenAsync();
            Assert.Empty(await _folder.Stores.ListQuarantineAsync(Store, Token));
            Assert.Equal(Records + 3, (await _folder.Memory.ListAsync(new() { Namespace = "a", Page = new(1_000) }, Token)).Items.Count);
            return;
        }

        await _folder.OpenAsync();
        Assert.Single(await _folder.Stores.ListQuarantineAsync(Store, Token));
        Assert.Contains((await _folder.Memory.StatusAsync(Token)).Warnings, w => w.Contains("was interrupted", StringComparison.Ordinal));
        await _folder.CloseAsync();

        var (code, output) = await RunAsync(null, command);
        Assert.Equal(0, code);
        var report = JsonElement.Parse(output);
        Assert.Equal((Damaged + 1, 0), (report.GetProperty("damagedBefore").GetInt32(), report.GetProperty("damagedAfter").GetInt32()));
        Assert.Equal(Records + 3, report.GetProperty("items").GetInt32());
        Assert.Equal("a/lost", report.GetProperty("lost")[0].GetProperty("namespace").GetString());
        Assert.True(report.GetProperty("hitRateAfter").GetDouble() > report.GetProperty("hitRateBefore").GetDouble());
        await _folder.OpenAsync();
        var items = (await _folder.Memory.ListAsync(new() { Namespace = "a", Page = new(1_000) }, Token)).Items;
        Assert.Equal(ids.Concat(lost.Skip(1)).Order(StringComparer.Ordinal), items.Select(r => r.Id).Order(StringComparer.Ordinal));

        // The first snapshot counts: it is the one that holds what was there before.
        Assert.Equal(Damaged + 1, (await _folder.Stores.ListBackupsAsync(Token)).Single(b => b.Name == report.GetProperty("snapshot").GetString()).DamagedRows);
    }

    [Fact]
    public async Task A_rebuild_that_was_given_up_is_released_with_all_that_is_intact_findable()
    {
        var ids = await Corpus.RememberAsync(_folder.Memory, Records, "a");
        await _folder.Stores.BenchmarkAsync(Store, "a", new(), cancellationToken: Token);
        await _folder.CloseAsync();
        await KillAsync("rebuild.dropped", "rebuild", "a");
        await _folder.OpenAsync();

        // As if the index had been saved without it.
        (await _folder.Stores.Own(Store).IndexAsync(Token)).Drop("a");
        await _folder.Stores.ReleaseAsync(Store, "a", Token);

        Assert.Equal(Records, (await _folder.Memory.ListAsync(new() { Page = new(100) }, Token)).Items.Count);
        Assert.InRange((await _folder.Stores.BenchmarkAsync(Store, "a", new(), cancellationToken: Token)).HitRate!.Value, BenchmarkReport.MinHitRate, 1);
        Assert.Equal(ids[0], (await _folder.Memory.GetAsync(ids[0], Token)).Id);
        Assert.Empty((await _folder.Memory.StatusAsync(Token)).Warnings);
    }

    [Fact]
    public async Task A_quarantine_outlives_a_kill()
    {
        await Corpus.RememberAsync(_folder.Memory, 3, "a");
        await _folder.CloseAsync();
        await KillAsync("commit.after", "quarantine", "a");

        await _folder.OpenAsync();

        Assert.Single(await _folder.Stores.ListQuarantineAsync(Store, Token));
        Assert.Empty((await _folder.Memory.ListAsync(new(), Token)).Items);
    }

    private async Task KillAsync(string point, params string[] command) => Assert.NotEqual(0, (await RunAsync(point, command)).Code);

    private async Task<(int Code, string Out)> RunAsync(string? point, params string[] command)
    {
        var start = new ProcessStartInfo(KilledProcess.Program, [.. command, "--data", _folder.Path]);
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment[FailPoint.Variable] = point ?? "";
        await using var process = KilledProcess.Of(start);
        var code = await process.EndedAsync();
        Assert.True(point is not null || code is 0 or 1, await process.Errors);
        return (code, string.Join('\n', process.Lines));
    }
}
