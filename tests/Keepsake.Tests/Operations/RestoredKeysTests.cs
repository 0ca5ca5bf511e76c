using System.Text;
using Keepsake.Engines.Sqlite;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Operations;

/// <summary>Who may do what is what was decided last, not what a backup says.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RestoredKeysTests : IAsyncLifetime
{
    private readonly OpenFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MemoryStores Stores => _folder.Stores;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task A_revoked_key_stays_revoked_and_one_that_was_made_since_stays()
    {
        await Corpus.RememberAsync(_folder.Memory, 3, "a");
        var kept = await MakeAsync("kept");
        var stolen = await MakeAsync("stolen");
        var made = await Stores.CreateBackupAsync(null, Token);
        var later = await MakeAsync("later");
        await Corpus.RememberAsync(_folder.Memory, 1, "b", seed: 2);
        await Stores.RestoreBackupAsync(made.Name, cancellationToken: Token);

        // Also what is decided between the order and the switch.
        await Stores.RevokeKeyAsync("stolen", Token);
        await _folder.ReopenAsync();

        await RestoredAsync(null);
        for (var start = 0; start < 2; start++)
        {
            Assert.Null(Stores.Keys.Find(stolen).Caller);
            Assert.NotNull(Stores.Keys.Find(kept).Caller);
            Assert.NotNull(Stores.Keys.Find(later).Caller);
            Assert.Equal(["kept", "later", "stolen"], Stores.Keys.List().Select(key => key.Name));
            Assert.Equal(3, (await _folder.Memory.StatusAsync(Token)).Counts.Records);
            Assert.Empty((await _folder.Memory.StatusAsync(Token)).Warnings);
            await _folder.ReopenAsync();
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), file => file.Contains("-before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_backup_of_before_the_first_key_does_not_open_the_door()
    {
        var made = await Stores.CreateBackupAsync(null, Token);
        var key = await MakeAsync("first");

        await RestoreAsync(made);

        Assert.True(Stores.Keys.Find(null).IsRequired);
        Assert.NotNull(Stores.Keys.Find(key).Caller);
    }

    [Fact]
    public async Task A_revocation_that_is_only_in_the_log_of_the_database_counts()
    {
        var stolen = await MakeAsync("stolen");
        var made = await Stores.CreateBackupAsync(null, Token);
        await Stores.RestoreBackupAsync(made.Name, cancellationToken: Token);
        await Stores.RevokeKeyAsync("stolen", Token);

        // As a kill would leave it.
        await using var killed = new OpenFolder();
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(_folder.Path, file);
            if (name == DataFolder.LockName || name.EndsWith("-shm", StringComparison.Ordinal))
            {
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(killed[name])!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Copy(file, killed[name]);
        }

        await killed.OpenAsync();

        Assert.Equal((RestoreReport.Restored, null), ((await killed.Stores.LastRestoreAsync(Token))!.Outcome, (await killed.Stores.LastRestoreAsync(Token))!.Reason));
        Assert.Null(killed.Stores.Keys.Find(stolen).Caller);
        Assert.NotNull(Assert.Single(killed.Stores.Keys.List()).RevokedAt);
        Assert.DoesNotContain(Directory.EnumerateFiles(killed.Path), file => file.Contains("-before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_cannot_be_read_any_more_is_said_and_the_door_stays_closed()
    {
        var made = await Stores.CreateBackupAsync(null, Token);
        await MakeAsync("first");
        await Stores.RestoreBackupAsync(made.Name, cancellationToken: Token);
        await _folder.CloseAsync();
        await File.WriteAllBytesAsync(_folder[SqliteDatabase.FileName], Encoding.ASCII.GetBytes(new string('x', 64 << 10)), Token);

        await _folder.OpenAsync();

        await RestoredAsync(RestoredKeys.Unsure);
        Assert.True(Stores.Keys.Find(null).IsRequired);
        Assert.Empty(Stores.Keys.List());
    }

    [Fact]
    public async Task A_revoked_key_whose_row_somebody_removed_does_not_come_back()
    {
        var stolen = await MakeAsync("stolen");
        var kept = await MakeAsync("kept");
        var made = await Stores.CreateBackupAsync(null, Token);
        await Stores.RevokeKeyAsync("stolen", Token);
        await Stores.RestoreBackupAsync(made.Name, cancellationToken: Token);
        await _folder.DamageAsync(session => session.Execute("DELETE FROM api_keys"));

        await RestoredAsync(RestoredKeys.Unsure);
        Assert.Null(Stores.Keys.Find(stolen).Caller);
        Assert.NotNull(Stores.Keys.Find(kept).Caller);
    }

    [Fact]
    public async Task An_older_database_that_somebody_put_in_place_is_not_taken_for_the_last_word()
    {
        await MakeAsync("stolen");
        var made = await Stores.CreateBackupAsync(null, Token);
        await _folder.CloseAsync();
        var older = await File.ReadAllBytesAsync(_folder[SqliteDatabase.FileName], Token);
        await _folder.OpenAsync();
        await Stores.RevokeKeyAsync("stolen", Token);
        await Stores.RestoreBackupAsync(made.Name, cancellationToken: Token);
        await _folder.CloseAsync();
        await File.WriteAllBytesAsync(_folder[SqliteDatabase.FileName], older, Token);

        await _folder.OpenAsync();

        await RestoredAsync(RestoredKeys.Unsure);
    }

    [Fact]
    public async Task A_backup_of_another_folder_brings_its_keys_to_one_that_has_none()
    {
        var key = await MakeAsync("key");
        var made = await Stores.CreateBackupAsync(null, Token);
        await using var drill = await new OpenFolder().OpenAsync();
        Directory.CreateDirectory(drill.BackupsPath, File.GetUnixFileMode(_folder.BackupsPath));
        foreach (var file in Directory.EnumerateFiles(_folder.BackupsPath))
        {
            File.Copy(file, Path.Combine(drill.BackupsPath, Path.GetFileName(file)));
        }

        await drill.Stores.RestoreBackupAsync(made.Name, cancellationToken: Token);
        await drill.ReopenAsync();

        Assert.NotNull(drill.Stores.Keys.Find(key).Caller);
        Assert.Null((await drill.Stores.LastRestoreAsync(Token))!.Reason);
        Assert.Empty((await drill.Memory.StatusAsync(Token)).Warnings);
    }

    private async Task<string> MakeAsync(string name) => (await Stores.CreateKeyAsync(new() { Name = name, Scopes = "read" }, Token)).Secret;

    private async Task RestoreAsync(BackupInfo backup)
    {
        await Stores.RestoreBackupAsync(backup.Name, cancellationToken: Token);
        await _folder.ReopenAsync();
        await RestoredAsync(null);
    }

    private async Task RestoredAsync(string? reason)
    {
        var report = (await Stores.LastRestoreAsync(Token))!;
        Assert.Equal((RestoreReport.Restored, reason), (report.Outcome, report.Reason));
    }
}
