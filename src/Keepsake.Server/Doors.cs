using Keepsake.Embedding;
using Keepsake.Server.Access;
using Keepsake.Server.Cli;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp;
using Keepsake.Server.Mcp.Transport;
using Keepsake.Server.Ownership;

namespace Keepsake.Server;

/// <summary>Where the verbs of the command line meet the doors and the stores.</summary>
internal static class Doors
{
    public static CliHost Open(Terminal terminal) => new()
    {
        Terminal = terminal,
        OpenStoresAsync = (settings, _) => Task.FromResult<IMemoryStores>(Share(settings)),
        ServeAsync = (settings, cancellationToken) => ServeAsync(terminal, settings, cancellationToken),
        McpAsync = McpAsync,
    };

    /// <summary>The stores of a data folder, shared with the other processes of the user.</summary>
    private static SharedStores Share(CommonSettings settings)
    {
        var folder = DataFolder.Open(settings.Data);
        var configured = new Lazy<Settings>(() => Settings.Of(folder));
        var embedder = new Lazy<Embedder>(() => new(configured.Value.Embedding));
        return new(
            folder,
            _ => MemoryStores.TryOpenAsync(folder, embedder.Value, configured.Value.Store),
            KeepsakeVersion.Text,
            TimeProvider.System);
    }

    private static async Task<int> ServeAsync(Terminal terminal, ServeSettings settings, CancellationToken cancellationToken)
    {
        var addresses = ListenAddresses.Parse(settings.Urls);
        await using var stores = Share(settings.Common);
        await stores.ConnectAsync(cancellationToken);
        await using var server = await MemoryHttpServer.StartAsync(
            stores, addresses, app => app.MapMcp(stores), settings.Common.LogLevel ?? LogLevel.Warning, cancellationToken);
        await Console.Out.WriteLineAsync(string.Join('\n', server.Addresses));
        await WaitAsync(cancellationToken);
        await server.StopAsync(CancellationToken.None);
        return 0;
    }

    private static async Task<int> McpAsync(CommonSettings settings, CancellationToken cancellationToken)
    {
        await using var stores = Share(settings);
        await StdioDoor.RunStdioAsync(
            stores[settings.Store], Console.OpenStandardInput(), Console.OpenStandardOutput(), cancellationToken: cancellationToken);
        return 0;
    }

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The signal to end.
        }
    }
}
