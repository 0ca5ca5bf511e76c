using System.Text;
using System.Text.Json;
using Keepsake.Engines.Sqlite;
using Keepsake.Operations;
using Keepsake.Serialization;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Operations;

/// <summary>Backups of rows that are signed, counted and sealed: what a person puts back is taken, and nothing else is.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ProtectedBackupTests : IAsyncLifetime
{
    private const string Secrets = "secrets";

    private readonly OpenFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MemoryStores Stores => _folder.Stores;

    private IMemory Memory => Stores[Secrets];

    public async ValueTask InitializeAsync()
    {
        await _folder.OpenAsync();
        await Stores.CreateEncryptedAsync(Secrets, cancellationToken: Token);
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task An_encrypted_store_is_backed_up_sealed_and_restored_readable()
    {
        await WriteAsync("alice", 20);
        var before = await ContentsAsync();
        var made = await Stores.CreateBackupAsync(null, Token);
        await WriteAsync("bob", 5);
        Assert.DoesNotContain("canary", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(FileOf(made), Token)), StringComparison.Ordinal);
        Assert.Equal((0L, 0L), Damage(await Stores.VerifyBackupAsync(made.Name, null, Token)));

        await RestoreAsync(made);

        Assert.Equal(before, await ContentsAsync());
        Assert.Equal("canary 7 of alice", Assert.Single((await Memory.RecallAsync(new() { Query = "canary 7 of alice", TopK = 1, MinRelevance = 0 }, Token)).Memories).Content);
        Assert.Empty((await Memory.StatusAsync(Token)).Warnings);
    }

    [Fact]
    public async Task A_backup_is_verified_without_the_master_key_and_restored_to_where_it_is()
    {
        await WriteAsync("alice", 6);
        var made = await Stores.CreateBackupAsync(null, Token);
        await _folder.CloseAsync();
        File.Move(_folder["keys/master"], _folder["keys/away"]);
        await _folder.OpenAsync();

        Assert.Equal((0L, 0L), Damage(await Stores.VerifyBackupAsync(made.Name, null, Token)));
        await RestoreAsync(made);
        Assert.Equal(MemoryErrorCode.Unavailable, (await Assert.ThrowsAsync<MemoryException>(ContentsAsync)).Code);
        await _folder.CloseAsync();
        File.Move(_folder["keys/away"], _folder["keys/master"]);
        await _folder.OpenAsync();

        Assert.Equal(6, (await ContentsAsync()).Count);
    }

    [Fact]
    public async Task A_restored_backup_is_taken_and_an_older_file_in_its_place_is_not_until_a_backup_is_restored()
    {
        await WriteAsync("alice", 3);
        await _folder.CloseAsync();
        var older = await File.ReadAllBytesAsync(_folder[SqliteDatabase.FileName], Token);
        await _folder.OpenAsync();
        await WriteAsync("bob", 4);
        var made = await Stores.CreateBackupAsync(null, Token);
        await WriteAsync("carol", 5);

        await RestoreAsync(made);
        Assert.Equal(7, (await ContentsAsync()).Count);
        await _folder.ReopenAsync();
        Assert.Equal(7, (await ContentsAsync()).Count);

        await _folder.CloseAsync();
        await File.WriteAllBytesAsync(_folder[SqliteDatabase.FileName], older, Token);
        await _folder.OpenAsync();
        var error = await Assert.ThrowsAsync<MemoryException>(ContentsAsync);
        Assert.Equal(MemoryErrorCode.Corrupt, error.Code);
        Assert.Contains("older", error.Message, StringComparison.Ordinal);

        await RestoreAsync(made);
        Assert.Equal(7, (await ContentsAsync()).Count);
        Assert.Empty((await Memory.StatusAsync(Token)).Warnings);
    }

    [Theory]
    [InlineData(PendingRestore.Decided)]
    [InlineData(SqliteDatabase.FileName + "-before")]
    public async Task An_older_file_that_something_else_lays_down_as_a_restore_is_not_taken(string name)
    {
        await WriteAsync("alice", 3);
        await _folder.CloseAsync();
        File.Copy(_folder[SqliteDatabase.FileName], _folder["older"]);
        await _folder.OpenAsync();
        await WriteAsync("bob", 4);
        await _folder.CloseAsync();
        foreach (var outcome in (string[])[RestoreReport.Pending, RestoreReport.KeptOld])
        {
            var report = new RestoreReport("20260131T093000Z-0198c0de", DateTimeOffset.UnixEpoch, outcome);
            await File.WriteAllBytesAsync(_folder["restored.json"], JsonSerializer.SerializeToUtf8Bytes(report, KeepsakeJson.Default.RestoreReport), Token);
            File.Copy(_folder["older"], _folder[name]);
            await _folder.OpenAsync();

            var given = await Record.ExceptionAsync(async () => Assert.Equal(7, (await ContentsAsync()).Count));
            Assert.True(given is null or MemoryException { Code: MemoryErrorCode.Corrupt }, $"{given}");
            if (outcome == RestoreReport.Pending)
            {
                Assert.Null(given);
                await _folder.CloseAsync();
            }
        }
    }

    [Fact]
    public async Task A_restore_that_does_not_open_leaves_the_old_data_and_what_is_known_of_it()
    {
        await WriteAsync("alice", 3);
        var made = await Stores.CreateBackupAsync(null, Token);
        await _folder.CloseAsync();
        var older = await File.ReadAllBytesAsync(_folder[SqliteDatabase.FileName], Token);
        await _folder.OpenAsync();
        await WriteAsync("bob", 4);
        await Stores.RestoreBackupAsync(made.Name, cancellationToken: Token);
        await _folder.CloseAsync();
        await using (var file = File.OpenWrite(_folder[PendingRestore.Decided]))
        {
            file.Seek(file.Length / 2, SeekOrigin.Begin);
            file.Write([.. Enumerable.Repeat((byte)0xa5, 100)]);
        }

        await _folder.OpenAsync();
        Assert.Equal(RestoreReport.KeptOld, (await Stores.LastRestoreAsync(Token))!.Outcome);
        Assert.Equal(7, (await ContentsAsync()).Count);
        await _folder.CloseAsync();
        await File.WriteAllBytesAsync(_folder[SqliteDatabase.FileName], older, Token);
        await _folder.OpenAsync();
        Assert.Equal(MemoryErrorCode.Corrupt, (await Assert.ThrowsAsync<MemoryException>(ContentsAsync)).Code);
    }

    [Fact]
    public async Task What_was_shredded_since_is_counted_and_no_damage_and_does_not_come_back()
    {
        await WriteAsync("alice", 6);
        await WriteAsync("bob", 4);
        var made = await Stores.CreateBackupAsync(null, Token);
        await Stores.ShredAsync(Secrets, "alice", null, Token);

        Assert.Equal((0L, 7L), Damage(await Stores.VerifyBackupAsync(made.Name, null, Token)));
        await RestoreAsync(made);

        Assert.Equal((RestoreReport.Restored, 7L), ((await Stores.LastRestoreAsync(Token))!.Outcome, (await Stores.LastRestoreAsync(Token))!.ShreddedRows));
        Assert.All(await ContentsAsync(), content => Assert.Contains("bob", content, StringComparison.Ordinal));
        Assert.Equal(4, (await ContentsAsync()).Count);
        await Stores.Database.Care.ScrubAsync(pause: null, Token);
        Assert.Empty((await Memory.StatusAsync(Token)).Warnings);
        Assert.Equal((0L, 0L), Damage(await Stores.CreateBackupAsync(null, Token)));
    }

    [Fact]
    public async Task A_store_that_was_encrypted_since_the_backup_stays_so()
    {
        var plain = _folder.Memory;
        await plain.RememberAsync(new() { Namespace = "a", Facts = [.. Enumerable.Range(0, 5).Select(i => new MemoryFact { Content = $"canary {i} in plain" })] }, null, Token);
        var made = await Stores.CreateBackupAsync(null, Token);
        await Stores.ConvertAsync(MemoryStores.DefaultStore, encrypted: true, Token);
        await SealedAsync();

        await RestoreAsync(made);
        await SealedAsync();

        Assert.Equal(5, (await _folder.Memory.ListAsync(new(), Token)).Items.Count);
        await _folder.CloseAsync();
        Assert.DoesNotContain("canary", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(_folder[SqliteDatabase.FileName], Token)), StringComparison.Ordinal);
        await _folder.OpenAsync();

        async Task SealedAsync()
        {
            while ((await Stores.SealingProgressAsync(MemoryStores.DefaultStore, Token)).State != "encrypted")
            {
                await Task.Delay(5, Token);
            }
        }
    }

    [Fact]
    public async Task A_backup_is_verified_and_restored_in_a_folder_without_the_keys()
    {
        await Corpus.RememberAsync(_folder.Memory, 10, "a");
        await WriteAsync("alice", 2);
        var made = await Stores.CreateBackupAsync(null, Token);
        await using var drill = await new OpenFolder().OpenAsync();
        Directory.CreateDirectory(drill.BackupsPath);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(drill.BackupsPath, File.GetUnixFileMode(_folder.BackupsPath));
        }

        foreach (var file in Directory.EnumerateFiles(_folder.BackupsPath))
        {
            File.Copy(file, Path.Combine(drill.BackupsPath, Path.GetFileName(file)));
        }

        Assert.Equal((0L, 0L), Damage(await drill.Stores.VerifyBackupAsync(made.Name, null, Token)));
        await drill.Stores.RestoreBackupAsync(made.Name, cancellationToken: Token);
        await drill.ReopenAsync();

        Assert.Equal(10, (await drill.Memory.ListAsync(new(), Token)).Items.Count);
        Assert.Equal(MemoryErrorCode.Unavailable, (await Assert.ThrowsAsync<MemoryException>(() => drill.Stores[Secrets].ListAsync(new(), Token))).Code);
    }

    [Fact]
    public async Task Rows_that_are_signed_anew_keep_the_keys_that_they_are_sealed_with()
    {
        await WriteAsync("alice", 8);
        await _folder.CloseAsync();
        File.Delete(_folder["keys/integrity"]);
        File.Delete(_folder["keys/commits"]);
        await _folder.OpenAsync();

        Assert.Equal(8, (await ContentsAsync()).Count);
        await Engines.Sqlite.Integrity.Adoption.RunAsync(Stores.Database, Token);
        await _folder.ReopenAsync();

        Assert.Equal(8, (await ContentsAsync()).Count);
        Assert.Empty((await Memory.StatusAsync(Token)).Warnings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_encrypted_namespace_is_rebuilt_hard_and_vouched_for_afterwards(bool fromBackup)
    {
        var ids = await Corpus.RememberAsync(Memory, 60, "team");
        var contents = await ContentsAsync();
        var source = fromBackup ? (await Stores.CreateBackupAsync(null, Token)).Name : await ExportAsync();
        var lost = await Corpus.RememberAsync(Memory, 3, "team", seed: 5);
        await _folder.FlipAsync(ids.Take(20).Append(lost[0]));

        var report = await Stores.RebuildAsync(Secrets, new() { Namespace = "team", From = source }, null, Token);

        Assert.True(report.Success, string.Join('\n', report.Warnings));
        Assert.Equal((21L, 20L, 0L, 62L), (report.DamagedBefore, report.Restored, report.DamagedAfter, report.Items));
        Assert.Equal([new LostRecords("team", 1, 63, 1.6)], report.Lost);
        Assert.Empty(contents.Except(await ContentsAsync(), StringComparer.Ordinal));
        await _folder.ReopenAsync();
        var scrub = await Stores.Database.Care.ScrubAsync(pause: null, Token);
        Assert.Equal((0L, 0L), (scrub.Damaged, scrub.Missing));
        Assert.Empty((await Memory.StatusAsync(Token)).Warnings);
    }

    private static (long Damaged, long Shredded) Damage(BackupInfo info) => (info.DamagedRows, info.ShreddedRows);

    private string FileOf(BackupInfo backup) => Path.Combine(_folder.BackupsPath, backup.Name + ".db");

    private async Task RestoreAsync(BackupInfo backup)
    {
        await Stores.RestoreBackupAsync(backup.Name, cancellationToken: Token);
        await _folder.ReopenAsync();
        Assert.Equal(RestoreReport.Restored, (await Stores.LastRestoreAsync(Token))!.Outcome);
    }

    private async Task WriteAsync(string actor, int count)
    {
        await Memory.RememberAsync(
            new() { Namespace = "a/b", Facts = [.. Enumerable.Range(0, count).Select(i => new MemoryFact { Content = $"canary {i} of {actor}", ActorId = actor })] }, null, Token);
        await Memory.AppendEventAsync(new() { ActorId = actor, SessionId = "s", Content = $"canary event of {actor}", Namespace = "a/b" }, null, Token);
    }

    private async Task<List<string>> ContentsAsync() => [.. (await Memory.ListAsync(new() { Page = new(100) }, Token)).Items.Select(record => record.Content)];

    private async Task<string> ExportAsync()
    {
        var lines = (await Memory.ExportAsync("team", null, Token)).Items.Select(item => JsonSerializer.Serialize(item, KeepsakeJson.Default.MemoryItem));
        await File.WriteAllLinesAsync(_folder["export.jsonl"], lines, Token);
        return _folder["export.jsonl"];
    }
}
