using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Keepsake.Engines.Sqlite;
using Keepsake.Operations;
using Keepsake.Protection;
using Keepsake.Serialization;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Operations;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BackupTests : IAsyncLifetime
{
    private readonly OpenFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MemoryStores Stores => _folder.Stores;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task A_name_has_the_date_of_the_common_calendar_whatever_the_users()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("th-TH");
        try
        {
            var made = await Stores.CreateBackupAsync(null, Token);
            Assert.StartsWith(made.CreatedAt.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), made.Name, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task A_backup_holds_everything_and_says_what()
    {
        await Stores.CreateAsync("second", cancellationToken: Token);
        await Corpus.RememberAsync(_folder.Memory, 30, "a/b");
        await Corpus.RememberAsync(Stores["second"], 5, "c");
        await _folder.Memory.AppendEventAsync(new() { ActorId = "ann", SessionId = "s", Content = "an event", Namespace = "a/b" }, null, Token);

        var made = await Stores.CreateBackupAsync(null, Token);

        Assert.Equal([made.Name], (await Stores.ListBackupsAsync(Token)).Select(b => b.Name));
        Assert.Equal([("default", 30L, 1L), ("second", 5L, 0L)], made.Stores.Select(s => (s.Name, s.Records, s.Events)));
        Assert.Equal([new BackupNamespace("a/b", 30, 1)], made.Stores[0].Namespaces);
        Assert.Equal((0L, SqliteSchema.Latest, KeepsakeVersion.Text), (made.DamagedRows, made.Schema, made.Version));
        Assert.Equal(made.Bytes, new FileInfo(FileOf(made, ".db")).Length);
        Assert.Equal(made.Sha256, (await Stores.VerifyBackupAsync(made.Name, null, Token)).Sha256);
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.All(Directory.EnumerateFiles(_folder.BackupsPath), file => Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == Own));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(_folder.BackupsPath) == (Own | UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task A_backup_made_under_writes_holds_what_was_acknowledged_before_it_and_nothing_in_part()
    {
        using var stop = new CancellationTokenSource();
        var acknowledged = 0;
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await _folder.Memory.RememberAsync(new() { Namespace = "busy", Facts = [.. Enumerable.Range(0, 10).Select(n => new MemoryFact { Content = $"batch {i} fact {n}" })] }, null, Token);
                Interlocked.Exchange(ref acknowledged, 10 * (i + 1));
            }
        },
        CancellationToken.None);
        while (Volatile.Read(ref acknowledged) < 100)
        {
            await Task.Delay(1, Token);
        }

        var before = Volatile.Read(ref acknowledged);
        var made = await Stores.CreateBackupAsync(null, Token);
        await stop.CancelAsync();
        await writing;

        Assert.InRange(made.Stores[0].Records, before, acknowledged);
        Assert.Equal(0, made.Stores[0].Records % 10);
    }

    [Fact]
    public async Task Restoring_brings_back_what_it_was_and_nothing_written_since()
    {
        var kept = await Corpus.RememberAsync(_folder.Memory, 50, "a");
        await _folder.Memory.RecallAsync(new() { Query = "invoice importer" }, Token);
        var made = await Stores.CreateBackupAsync(null, Token);
        await _folder.Memory.ForgetAsync([kept[0]], hard: true, cancellationToken: Token);
        await Corpus.RememberAsync(_folder.Memory, 20, "later", seed: 9);

        Assert.Equal(RestoreReport.Pending, (await Stores.RestoreBackupAsync(made.Name, cancellationToken: Token)).Outcome);
        await _folder.ReopenAsync();

        Assert.Equal((made.Name, RestoreReport.Restored), ((await Stores.LastRestoreAsync(Token))!.Backup, (await Stores.LastRestoreAsync(Token))!.Outcome));
        Assert.Equal(kept, (await _folder.Memory.ListAsync(new() { Page = new(100) }, Token)).Items.Select(r => r.Id));
        Assert.Equal(50, (await _folder.Memory.StatusAsync(Token)).Counts.Records);
        var content = (await _folder.Memory.GetAsync(kept[0], Token)).Content;
        Assert.Equal(kept[0], (await _folder.Memory.RecallAsync(new() { Query = content }, Token)).Memories[0].Id);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), file => file.Contains("-restor", StringComparison.Ordinal) || file.Contains("-before", StringComparison.Ordinal));
        await _folder.ReopenAsync();
        Assert.Equal(50, (await _folder.Memory.StatusAsync(Token)).Counts.Records);
    }

    [Fact]
    public async Task An_older_schema_is_migrated_and_a_newer_one_refused()
    {
        await Corpus.RememberAsync(_folder.Memory, 5, "a");
        var made = await Stores.CreateBackupAsync(null, Token);
        await AlterAsync(made, session => session.Execute("PRAGMA user_version=99"), info => info["schema"] = 99);

        var error = await Assert.ThrowsAsync<MemoryException>(() => Stores.RestoreBackupAsync(made.Name, cancellationToken: Token));

        Assert.Equal(MemoryErrorCode.NotSupported, error.Code);
        Assert.Equal(MemoryErrorCode.NotSupported, (await Assert.ThrowsAsync<MemoryException>(() => Stores.VerifyBackupAsync(made.Name, null, Token))).Code);

        var older = await Stores.CreateBackupAsync(null, Token);
        await AlterAsync(
            older,
            session =>
            {
                foreach (var table in (string[])["benchmarks", "quarantine", "rebuilds"])
                {
                    session.Execute($"DROP TABLE {table}");
                }

                session.Execute("PRAGMA user_version=3");
            },
            info => info["schema"] = 3);
        await Stores.RestoreBackupAsync(older.Name, cancellationToken: Token);
        await _folder.ReopenAsync();
        Assert.Equal(5, (await _folder.Memory.StatusAsync(Token)).Counts.Records);
        Assert.Empty(await Stores.ListQuarantineAsync("default", Token));
    }

    [Fact]
    public async Task One_byte_altered_anywhere_is_refused_and_what_is_there_stays()
    {
        await Corpus.RememberAsync(_folder.Memory, 40, "a");
        var made = await Stores.CreateBackupAsync(null, Token);
        await Corpus.RememberAsync(_folder.Memory, 1, "later", seed: 5);
        var random = new Random(11);
        foreach (var suffix in (string[])[".db", ".json"])
        {
            var good = await File.ReadAllBytesAsync(FileOf(made, suffix), Token);
            for (var i = 0; i < 40; i++)
            {
                var bad = (byte[])good.Clone();
                bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
                await File.WriteAllBytesAsync(FileOf(made, suffix), bad, Token);

                var verify = await Assert.ThrowsAsync<MemoryException>(() => Stores.VerifyBackupAsync(made.Name, null, Token));
                var restore = await Assert.ThrowsAsync<MemoryException>(() => Stores.RestoreBackupAsync(made.Name, cancellationToken: Token));
                Assert.Equal((MemoryErrorCode.Corrupt, MemoryErrorCode.Corrupt), (verify.Code, restore.Code));
            }

            await File.WriteAllBytesAsync(FileOf(made, suffix), good[..^1], Token);
            await Assert.ThrowsAsync<MemoryException>(() => Stores.RestoreBackupAsync(made.Name, cancellationToken: Token));
            Assert.Empty(await Stores.ListBackupsAsync(Token));
            await File.WriteAllBytesAsync(FileOf(made, suffix), good, Token);
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), file => file.Contains("-restor", StringComparison.Ordinal));
        await _folder.ReopenAsync();
        Assert.Equal(41, (await _folder.Memory.StatusAsync(Token)).Counts.Records);
        Assert.Equal(made.Name, (await Stores.VerifyBackupAsync(made.Name, null, Token)).Name);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("20260131T093000Z-0198c0de/../x")]
    [InlineData("20260131T093000Z-0198c0de\0")]
    [InlineData("20260131T093000Z-0198c0de\n")]
    [InlineData("")]
    [InlineData("CON")]
    public async Task A_name_that_we_did_not_make_is_refused(string name)
    {
        Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => Stores.VerifyBackupAsync(name, null, Token))).Code);
        Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => Stores.RestoreBackupAsync(name, cancellationToken: Token))).Code);
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_said_so() => Assert.Equal(
        MemoryErrorCode.NotFound,
        (await Assert.ThrowsAsync<MemoryException>(() => Stores.RestoreBackupAsync("20260131T093000Z-0198c0de", cancellationToken: Token))).Code);

    [Fact]
    public async Task A_link_a_pipe_and_a_file_that_others_may_read_are_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var made = await Stores.CreateBackupAsync(null, Token);
        var data = FileOf(made, ".db");
        File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await IsForbiddenAsync();
        File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        File.Move(data, data + ".elsewhere");
        File.CreateSymbolicLink(data, data + ".elsewhere");
        await IsForbiddenAsync();
        File.Delete(data);
        System.Diagnostics.Process.Start("mkfifo", ["-m", "600", data]).WaitForExit();
        await IsForbiddenAsync();
        File.Delete(data);
        File.Move(data + ".elsewhere", data);

        File.SetUnixFileMode(_folder.BackupsPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupWrite);
        Assert.Equal(MemoryErrorCode.Forbidden, (await Assert.ThrowsAsync<MemoryException>(() => Stores.RestoreBackupAsync(made.Name, cancellationToken: Token))).Code);
        Assert.Equal(MemoryErrorCode.Forbidden, (await Assert.ThrowsAsync<MemoryException>(() => Stores.ListBackupsAsync(Token))).Code);
        Assert.Equal(MemoryErrorCode.Forbidden, (await Assert.ThrowsAsync<MemoryException>(() => Stores.CreateBackupAsync(null, Token))).Code);

        async Task IsForbiddenAsync()
        {
            Assert.Equal(MemoryErrorCode.Forbidden, (await Assert.ThrowsAsync<MemoryException>(() => Stores.RestoreBackupAsync(made.Name, cancellationToken: Token))).Code);
            Assert.Empty(await Stores.ListBackupsAsync(Token));
        }
    }

    [Fact]
    public async Task A_backup_of_damaged_rows_says_so_and_is_restored_only_on_request()
    {
        var ids = await Corpus.RememberAsync(_folder.Memory, 10, "a");
        await _folder.FlipAsync(ids.Take(3));

        var made = await Stores.CreateBackupAsync(null, Token);

        Assert.Equal((3L, 10L), (made.DamagedRows, made.Stores[0].Records));
        Assert.Equal(MemoryErrorCode.Corrupt, (await Assert.ThrowsAsync<MemoryException>(() => Stores.RestoreBackupAsync(made.Name, cancellationToken: Token))).Code);
        await Stores.RestoreBackupAsync(made.Name, withDamage: true, cancellationToken: Token);
        await _folder.ReopenAsync();
        Assert.Equal(ids.Skip(3), (await _folder.Memory.ListAsync(new(), Token)).Items.Select(r => r.Id));
    }

    [Fact]
    public async Task A_restored_file_that_does_not_open_gives_way_to_the_old_one()
    {
        await Corpus.RememberAsync(_folder.Memory, 7, "a");
        await _folder.CloseAsync();
        var bytes = "no database"u8.ToArray();
        await using (var file = PrivateFile.Open(_folder[PendingRestore.Decided], FileMode.CreateNew))
        {
            await file.WriteAsync(bytes, Token);
        }

        new KeysFolder(_folder.Path).Replace(PendingRestore.HashName, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))));

        await _folder.OpenAsync();

        Assert.Equal(RestoreReport.KeptOld, (await Stores.LastRestoreAsync(Token))!.Outcome);
        Assert.Equal(7, (await _folder.Memory.StatusAsync(Token)).Counts.Records);
        await Corpus.RememberAsync(_folder.Memory, 1, "b", seed: 3);
        await _folder.ReopenAsync();
        Assert.Equal(8, (await _folder.Memory.StatusAsync(Token)).Counts.Records);
    }

    [Fact]
    public async Task A_backup_that_is_cancelled_leaves_nothing()
    {
        await Corpus.RememberAsync(_folder.Memory, 200, "a");
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Stores.CreateBackupAsync(new CancelAt(cancel, "verifying"), cancel.Token));

        Assert.Empty(Directory.EnumerateFiles(_folder.BackupsPath));
        Assert.Empty(await Stores.ListBackupsAsync(Token));
    }

    [Fact]
    public async Task So_many_backups_are_made_and_not_one_more()
    {
        var made = await Stores.CreateBackupAsync(null, Token);
        for (var i = 2; i < Backups.MaxBackups; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder.BackupsPath, $"20200101T000000Z-{i:x8}.json"), "{}", Token);
        }

        var last = await Stores.CreateBackupAsync(null, Token);
        Assert.Equal(MemoryErrorCode.Conflict, (await Assert.ThrowsAsync<MemoryException>(() => Stores.CreateBackupAsync(null, Token))).Code);
        Assert.Equal(new[] { made.Name, last.Name }.OrderDescending(StringComparer.Ordinal), (await Stores.ListBackupsAsync(Token)).Select(b => b.Name));
    }

    [Fact]
    public async Task What_no_manifest_names_is_not_listed()
    {
        var made = await Stores.CreateBackupAsync(null, Token);
        File.Delete(FileOf(made, ".json"));
        await File.WriteAllTextAsync(Path.Combine(_folder.BackupsPath, "notes.json"), "{}", Token);

        Assert.Empty(await Stores.ListBackupsAsync(Token));
        Assert.Equal(MemoryErrorCode.NotFound, (await Assert.ThrowsAsync<MemoryException>(() => Stores.VerifyBackupAsync(made.Name, null, Token))).Code);
    }

    private string FileOf(BackupInfo backup, string suffix) => Path.Combine(_folder.BackupsPath, backup.Name + suffix);

    // Makes a backup that says truly what it is, and is of another version.
    private async Task AlterAsync(BackupInfo made, Action<SqliteSession> alter, Action<JsonObject> say)
    {
        using (var session = new SqliteSession(FileOf(made, ".db"), readOnly: false))
        {
            alter(session);
        }

        var info = JsonNode.Parse(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(made, KeepsakeJson.Default.BackupInfo))!.AsObject();
        say(info);
        info["bytes"] = new FileInfo(FileOf(made, ".db")).Length;
        info["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(FileOf(made, ".db"), Token)));
        var altered = System.Text.Json.JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(info.ToJsonString()), KeepsakeJson.Default.BackupInfo)!;
        await File.WriteAllBytesAsync(FileOf(made, ".json"), BackupManifest.Write(altered), Token);
    }

    private sealed class CancelAt(CancellationTokenSource cancel, string step) : IProgress<OperationProgress>
    {
        public void Report(OperationProgress value)
        {
            if (value.Step == step)
            {
                cancel.Cancel();
            }
        }
    }
}
