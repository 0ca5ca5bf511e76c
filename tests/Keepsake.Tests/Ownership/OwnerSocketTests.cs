using System.Net.Sockets;
using System.Text;
using Keepsake.Embedding;
using Keepsake.Server.Http;
using Keepsake.Server.Ownership;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Ownership;

/// <summary>The owner's socket: whose it is, who answers, and what a client sees when nobody does.</summary>
public sealed class OwnerSocketTests(OwnerSocket owner) : IClassFixture<OwnerSocket>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_says_who_it_is_and_hands_over_when_it_will()
    {
        Assert.Equal(OwnerSocket.Self, await owner.Remote.DescribeOwnerAsync(Cancellation));

        Assert.False(await owner.Remote.AskForHandOverAsync(new("0.0.9", 7), Cancellation));
        Assert.True(await owner.Remote.AskForHandOverAsync(new("9.0.0", 8), Cancellation));
        Assert.Equal(new OwnerInfo("9.0.0", 8), owner.Asker);
    }

    [Fact]
    public void Only_this_user_may_open_the_socket()
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(owner.SocketPath));
        }
    }

    [Fact]
    public async Task An_owner_that_is_not_there_is_gone_and_not_a_failure_of_the_memory()
    {
        using var nobody = new RemoteMemoryStores(Path.Combine(owner.Folder, "nobody.sock"), TimeProvider.System);

        await Assert.ThrowsAsync<OwnerGoneException>(() => nobody["default"].StatusAsync(Cancellation));
    }

    [Fact]
    public async Task An_owner_that_dies_while_it_answers_is_gone()
    {
        var path = Path.Combine(owner.Folder, "dying.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var client = new RemoteMemoryStores(path, TimeProvider.System);

        foreach (var answer in new[]
        {
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"success\"", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"suc",
        })
        {
            var asking = client["default"].AppendEventAsync(new() { ActorId = "a", SessionId = "s", Content = "x" }, cancellationToken: Cancellation);
            using (var connection = await listener.AcceptAsync(Cancellation))
            {
                await connection.ReceiveAsync(new byte[4_096], Cancellation);
                await connection.SendAsync(Encoding.ASCII.GetBytes(answer), Cancellation);
            }

            await Assert.ThrowsAsync<OwnerGoneException>(() => asking);
        }
    }

    [Fact]
    public async Task A_socket_file_that_a_dead_owner_left_is_replaced_and_goes_with_its_new_owner()
    {
        var path = Path.Combine(owner.Folder, "left.sock");
        await File.WriteAllTextAsync(path, "left", Cancellation);

        await using (await MemoryHttpServer.StartOwnerAsync(owner.Direct, path, owner.Hooks, cancellationToken: Cancellation))
        {
            using var client = new RemoteMemoryStores(path, TimeProvider.System);
            Assert.Equal(OwnerSocket.Self, await client.DescribeOwnerAsync(Cancellation));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Who_asks_after_keys_were_put_back_is_not_answered_by_the_stores_that_did_not_have_them()
    {
        using var folder = new TemporaryFolder();
        using var embedder = new Embedder(new EmbeddingOptions());
        string keys;
        await using (var first = await MemoryStores.TryOpenAsync(DataFolder.Open(folder["data"]), embedder))
        {
            await first!.CreateEncryptedAsync("secrets", cancellationToken: Cancellation);
            keys = await first.ExportKeysAsync("secrets", "correct horse battery staple", Cancellation);
        }

        foreach (var ring in Directory.EnumerateFiles(folder["data/keys"], "*.ring"))
        {
            File.Delete(ring);
        }

        await using var stores = await MemoryStores.TryOpenAsync(DataFolder.Open(folder["data"]), embedder);
        var (path, reopened) = (folder["owner.sock"], 0);
        await using var server = await MemoryHttpServer.StartOwnerAsync(stores!, path, owner.Hooks with { Reopen = () => reopened++ }, cancellationToken: Cancellation);
        using var client = new RemoteMemoryStores(path, TimeProvider.System);
        Assert.Equal(2, (await client.ListAsync(Cancellation)).Count);

        Assert.False((await client.ImportKeysAsync("secrets", keys, "correct horse battery staple", cancellationToken: Cancellation)).IsUnchanged);

        Assert.Equal(1, reopened);
        await Assert.ThrowsAsync<OwnerGoneException>(() => client.ListAsync(Cancellation));
    }
}
