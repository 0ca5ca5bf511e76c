using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keepsake.Tests.Support;

/// <summary>Sends bytes as they are and reads the answer: an HTTP client would mend what a test wants broken.</summary>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    public static async Task<RawAnswer> SendAsync(int port, byte[] request, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await using var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(request, cancellationToken);
        }
        catch (IOException)
        {
            // The server may refuse and close while the rest is still being sent; its answer is there all the same.
        }

        var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, cancellationToken);
        }
        catch (IOException)
        {
        }

        var text = Encoding.UTF8.GetString(answer.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, "The server closed the connection without an answer.");
        return new(int.Parse(text.AsSpan(9, 3), null), text[..end], text[(end + 4)..]);
    }

    public static Task<RawAnswer> SendAsync(int port, string request, CancellationToken cancellationToken) =>
        SendAsync(port, Encoding.UTF8.GetBytes(request), cancellationToken);
}
