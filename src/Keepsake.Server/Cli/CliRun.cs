using System.CommandLine;

namespace Keepsake.Server.Cli;

/// <summary>One run of one verb: its settings, where its answer goes, and the stores once it asks for them.</summary>
internal sealed class CliRun(CliHost host, CommonSettings settings, ParseResult parsed, Outlet outlet) : IAsyncDisposable
{
    private IMemoryStores? _stores;

    public CommonSettings Settings { get; } = settings;

    public Outlet Outlet { get; } = outlet;

    public Terminal Terminal => host.Terminal;

    public TimeProvider Time => host.Time;

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T? Get<T>(Argument<T> argument) => parsed.GetValue(argument);

    /// <summary>Opens the stores of the data folder, once.</summary>
    public async Task<IMemoryStores> StoresAsync(CancellationToken cancellationToken) =>
        _stores ??= await host.OpenStoresAsync(Settings, cancellationToken);

    /// <summary>Opens the store that the call names.</summary>
    public async Task<IMemory> MemoryAsync(CancellationToken cancellationToken) =>
        (await StoresAsync(cancellationToken))[Settings.Store];

    /// <summary>Opens the stores of a folder other than the user's. The caller disposes of them.</summary>
    public Task<IMemoryStores> OpenAsync(string data, CancellationToken cancellationToken) =>
        host.OpenStoresAsync(Settings with { Data = data }, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_stores is IAsyncDisposable open)
        {
            await open.DisposeAsync();
        }
    }
}
