using Keepsake.Embedding;
using Keepsake.Server.Ownership;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Ownership;

/// <summary>Owners and their clients, in one process.</summary>
public sealed class SharedStoresTests
{
    [Fact]
    public async Task The_first_owns_the_folder_and_the_second_goes_through_it()
    {
        using var folder = new TemporaryFolder();
        await using var first = Share(folder.Path);
        await using var second = Share(folder.Path);
        var id = await RememberAsync(first, "told to the first");

        var read = await second["default"].GetAsync(id, TestContext.Current.CancellationToken);

        Assert.Equal("told to the first", read.Content);
        Assert.True(first.IsOwner);
        Assert.False(second.IsOwner);
    }

    [Fact]
    public async Task When_the_owner_lets_go_the_next_call_takes_over()
    {
        using var folder = new TemporaryFolder();
        var first = Share(folder.Path);
        await using var second = Share(folder.Path);
        var id = await RememberAsync(first, "told to the first");
        _ = await RememberAsync(second, "told to the second");

        await first.DisposeAsync();
        var read = await second["default"].GetAsync(id, TestContext.Current.CancellationToken);

        Assert.Equal("told to the first", read.Content);
        Assert.True(second.IsOwner);
    }

    [Fact]
    public async Task An_older_owner_makes_way_for_a_newer_program_and_goes_on_as_its_client()
    {
        using var folder = new TemporaryFolder();
        await using var older = Share(folder.Path, "0.1.0");
        await using var newer = Share(folder.Path, "0.2.0");
        var id = await RememberAsync(older, "told to the older");

        var read = await newer["default"].GetAsync(id, TestContext.Current.CancellationToken);
        var through = await older["default"].GetAsync(id, TestContext.Current.CancellationToken);

        Assert.Equal(read.Content, through.Content);
        Assert.True(newer.IsOwner);
        Assert.False(older.IsOwner);
    }

    [Fact]
    public async Task A_newer_owner_stays_for_an_older_program()
    {
        using var folder = new TemporaryFolder();
        await using var newer = Share(folder.Path, "1.10.0");
        await using var older = Share(folder.Path, "1.9.3");
        var id = await RememberAsync(newer, "told to the newer");

        _ = await older["default"].GetAsync(id, TestContext.Current.CancellationToken);

        Assert.True(newer.IsOwner);
    }

    [Fact]
    public async Task A_folder_whose_path_is_too_long_for_a_socket_is_shared_too()
    {
        using var folder = new TemporaryFolder();
        var deep = Path.Combine(folder.Path, new string('d', 60), new string('e', 60));
        await using var first = Share(deep);
        await using var second = Share(deep);
        var id = await RememberAsync(first, "told to the first");

        Assert.Equal("told to the first", (await second["default"].GetAsync(id, TestContext.Current.CancellationToken)).Content);
        Assert.True(File.Exists(Path.Combine(deep, SocketPath.NoteName)));
    }

    [Fact]
    public async Task The_named_store_is_created_where_it_is_missing_and_only_there()
    {
        using var folder = new TemporaryFolder();
        await using var first = Share(folder.Path, store: "project");
        await using var second = Share(folder.Path, store: "project");
        await first.ConnectAsync(TestContext.Current.CancellationToken);
        await second.ConnectAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["default", "project"], (await second.ListAsync(TestContext.Current.CancellationToken)).Select(store => store.Name));
    }

    [Fact]
    public async Task Many_calls_at_once_survive_that_the_owner_changes_under_them()
    {
        using var folder = new TemporaryFolder();
        var owner = Share(folder.Path);
        await owner.ConnectAsync(TestContext.Current.CancellationToken);
        await using var client = Share(folder.Path);
        await client.ConnectAsync(TestContext.Current.CancellationToken);

        var writes = Enumerable.Range(0, 200).Select(i => RememberAsync(client, $"fact {i}")).ToList();
        await writes[20];
        await owner.DisposeAsync();
        var ids = await Task.WhenAll(writes);

        Assert.Equal(200, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(200, (await client["default"].StatusAsync(TestContext.Current.CancellationToken)).Counts.Records);
    }

    private static async Task<string> RememberAsync(SharedStores stores, string fact)
    {
        var answer = await stores["default"].RememberAsync(
            new() { Namespace = "agents/test", Facts = [new() { Content = fact }] }, cancellationToken: TestContext.Current.CancellationToken);
        return Assert.Single(answer.Outcomes).Id!;
    }

    private static SharedStores Share(string folder, string version = "0.1.0", string store = "default")
    {
        var data = DataFolder.Open(folder);
        return new(
            data, _ => MemoryStores.TryOpenAsync(data, new Embedder(new EmbeddingOptions { Provider = EmbeddingProvider.None })), version, TimeProvider.System, store);
    }
}
