using Keepsake.Server.Http;
using Keepsake.Server.Ownership;

namespace Keepsake.Tests.Support;

/// <summary>An owner with a socket, its stores as it has them itself, and as another process has them.</summary>
public sealed class OwnerSocket : IAsyncLifetime
{
    private readonly TemporaryStores _stores = new();
    private MemoryHttpServer? _server;

    internal static OwnerInfo Self { get; } = new("0.1.0", 4711);

    internal string Folder => _stores.Folder;

    internal string SocketPath => Path.Combine(Folder, "owner.sock");

    internal IMemoryStores Direct => _stores.Stores;

    internal RemoteMemoryStores Remote { get; private set; } = null!;

    internal OwnerInfo? Asker { get; private set; }

    internal OwnerHooks Hooks => new()
    {
        Self = Self,
        HandOver = (asker, _) =>
        {
            Asker = asker;
            return Task.FromResult(string.CompareOrdinal(asker.Version, Self.Version) > 0);
        },
    };

    public async ValueTask InitializeAsync()
    {
        await _stores.OpenAsync();
        _server = await MemoryHttpServer.StartOwnerAsync(Direct, SocketPath, Hooks, cancellationToken: TestContext.Current.CancellationToken);
        Remote = new(SocketPath, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        Remote.Dispose();
        await _server!.DisposeAsync();
        await _stores.DisposeAsync();
    }
}
