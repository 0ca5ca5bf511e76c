using System.Text.Json.Nodes;
using Keepsake.Server;
using Keepsake.Server.Cli;
using Keepsake.Server.Ownership;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

/// <summary>Encryption from the command line: as the owner of the folder, and through the process that owns it.</summary>
public sealed class KeysVerbTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly CliRunner _cli = new();
    private SharedStores? _owner;

    private CommonSettings Settings => new(CommonSettings.DefaultStore, _folder["data"], Json: false, LogLevel: null);

    public ValueTask InitializeAsync()
    {
        _cli.OpenStores = settings => Doors.Share(settings with { Data = _folder["data"] });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_owner is not null)
        {
            await _owner.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_is_made_encrypted_its_keys_listed_replaced_and_destroyed(bool throughTheOwner)
    {
        if (throughTheOwner)
        {
            _owner = Doors.Share(Settings);
            await _owner.ConnectAsync(TestContext.Current.CancellationToken);
        }

        await RunAsync(0, "store", "create", "secrets", "--encrypted");
        Assert.Contains("\"encrypted\":true", await RunAsync(0, "store", "list", "--json"), StringComparison.Ordinal);
        await RunAsync(0, "remember", "the vault opens at nine", "--namespace", "a/b", "--actor", "alice", "--store", "secrets");

        Assert.Equal(["store", "namespace", "actor"], (await RunAsync(0, "keys", "list", "--store", "secrets")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[1]));
        Assert.Equal("secrets\tencrypted\t2\n", await RunAsync(0, "keys", "rotate", "--store", "secrets"));
        Assert.Contains("the vault opens at nine", await RunAsync(0, "recall", "vault", "--store", "secrets", "--min-relevance", "0"), StringComparison.Ordinal);

        Assert.Equal("secrets\tplain\t0\n", await RunAsync(0, "store", "decrypt", "secrets"));
        Assert.Equal("secrets\tencrypted\t1\n", await RunAsync(0, "store", "encrypt", "secrets"));
        var receipt = JsonNode.Parse(await RunAsync(0, "forget", "--actor", "alice", "--shred", "--store", "secrets"))!;
        Assert.Equal(("alice", 1), ((string?)receipt["actorId"], (int)receipt["records"]!));
        Assert.Equal("", await RunAsync(0, "list", "--store", "secrets"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keys_that_are_lost_are_put_back_from_their_export_and_the_store_is_readable_at_once(bool throughTheOwner)
    {
        await RunAsync(0, "store", "create", "secrets", "--encrypted");
        await RunAsync(0, "remember", "the vault opens at nine", "--store", "secrets");
        var file = _folder["exported.json"];
        Environment.SetEnvironmentVariable("KEEPSAKE_PASSPHRASE", "correct horse battery staple");
        try
        {
            await RunAsync(0, "keys", "export", file, "--store", "secrets");
            Assert.Equal("unchanged\t2\t0\t0\n", await RunAsync(0, "keys", "import", file, "--store", "secrets"));
            foreach (var key in Directory.EnumerateFiles(_folder["data/keys"]).Where(key => key.EndsWith(".ring", StringComparison.Ordinal) || key.EndsWith("master", StringComparison.Ordinal)))
            {
                File.Delete(key);
            }

            if (throughTheOwner)
            {
                _owner = Doors.Share(Settings);
                await _owner.ConnectAsync(TestContext.Current.CancellationToken);
            }

            await ErrorAsync(5, "list", "--store", "secrets");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
                Assert.Contains($"chmod 600 {file}", await ErrorAsync(5, "keys", "import", file, "--store", "secrets"), StringComparison.Ordinal);
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            Assert.Equal("imported\t2\t0\t0\n", await RunAsync(0, "keys", "import", file, "--store", "secrets"));
            if (_owner is not null)
            {
                Assert.Single((await _owner["secrets"].ListAsync(new() { Page = new(10) }, TestContext.Current.CancellationToken)).Items);
            }

            Assert.Contains("the vault opens at nine", await RunAsync(0, "list", "--store", "secrets"), StringComparison.Ordinal);
            var log = await RunAsync(0, "audit", "--json");
            Assert.Contains("\"detail\":\"import\"", log, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("KEEPSAKE_PASSPHRASE", null);
        }
    }

    [Fact]
    public async Task Wrong_calls_say_what_would_work()
    {
        Assert.Contains("not encrypted", await ErrorAsync(2, "keys", "list"), StringComparison.Ordinal);
        Assert.Contains("either --actor or --namespace", await ErrorAsync(2, "forget", "--shred"), StringComparison.Ordinal);
        Assert.Contains("either --actor or --namespace", await ErrorAsync(2, "forget", "--actor", "a", "--namespace", "n", "--shred"), StringComparison.Ordinal);
        Assert.Contains("either ids", await ErrorAsync(2, "forget", "--namespace", "n"), StringComparison.Ordinal);
        Assert.Contains("KEEPSAKE_PASSPHRASE", await ErrorAsync(2, "keys", "export", "-"), StringComparison.Ordinal);
        Assert.Contains("KEEPSAKE_PASSPHRASE", await ErrorAsync(2, "keys", "import", "-"), StringComparison.Ordinal);
        Assert.Contains("There is no store", await ErrorAsync(3, "store", "encrypt", "nowhere"), StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(int code, params string[] args)
    {
        var result = await _cli.RunAsync(args);
        Assert.True(code == result.Code, $"{string.Join(' ', args)} ended with {result.Code}: {result.Error}");
        return result.Out;
    }

    private async Task<string> ErrorAsync(int code, params string[] args)
    {
        var result = await _cli.RunAsync(args);
        Assert.True(code == result.Code, $"{string.Join(' ', args)} ended with {result.Code}: {result.Error}");
        return result.Error;
    }
}
