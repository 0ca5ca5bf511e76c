using System.Text.Json.Nodes;
using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Mcp;

/// <summary>Clients that are not ours, against the program itself.</summary>
public sealed class NodeClientTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("keepsake-mcp-");

    private static string Walk => Path.Combine(NodeProcess.TestsFolder, "node", "walk.mjs");

    private static string Program => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Keepsake.Server.exe" : "Keepsake.Server");

    [Fact]
    public async Task The_TypeScript_client_walks_through_everything_over_stdio()
    {
        var answer = await NodeProcess.RunAsync(Walk, ["stdio", Program, "mcp", "--data", Path.Combine(_data.FullName, "data")]);
        Assert.EndsWith("walked\n", answer.Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_TypeScript_client_walks_through_everything_over_HTTP()
    {
        await using var stores = new TemporaryStores();
        await stores.OpenAsync();
        await using var server = await MemoryHttpServer.StartAsync(
            stores.Stores,
            ListenAddresses.Parse("http://127.0.0.1:0"),
            app => app.MapMcp(stores.Stores),
            cancellationToken: TestContext.Current.CancellationToken);
        var answer = await NodeProcess.RunAsync(Walk, ["http", server.Addresses.Single() + McpEndpoints.Path]);
        Assert.EndsWith("walked\n", answer.Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_inspector_lists_the_tools()
    {
        var answer = await NodeProcess.RunAsync(
            NodeProcess.Package("@modelcontextprotocol/inspector/clients/launcher/build/index.js"),
            ["--cli", Program, "mcp", "--data", Path.Combine(_data.FullName, "data"), "--method", "tools/list"]);
        Assert.Equal(9, JsonNode.Parse(answer.Succeeded().Output)!["tools"]!.AsArray().Count);
    }

    public void Dispose() => _data.Delete(recursive: true);
}
