using Keepsake.Server.Access;

namespace Keepsake.Tests.Access;

public sealed class ListenAddressesTests
{
    [Theory]
    [InlineData("http://127.0.0.1:3333", 1)]
    [InlineData("http://127.0.0.1:3333/", 1)]
    [InlineData("HTTP://LOCALHOST:3333", 1)]
    [InlineData("http://[::1]:0;http://127.0.0.1:0", 2)]
    [InlineData(" http://localhost:65535 ; http://127.0.0.1:1 ;", 2)]
    public void Loopback_addresses_are_taken(string urls, int count) => Assert.Equal(count, ListenAddresses.Parse(urls).Count);

    [Fact]
    public void The_default_is_an_address() => Assert.Equal(3333, Assert.Single(ListenAddresses.Parse(ListenAddresses.Default)).Port);

    [Theory]
    [InlineData("http://0.0.0.0:3333")]
    [InlineData("http://*:3333")]
    [InlineData("http://+:3333")]
    [InlineData("http://[::]:3333")]
    [InlineData("http://192.168.1.5:3333")]
    [InlineData("http://127.0.0.1:3333;http://10.0.0.1:3333")]
    [InlineData("http://my-machine:3333")]
    [InlineData("http://localhost.example:3333")]
    [InlineData("http://[::ffff:127.0.0.1]:3333")]
    [InlineData("http://127.1:3333")]
    [InlineData("http://user@127.0.0.1:3333")]
    public void What_other_machines_could_reach_is_refused_and_the_reason_is_api_keys(string urls)
    {
        var refusal = Assert.Throws<MemoryException>(() => ListenAddresses.Parse(urls));

        Assert.Equal(MemoryErrorCode.InvalidRequest, refusal.Code);
        Assert.Contains("API keys", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("3333")]
    [InlineData("127.0.0.1:3333")]
    [InlineData("https://127.0.0.1:3333")]
    [InlineData("unix:/tmp/socket")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://[::1]")]
    [InlineData("http://127.0.0.1:")]
    [InlineData("http://127.0.0.1:65536")]
    [InlineData("http://127.0.0.1:-1")]
    [InlineData("http://127.0.0.1:3333/path")]
    [InlineData("http://localhost:0")]
    public void What_is_no_address_is_refused_with_one_that_is(string urls)
    {
        var refusal = Assert.Throws<MemoryException>(() => ListenAddresses.Parse(urls));

        Assert.Equal(MemoryErrorCode.InvalidRequest, refusal.Code);
        Assert.Contains("http://127.0.0.1:", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_addresses_than_the_maximum_are_refused()
    {
        var most = string.Join(';', Enumerable.Repeat("http://127.0.0.1:0", ListenAddresses.MaxAddresses));

        Assert.Equal(ListenAddresses.MaxAddresses, ListenAddresses.Parse(most).Count);
        Assert.Throws<MemoryException>(() => ListenAddresses.Parse(most + ";http://127.0.0.1:0"));
    }
}
