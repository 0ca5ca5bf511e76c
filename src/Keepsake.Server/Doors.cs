using Keepsake.Embedding;
using Keepsake.Server.Access;
using Keepsake.Server.Cli;
using Keepsake.Server.Http;
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
        McpAsync = (_, _) => throw new MemoryException(MemoryErrorCode.NotSupported, "'mcp' cannot be used in this version."),
    };

    /// <summary>The stores of a data folder, shared with the other processes of the user.</summary>
    private static SharedStores Share(CommonSettings settings)
    {
        var embedder = new Lazy<Embedder>(() => new Embedder());
        return new(
            DataFolder.Open(settings.Data),
            folder => MemoryStores.TryOpenAsync(folder, embedder.Value),
            KeepsakeVersion.Text,
            TimeProvider.System);
    }

    private static async Task<int> ServeAsync(Terminal terminal, ServeSettings settings, CancellationToken cancellationToken)
    {
        var addresses = ListenAddresses.Parse(settings.Urls);
        await using var stores = Share(settings.Common);
        await stores.ConnectAsync(cancellationToken);
        await using var server = await MemoryHttpServer.StartAsync(
            stores, addresses, map: null, settings.Common.LogLevel ?? LogLevel.Warning, cancellationToken);
        await SayAsync(terminal, ConnectHelp.OfProcess(settings.Common, DataFolder.Open(settings.Common.Data).Path, server.Addresses));
        await WaitAsync(cancellationToken);
        await server.StopAsync(CancellationToken.None);
        return 0;
    }

    private static async Task SayAsync(Terminal terminal, ConnectHelp help)
    {
        foreach (var line in help.Lines())
        {
            await terminal.Text.WriteLineAsync(line);
        }

        await terminal.Text.FlushAsync();
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
