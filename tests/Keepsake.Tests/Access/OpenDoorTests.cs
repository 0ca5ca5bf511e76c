using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>A server that other machines reach: which Host and Origin it takes, and that it never takes anybody for the user.</summary>
public sealed class OpenDoorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", "", 401)]
    [InlineData("localhost:1", "", 401)]
    [InlineData("memory.example", "", 401)]
    [InlineData("MEMORY.example", "https://memory.example", 401)]
    [InlineData("memory.example:3333", "", 403)]
    [InlineData("evil.example", "", 403)]
    [InlineData("memory.example.evil.example", "", 403)]
    [InlineData("10.1.2.3", "", 403)]
    [InlineData("0.0.0.0", "", 403)]
    [InlineData("memory.example", "https://evil.example", 403)]
    [InlineData("memory.example", "null", 403)]
    [InlineData("127.0.0.1", "http://10.1.2.3", 403)]
    public async Task Only_its_own_names_and_addresses_pass_and_then_a_key_is_needed(string host, string origin, int status)
    {
        await using var folder = await new Guarded().OpenAsync();
        await using var server = await MemoryHttpServer.StartAsync(
            folder.Stores, ListenAddresses.Parse("http://0.0.0.0:0", hasKeys: true), access: new() { Hosts = ["memory.example"] }, cancellationToken: Cancellation);
        var port = new Uri(server.Addresses.Single().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)).Port;

        var answer = await RawAnswer.SendAsync(
            port,
            $"GET /v1/records HTTP/1.1\r\nHost: {host}\r\n{(origin.Length == 0 ? "" : $"Origin: {origin}\r\n")}Connection: close\r\n\r\n",
            Cancellation);

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("http://0.0.0.0:3333")]
    [InlineData("http://[::]:3333")]
    [InlineData("http://192.168.1.5:3333")]
    [InlineData("http://[fe80::1]:3333")]
    public void With_a_key_other_machines_may_be_served(string url)
    {
        Assert.False(Assert.Single(ListenAddresses.Parse(url, hasKeys: true)).IsLoopback);
        Assert.Contains("apikey create", Assert.Throws<MemoryException>(() => ListenAddresses.Parse(url)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://*:3333")]
    [InlineData("http://my-machine:3333")]
    [InlineData("http://localhost.example:3333")]
    [InlineData("http://[::ffff:127.0.0.1]:3333")]
    [InlineData("http://127.1:3333")]
    [InlineData("http://0177.0.0.1:3333")]
    [InlineData("http://user@127.0.0.1:3333")]
    [InlineData("http://::1:3333")]
    public void What_is_no_plain_address_is_refused_with_a_key_too(string url) =>
        Assert.Equal(MemoryErrorCode.InvalidRequest, Assert.Throws<MemoryException>(() => ListenAddresses.Parse(url, hasKeys: true)).Code);

    [Fact]
    public void Names_that_are_none_are_refused()
    {
        new AccessSettings { Hosts = ["memory.example:3333", "[::1]:1"] }.Validate();
        foreach (var hosts in (string[][])[[""], ["a b"], ["http://x"], ["*"], [.. Enumerable.Repeat("a", AccessSettings.MaxHosts + 1)]])
        {
            Assert.Throws<MemoryException>(() => new AccessSettings { Hosts = hosts }.Validate());
        }

        Assert.Throws<MemoryException>(() => new AccessSettings { Jwt = new() { Issuer = "i" } }.Validate());
        Assert.Throws<MemoryException>(() => new AccessSettings { Jwt = new() { Issuer = "i", Audience = "a", KeysFile = "f", Algorithms = ["none"] } }.Validate());
    }
}
