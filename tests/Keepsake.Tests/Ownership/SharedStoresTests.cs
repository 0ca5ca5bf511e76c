using System.Text;
using Keepsake.Embedding;
using Keepsake.Server.Ownership;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Ownership;

/// <summary>Two programs' views of one data folder, in one process: the lock tells them apart all the same.</summary>
public sealed class SharedStoresTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly Embedder _embedder = new(new EmbeddingOptions { Provider = EmbeddingProvider.None });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _embedder.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public async Task An_older_owner_makes_way_for_a_newer_program_and_goes_on_through_it()
    {
        await using var older = Share("1.9.3");
        var id = await WriteAsync(older, "by the older");
        Assert.True(older.IsOwner);

        await using var newer = Share("1.10.0-beta+build");
        Assert.Equal("by the older", (await newer["default"].GetAsync(id, Cancellation)).Content);

        Assert.True(newer.IsOwner);
        Assert.False(older.IsOwner);
        await WriteAsync(older, "by the older, through the newer");
        Assert.False(older.IsOwner);
        Assert.Equal(2, (await newer["default"].ListAsync(new(), Cancellation)).Items.Count);
    }

    [Theory]
    [InlineData("1.0.0", "1.0.0")]
    [InlineData("1.0.0", "0.9.9")]
    [InlineData("1.0.0", "1.0.0-beta")]
    [InlineData("1.0.0", "not a version")]
    public async Task An_owner_makes_way_for_nobody_else(string owner, string other)
    {
        await using var first = Share(owner);
        await first.ConnectAsync(Cancellation);
        await using var second = Share(other);

        await WriteAsync(second, "through the owner");

        Assert.True(first.IsOwner);
        Assert.False(second.IsOwner);
    }

    [Fact]
    public async Task Calls_under_way_while_the_owner_makes_way_are_answered()
    {
        await using var older = Share("1.0.0");
        await older.ConnectAsync(Cancellation);
        await using var bystander = Share("1.0.0");
        await bystander.ConnectAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var written = 0;
        var writers = ((SharedStores[])[older, bystander]).Select((stores, i) => Task.Run(
            async () =>
            {
                for (var n = 0; !stop.IsCancellationRequested; n++)
                {
                    await WriteAsync(stores, $"writer {i} fact {n}");
                    Interlocked.Increment(ref written);
                }
            },
            Cancellation)).ToList();

        await using var newer = Share("2.0.0");
        for (var n = 0; n < 20; n++)
        {
            await WriteAsync(newer, $"newer {n}");
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.True(newer.IsOwner);
        var status = await newer["default"].StatusAsync(Cancellation);
        Assert.Equal(written + 20, status.Counts.Records);
    }

    [Fact]
    public async Task When_the_owner_closes_the_next_call_of_another_takes_over()
    {
        var first = Share("1.0.0");
        await WriteAsync(first, "one");
        await using var second = Share("1.0.0");
        await WriteAsync(second, "two");
        Assert.False(second.IsOwner);

        await first.DisposeAsync();
        await WriteAsync(second, "three");

        Assert.True(second.IsOwner);
        Assert.Equal(3, (await second["default"].ListAsync(new(), Cancellation)).Items.Count);
    }

    [Fact]
    public async Task Many_calls_at_once_survive_that_the_owner_closes_under_them()
    {
        var owner = Share("1.0.0");
        await owner.ConnectAsync(Cancellation);
        await using var client = Share("1.0.0");
        await client.ConnectAsync(Cancellation);

        var writes = Enumerable.Range(0, 200).Select(i => WriteAsync(client, $"fact {i}")).ToList();
        await writes[20];
        await owner.DisposeAsync();

        Assert.Distinct(await Task.WhenAll(writes));
        Assert.Equal(200, (await client["default"].StatusAsync(Cancellation)).Counts.Records);
    }

    [Fact]
    public async Task A_folder_whose_path_is_too_long_for_a_socket_has_it_elsewhere_and_says_where()
    {
        var path = _temporary[string.Join('/', Enumerable.Repeat("a-folder-with-a-long-name", 6))];
        Assert.True(Encoding.UTF8.GetByteCount(path) > SocketPath.MaxBytes);
        await using var first = Share("1.0.0", path);
        await WriteAsync(first, "one");
        await using var second = Share("1.0.0", path);
        await WriteAsync(second, "two");

        Assert.True(first.IsOwner);
        Assert.False(second.IsOwner);
        var noted = await File.ReadAllTextAsync(Path.Combine(path, SocketPath.NoteName), Cancellation);
        Assert.True(Encoding.UTF8.GetByteCount(noted) <= SocketPath.MaxBytes);
        Assert.True(File.Exists(noted));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(noted));
        }

        await first.DisposeAsync();
        Assert.False(File.Exists(noted));
    }

    [Fact]
    public async Task What_a_dead_owner_left_of_its_socket_stands_in_nobodys_way()
    {
        var folder = DataFolder.Open(_temporary["data"]);
        await File.WriteAllTextAsync(SocketPath.Of(folder), "", Cancellation);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(SocketPath.Of(folder), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await using var stores = Share("1.0.0");
        await WriteAsync(stores, "one");
        Assert.True(stores.IsOwner);
    }

    [Fact]
    public async Task A_store_that_the_caller_names_is_there_from_its_first_call_whoever_owns_the_folder()
    {
        await using var first = Share("1.0.0", store: "one");
        await first["one"].ListAsync(new(), Cancellation);
        await using var second = Share("1.0.0", store: "two");
        await second["two"].ListAsync(new(), Cancellation);

        Assert.Equal(["default", "one", "two"], (await first.ListAsync(Cancellation)).Select(s => s.Name));
    }

    private SharedStores Share(string version, string? path = null, string store = MemoryStores.DefaultStore) => new(
        DataFolder.Open(path ?? _temporary["data"]), folder => MemoryStores.TryOpenAsync(folder, _embedder), version, TimeProvider.System, store);

    private static async Task<string> WriteAsync(SharedStores stores, string content) =>
        (await stores["default"].RememberAsync(new() { Namespace = "n", Facts = [new() { Content = content }] }, cancellationToken: Cancellation)).Outcomes[0].Id!;
}
