using System.Text.Json.Nodes;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Protection.Sealing;

/// <summary>Keys that were exported are put back where a store's own are lost, and nowhere else.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class KeyImportTests : IAsyncLifetime
{
    private const string Secrets = "secrets";
    private const string Passphrase = "correct horse battery staple";

    private readonly OpenFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MemoryStores Stores => _folder.Stores;

    private string RingFile => Directory.GetFiles(_folder["keys"], "secrets-*.ring").Single();

    public async ValueTask InitializeAsync()
    {
        await _folder.OpenAsync();
        await Stores.CreateEncryptedAsync(Secrets, cancellationToken: Token);
        await WriteAsync("alice", 3);
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task A_backup_that_is_restored_in_another_folder_is_readable_with_them()
    {
        var keys = await ExportAsync();
        var made = await Stores.CreateBackupAsync(null, Token);
        await using var other = await new OpenFolder().OpenAsync();
        Directory.CreateDirectory(other.BackupsPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(_folder.BackupsPath))
        {
            File.Copy(file, Path.Combine(other.BackupsPath, Path.GetFileName(file)));
        }

        await other.Stores.RestoreBackupAsync(made.Name, cancellationToken: Token);
        await other.ReopenAsync();
        Assert.Equal(MemoryErrorCode.Unavailable, (await Assert.ThrowsAsync<MemoryException>(() => ContentsAsync(other))).Code);

        Assert.Equal(new KeyImport(3, IsUnchanged: false, 0, 0), await other.Stores.ImportKeysAsync(Secrets, keys, Passphrase, cancellationToken: Token));
        await other.ReopenAsync();

        Assert.Equal(["alice 0", "alice 1", "alice 2"], await ContentsAsync(other));
        Assert.All(Directory.EnumerateFiles(other["keys"]), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        await other.Stores[Secrets].RememberAsync(new() { Namespace = "b", Facts = [new() { Content = "later" }] }, null, Token);
        await other.ReopenAsync();
        Assert.Equal(4, (await ContentsAsync(other)).Count);
        Assert.Equal(new KeyImport(3, IsUnchanged: true, 0, 0), await Stores.ImportKeysAsync(Secrets, keys, Passphrase, cancellationToken: Token));
    }

    [Fact]
    public async Task They_are_taken_where_only_the_master_key_is_lost()
    {
        var keys = await ExportAsync();
        await LoseAsync("master");

        await Stores.ImportKeysAsync(Secrets, keys, Passphrase, cancellationToken: Token);
        await _folder.ReopenAsync();

        Assert.Equal(3, (await ContentsAsync()).Count);
    }

    [Theory]
    [InlineData("type"), InlineData("salt"), InlineData("sealed"), InlineData("storeId"), InlineData("rounds")]
    public async Task What_is_no_export_or_was_changed_is_refused(string changed)
    {
        var keys = JsonNode.Parse(await ExportAsync())!;
        await LoseAsync("master", "ring");
        keys[changed] = changed == "rounds" ? int.MaxValue : changed is "type" or "storeId" ? "another" : Convert.ToBase64String(new byte[100]);

        Assert.Equal(MemoryErrorCode.InvalidRequest, (await RefusedAsync(keys.ToJsonString())).Code);
        foreach (var text in (string[])["", "[]", "null", "{}", "{\"type\":\"keepsake-keys\"}", "{\"type\":\"keepsake-keys\",\"rounds\":1,\"storeId\":[],\"salt\":7}", "\u0000"])
        {
            Assert.Contains("keys export", (await RefusedAsync(text)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_passphrase_is_refused()
    {
        var keys = await ExportAsync();
        await LoseAsync("master", "ring");

        var refused = await Assert.ThrowsAsync<MemoryException>(() => Stores.ImportKeysAsync(Secrets, keys, "another passphrase", cancellationToken: Token));

        Assert.Contains("passphrase", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder["keys"]), file => file.EndsWith(".ring", StringComparison.Ordinal) || file.EndsWith("master", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_keys_of_another_store_are_refused_by_both_ids()
    {
        var keys = await ExportAsync();
        await Stores.CreateEncryptedAsync("other", cancellationToken: Token);

        var refused = await RefusedAsync(keys, "other");

        Assert.Equal(MemoryErrorCode.Conflict, refused.Code);
        Assert.Matches("the store secrets-[^ ]+, and this one is other-[^ ]+", refused.Message);
        Assert.Equal(MemoryErrorCode.NotSupported, (await RefusedAsync(keys, MemoryStores.DefaultStore)).Code);
        Assert.Equal(MemoryErrorCode.NotFound, (await RefusedAsync(keys, "nowhere")).Code);
    }

    [Fact]
    public async Task A_store_that_has_its_keys_takes_no_others()
    {
        var keys = await ExportAsync();
        await RotateAsync();

        var refused = await RefusedAsync(keys);

        Assert.Equal(MemoryErrorCode.Conflict, refused.Code);
        Assert.StartsWith("This store has its keys", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_are_older_than_the_data_are_refused()
    {
        var keys = await ExportAsync();
        await RotateAsync();
        await LoseAsync("master", "ring");

        Assert.Contains("older than the data (epoch 1, and 2 is needed)", (await RefusedAsync(keys)).Message, StringComparison.Ordinal);
        Assert.Contains("older than the data", (await RefusedAsync(keys, withLoss: true)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keys_that_were_shredded_since_do_not_come_back_with_an_older_backup(bool isRingThere)
    {
        await WriteAsync("bob", 2);
        var keys = await ExportAsync();
        var made = await Stores.CreateBackupAsync(null, Token);
        await Stores.ShredAsync(Secrets, "alice", null, Token);
        await LoseAsync(isRingThere ? ["master"] : ["master", "ring"]);
        await Stores.RestoreBackupAsync(made.Name, cancellationToken: Token);
        await _folder.ReopenAsync();

        Assert.Contains("were destroyed since", (await RefusedAsync(keys, withLoss: true)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_sealed_with_keys_of_later_is_given_up_only_where_that_is_asked_for(bool isRingThere)
    {
        var keys = await ExportAsync();
        await WriteAsync("bob", 2);
        await LoseAsync(isRingThere ? ["master"] : ["master", "ring"]);

        var refused = await RefusedAsync(keys);
        var taken = await Stores.ImportKeysAsync(Secrets, keys, Passphrase, withLoss: true, Token);
        await _folder.ReopenAsync();

        Assert.StartsWith("1 key was made after this export, and 2 records and events are sealed with what it lacks.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(new KeyImport(3, IsUnchanged: false, 1, 2), taken);
        Assert.Equal(["alice 0", "alice 1", "alice 2"], await ContentsAsync());
        await WriteAsync("carol", 1);
        Assert.Equal([1, 2, 3, 4, 5], (await Stores.ListKeysAsync(Secrets, Token)).Select(key => key.Number));
        await _folder.ReopenAsync();
        Assert.Equal(4, (await ContentsAsync()).Count);
    }

    [Fact]
    public async Task The_keys_of_another_copy_of_the_folder_are_refused()
    {
        await _folder.CloseAsync();
        await using var copy = new OpenFolder();
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(DataFolder.LockName, StringComparison.Ordinal)))
        {
            var target = Path.Combine(copy.Path, Path.GetRelativePath(_folder.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Copy(file, target);
        }

        await _folder.OpenAsync();
        await copy.OpenAsync();
        await Stores.ShredAsync(Secrets, "alice", null, Token);
        await WriteAsync("bob", 2);
        foreach (var i in Enumerable.Range(0, 3))
        {
            await copy.Stores[Secrets].RememberAsync(new() { Namespace = $"c{i}", Facts = [new() { Content = "elsewhere" }] }, null, Token);
        }

        await copy.Stores.RotateKeysAsync(Secrets, null, compromised: false, Token);
        var keys = await copy.Stores.ExportKeysAsync(Secrets, Passphrase, Token);
        foreach (var file in Directory.EnumerateFiles(_folder["keys"], "receipt-*"))
        {
            File.Delete(file);
        }

        await LoseAsync("master", "ring");

        Assert.Contains("another copy of the data folder", (await RefusedAsync(keys)).Message, StringComparison.Ordinal);
    }

    private async Task<MemoryException> RefusedAsync(string keys, string store = Secrets, bool withLoss = false) =>
        await Assert.ThrowsAsync<MemoryException>(() => Stores.ImportKeysAsync(store, keys, Passphrase, withLoss, Token));

    private Task<string> ExportAsync() => Stores.ExportKeysAsync(Secrets, Passphrase, Token);

    private Task<RememberAnswer> WriteAsync(string actor, int count) => Stores[Secrets].RememberAsync(
        new() { Namespace = "a", Facts = [.. Enumerable.Range(0, count).Select(i => new MemoryFact { Content = $"{actor} {i}", ActorId = actor })] }, null, Token);

    private Task<List<string>> ContentsAsync() => ContentsAsync(_folder);

    private static async Task<List<string>> ContentsAsync(OpenFolder folder) =>
        [.. (await folder.Stores[Secrets].ListAsync(new(), Token)).Items.Select(record => record.Content).Order(StringComparer.Ordinal)];

    private async Task RotateAsync()
    {
        await Stores.RotateKeysAsync(Secrets, null, compromised: false, Token);
        while ((await Stores.SealingProgressAsync(Secrets, Token)).State != "encrypted")
        {
            await Task.Delay(5, Token);
        }
    }

    private async Task LoseAsync(params string[] what)
    {
        await _folder.CloseAsync();
        foreach (var one in what)
        {
            File.Delete(one == "ring" ? RingFile : _folder[$"keys/{one}"]);
        }

        await _folder.OpenAsync();
        Assert.Equal(MemoryErrorCode.Unavailable, (await Assert.ThrowsAsync<MemoryException>(ContentsAsync)).Code);
    }
}
