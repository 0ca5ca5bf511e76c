using System.Net;
using System.Net.Sockets;
using System.Text;
using Keepsake.Server.Http;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>RELIABILITY H-07 and H-08: what one caller may ask of the server's memory and patience.</summary>
public sealed class HttpLimitsTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    private const int SlowClients = 100;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_headers_and_bodies_are_taken_up_to_their_limits_and_not_beyond()
    {
        // The rest of the request line is "GET /v1/records?x= HTTP/1.1\r\n".
        var longest = HttpLimits.MaxRequestLineBytes - 64;
        Assert.Equal(400, await StatusAsync($"GET /v1/records?x={new string('a', longest)} HTTP/1.1\r\nHost: localhost\r\n"));
        Assert.Equal(414, await StatusAsync($"GET /v1/records?x={new string('a', HttpLimits.MaxRequestLineBytes)} HTTP/1.1\r\nHost: localhost\r\n"));
        Assert.Equal(200, await StatusAsync($"GET /health HTTP/1.1\r\nHost: localhost\r\nX: {new string('a', HttpLimits.MaxHeadersBytes - 256)}\r\n"));
        Assert.Equal(431, await StatusAsync($"GET /health HTTP/1.1\r\nHost: localhost\r\nX: {new string('a', HttpLimits.MaxHeadersBytes)}\r\n"));
        Assert.Equal(413, await StatusAsync(
            $"POST /v1/records HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {HttpLimits.MaxBodyBytes + 1}\r\n"));
    }

    // The server gives up on those who trickle, and meanwhile answers those who do not.
    [Fact]
    public async Task Slow_clients_are_let_go_and_others_are_served_meanwhile()
    {
        var slow = new List<TcpClient>();
        try
        {
            for (var i = 0; i < SlowClients; i++)
            {
                var client = new TcpClient();
                slow.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, door.Port, Cancellation);
                await client.GetStream().WriteAsync(
                    Encoding.ASCII.GetBytes(i % 2 == 0
                        ? "GET /health HTTP/1.1\r\nHost: localhost\r\nX: "
                        : "POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"),
                    Cancellation);
            }

            // Ends when the server has closed them all.
            var ends = Task.WhenAll(slow.Select(client => DrainAsync(client.GetStream())));
            do
            {
                Assert.Equal(200, await StatusAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n"));
            }
            while (await Task.WhenAny(ends, Task.Delay(TimeSpan.FromMilliseconds(500), Cancellation)) != ends);
            await ends;
        }
        finally
        {
            slow.ForEach(client => client.Dispose());
        }
    }

    private static async Task DrainAsync(NetworkStream stream)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null, Cancellation);
        }
        catch (IOException)
        {
            // Closed the hard way.
        }
    }

    private async Task<int> StatusAsync(string head) =>
        (await RawAnswer.SendAsync(door.Port, $"{head}Connection: close\r\n\r\n", Cancellation)).Status;
}
