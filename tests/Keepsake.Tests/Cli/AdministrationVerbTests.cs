using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Keepsake.Access;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

public sealed class AdministrationVerbTests : IAsyncLifetime
{
    private readonly Guarded _folder = new();
    private readonly TemporaryFolder _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _folder.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task A_key_is_shown_once_listed_without_its_secret_and_revoked()
    {
        var made = await RunAsync("apikey", "create", "ci", "--scopes", "read,write", "--namespace", "codebase", "--namespace", "notes/{actorId}", "--actor", "al", "--only-store", "default", "--expires", "90d");
        var secret = made.Out.Trim();
        Assert.Equal(0, made.Code);
        var caller = _folder.Stores.Keys.Find(secret).Caller!;
        Assert.Equal(AccessScopes.Read | AccessScopes.Write, caller.Scopes);
        Assert.Equal(["codebase", "notes/{actorId}"], caller.Namespaces!);

        var listed = await RunAsync("apikey", "list");
        Assert.Contains("ci\tread write\tdefault\tcodebase notes/{actorId}\tal\texpires ", listed.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed.Out + (await RunAsync("apikey", "list", "--json")).Out, StringComparison.Ordinal);

        Assert.Equal("revoked\tci\n", (await RunAsync("apikey", "revoke", "ci")).Out);
        Assert.Null(_folder.Stores.Keys.Find(secret).Caller);
        Assert.Contains("revoked ", (await RunAsync("apikey", "list")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "apikey", "create", "x")]
    [InlineData(2, "apikey", "create", "x", "--scopes", "root")]
    [InlineData(2, "apikey", "create", "a b", "--scopes", "read")]
    [InlineData(2, "apikey", "create", "x", "--scopes", "read", "--expires", "soon")]
    [InlineData(2, "apikey", "create", "x", "--scopes", "read", "--namespace", "a//b")]
    [InlineData(3, "apikey", "revoke", "nobody")]
    [InlineData(2, "audit", "--since", "yesterday")]
    [InlineData(2, "audit", "--limit", "0")]
    [InlineData(2, "audit", "--verify", "--anomalies")]
    [InlineData(2, "audit", "--verify", "--actor", "al")]
    [InlineData(2, "audit", "--verify", "--since", "2026-01-31")]
    [InlineData(2, "audit", "--verify", "--limit", "5")]
    [InlineData(2, "audit", "--anomalies", "--actor", "al")]
    [InlineData(2, "audit", "--anomalies", "--namespace", "n")]
    [InlineData(2, "audit", "--anomalies", "--cursor", "5")]
    [InlineData(2, "audit", "--cursor", "x")]
    [InlineData(2, "audit", "--namespace", "a//b")]
    [InlineData(5, "audit", "--export", "syslog:/no/such/socket")]
    public async Task Bad_input_is_refused_with_its_exit_code(int code, params string[] args)
    {
        var result = await RunAsync(args);

        Assert.Equal(code, result.Code);
        Assert.StartsWith("keepsake: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_only_mode_is_switched_said_and_ended()
    {
        Assert.Equal("readonly\toff\t\n", (await RunAsync("readonly", "status")).Out);
        Assert.Contains("moving", (await RunAsync("readonly", "on", "--reason", "moving")).Out, StringComparison.Ordinal);
        Assert.Equal(5, (await RunAsync("remember", "x")).Code);
        Assert.Equal(0, (await RunAsync("list")).Code);
        Assert.True((bool)JsonNode.Parse((await RunAsync("readonly", "status", "--json")).Out)!["on"]!);
        await RunAsync("readonly", "off");
        Assert.Equal(0, (await RunAsync("remember", "x")).Code);
    }

    [Fact]
    public async Task The_log_is_listed_checked_and_exported()
    {
        await RunAsync("remember", "x", "--namespace", "n/one");

        var line = (await RunAsync("audit", "--namespace", "n")).Out;
        Assert.Contains("\tremember\tok\t1\tdefault\tn/one\t", line, StringComparison.Ordinal);
        Assert.Equal("remember", (string?)JsonNode.Parse((await RunAsync("audit", "--namespace", "n", "--json")).Out)!["items"]![0]!["operation"]);
        Assert.StartsWith("whole\t", (await RunAsync("audit", "--verify")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("audit", "--anomalies")).Code);
        Assert.Equal(0, (await RunAsync("audit", "--anomalies", "--since", "2026-01-31")).Code);
        Assert.Equal(0, (await RunAsync("audit", "--export", _files["log.jsonl"])).Code);
        Assert.Contains("remember", await File.ReadAllTextAsync(_files["log.jsonl"], Cancellation), StringComparison.Ordinal);
        var again = await RunAsync("audit", "--export", _files["log.jsonl"]);
        Assert.Equal(1, again.Code);
        Assert.Contains("conflict: ", again.Error, StringComparison.Ordinal);
        Assert.Contains("\"remember\"", (await RunAsync("audit", "--export", "-", "--namespace", "n")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_of_the_log_may_have_a_limit_and_a_listing_any_begin()
    {
        foreach (var text in (string[])["one", "two", "three"])
        {
            await RunAsync("remember", text, "--namespace", "n");
        }

        var all = (await RunAsync("audit", "--export", "-", "--namespace", "n")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var newest = (await RunAsync("audit", "--export", "-", "--namespace", "n", "--limit", "2")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, all.Length);
        Assert.Equal(all[1..], newest);
        Assert.Equal(0, (await RunAsync("audit", "--since", "0001-01-01")).Code);
    }

    [Fact]
    public async Task The_log_goes_to_the_systems_log_one_entry_a_message()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var listener = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_files["log"]));
        await RunAsync("remember", "x", "--namespace", "n");

        Assert.Equal(0, (await RunAsync("audit", "--namespace", "n", "--export", $"syslog:{_files["log"]}")).Code);

        var buffer = new byte[8_192];
        var message = Encoding.UTF8.GetString(buffer, 0, await listener.ReceiveAsync(buffer, Cancellation));
        Assert.StartsWith("<110>1 ", message, StringComparison.Ordinal);
        Assert.Contains("\"operation\":\"remember\"", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_nobody_reads_ends_an_export_and_a_signal_does_so_at_once()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // More than a socket holds.
        using var listener = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_files["log"]));
        for (var i = 0; i < 2_000; i++)
        {
            await _folder.Stores.Log.AddAsync(new() { At = DateTimeOffset.UnixEpoch, Caller = "local", Door = "cli", Operation = "recall", Outcome = "ok", Detail = new('x', 1_000) });
        }

        string[] export = ["audit", "--export", $"syslog:{_files["log"]}"];
        var given = await Task.Run(() => RunAsync(export), Cancellation).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        using var interrupted = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var stopped = await Task.Run(() => Cli().RunUntilAsync(interrupted.Token, export), Cancellation).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal(5, given.Code);
        Assert.Contains("unavailable: Nobody reads the socket", given.Error, StringComparison.Ordinal);
        Assert.Equal(130, stopped.Code);
    }

    [Fact]
    public async Task A_log_that_is_not_whole_fails_the_check()
    {
        await RunAsync("remember", "x");
        await _folder.CloseAsync();
        _folder.Sql("DELETE FROM audit WHERE seq = 1");
        await _folder.OpenAsync();

        var result = await RunAsync("audit", "--verify");

        Assert.Equal(1, result.Code);
        Assert.Contains("problem\t", result.Out, StringComparison.Ordinal);
    }

    private CliRunner Cli() => new() { OpenStores = _ => _folder.Stores.As(Caller.Local with { Door = "cli" }) };

    private Task<CliResult> RunAsync(params string[] args) => Cli().RunAsync(args);
}
