using Keepsake.Access;
using Keepsake.Embedding;
using Keepsake.Server.Access;
using Keepsake.Server.Cli;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp;
using Keepsake.Server.Mcp.Transport;
using Keepsake.Server.Ownership;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keepsake.Server;

/// <summary>Where the verbs of the command line meet the doors and the stores.</summary>
internal static class Doors
{
    public static CliHost Open(Terminal terminal) => new()
    {
        Terminal = terminal,
        OpenStoresAsync = (settings, _) => Task.FromResult<IMemoryStores>(Share(settings)),
        ServeAsync = (settings, cancellationToken) => ServeAsync(terminal, settings, cancellationToken),
        McpAsync = (settings, cancellationToken) => McpAsync(terminal, settings, cancellationToken),
    };

    /// <summary>The stores of a data folder, shared with the other processes of the user.</summary>
    /// <param name="settings">What the command line said.</param>
    /// <param name="creates">Whether the store that is named is created where it is missing.</param>
    /// <param name="door">The door of those who are not told apart: the audit log names it.</param>
    /// <param name="loggers">The log of a process that owns the folder for long; <see langword="null"/>: one where the command line asks for it.</param>
    internal static SharedStores Share(CommonSettings settings, bool creates = false, string door = "cli", ILoggerFactory? loggers = null)
    {
        loggers ??= settings.LogLevel is { } level ? ProcessLog.Open(level) : NullLoggerFactory.Instance;
        var folder = DataFolder.Open(settings.Data);
        return new(
            folder,
            _ => MemoryStores.TryOpenAsync(
                folder, () => Configure(folder, loggers), ownsEmbedder: true, logger: loggers.CreateLogger<MemoryStores>()),
            KeepsakeVersion.Text,
            TimeProvider.System,
            creates ? settings.Store : MemoryStores.DefaultStore,
            name => Choose(folder, name),
            Caller.Local with { Door = door },
            LevelOf(settings));
    }

    private static (Embedder Embedder, MemoryStoreOptions Options) Configure(DataFolder folder, ILoggerFactory loggers)
    {
        var settings = Settings.Of(folder);
        return (new(settings.Embedding, logger: loggers.CreateLogger<Embedder>()), settings.Store);
    }

    private static LogLevel LevelOf(CommonSettings settings) => settings.LogLevel ?? LogLevel.Warning;

    private static void Choose(DataFolder folder, string name)
    {
        if (Settings.Of(folder).FixedModel is { } setting)
        {
            throw new MemoryException(
                MemoryErrorCode.Conflict, $"The setting {setting} decides which model is used. Remove it, from {Settings.FileName} or the owner's environment, and end the owner process.");
        }

        new AddedModels(folder).Choose(name);
    }

    private static async Task<int> ServeAsync(Terminal terminal, ServeSettings settings, CancellationToken cancellationToken)
    {
        // What is no address at all is said before anything is opened.
        _ = ListenAddresses.Parse(settings.Urls, hasKeys: true);
        var access = Settings.Of(DataFolder.Open(settings.Common.Data)).Access;
        using var loggers = ProcessLog.Open(LevelOf(settings.Common));
        await using var stores = Share(settings.Common, creates: true, "http", loggers);
        await stores.ConnectAsync(cancellationToken);
        var addresses = ListenAddresses.Parse(
            settings.Urls, access.Jwt.IsUsed || (await stores.AuthenticateAsync(secret: null, cancellationToken)).IsRequired);
        await using var server = await MemoryHttpServer.StartAsync(
            stores, addresses, app => app.MapMcp(stores), LevelOf(settings.Common), access, cancellationToken: cancellationToken);
        if (addresses.Any(address => !address.IsLoopback))
        {
            await terminal.Error.WriteLineAsync("keepsake: other machines reach this port, and HTTP does not hide keys from the network between: put a proxy with TLS before it");
        }

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

    /// <summary>Serves one agent on standard input and output until its input ends.</summary>
    private static async Task<int> McpAsync(Terminal terminal, CommonSettings settings, CancellationToken cancellationToken)
    {
        using var loggers = ProcessLog.Open(LevelOf(settings));
        await using var stores = Share(settings, creates: true, "stdio", loggers);

        // Behind the first answers: an agent waits for the list of tools, not for the data.
        var connecting = Task.Run(() => stores.ConnectAsync(cancellationToken), cancellationToken);
        await StdioDoor.RunStdioAsync(stores[settings.Store], terminal.In, terminal.Out, loggers, cancellationToken: cancellationToken);
        await connecting.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
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
