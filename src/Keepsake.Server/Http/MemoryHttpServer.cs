using System.Net;
using System.Net.Sockets;
using Keepsake.Server.Access;
using Keepsake.Server.Ownership;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Keepsake.Server.Http;

/// <summary>A running HTTP server: on loopback addresses for this machine, or on a socket file for the owner's own clients.</summary>
/// <remarks>
/// Built from nothing rather than from the framework's defaults: <c>keepsake mcp</c> starts one on its way to its first answer,
/// and configuration files, console lifetime and host filtering have no use here. Signals are the caller's; so are the stores.
/// </remarks>
internal sealed class MemoryHttpServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MemoryHttpServer(WebApplication app) => _app = app;

    /// <summary>Gets the addresses it listens on, with the ports that it got.</summary>
    public IReadOnlyCollection<string> Addresses => [.. _app.Urls];

    /// <summary>Gets the routes.</summary>
    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Starts serving on loopback addresses.</summary>
    /// <param name="stores">What to serve. Not disposed here.</param>
    /// <param name="addresses">Where, from <see cref="ListenAddresses.Parse"/>.</param>
    /// <param name="map">Maps further routes, behind the same rules; <see langword="null"/>: none.</param>
    /// <param name="logLevel">The least that goes to standard error. Never content, at any level.</param>
    /// <param name="access">How callers prove who they are; <see langword="null"/>: by API keys, where there are any.</param>
    /// <param name="time">The clock of tokens and sessions; <see langword="null"/>: the system's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: a port is taken; <see cref="MemoryErrorCode.InvalidRequest"/>: the keys of
    /// an issuer cannot be used.</exception>
    public static async Task<MemoryHttpServer> StartAsync(
        IMemoryStores stores,
        IReadOnlyList<ListenAddress> addresses,
        Action<WebApplication>? map = null,
        LogLevel logLevel = LogLevel.Warning,
        AccessSettings? access = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        time ??= TimeProvider.System;

        access ??= new();
        var isOpen = addresses.Any(address => !address.IsLoopback);
        var builder = NewBuilder(stores, logLevel);
        builder.Services.AddSingleton(services => new AccessGate(
            isOpen || access.Jwt.IsUsed, JwtReader.Of(access.Jwt, time, services.GetRequiredService<ILogger<JwtReader>>())));
        builder.Services.AddSingleton(new HostNames(access.Hosts, isOpen));
        builder.Services.AddSingleton(time);
        builder.Services.AddKeepsakeDescription();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var address in addresses)
            {
                Listen(kestrel, address);
            }
        });
        var app = builder.Build();
        app.UseMiddleware<RequestLog>();
        app.UseSecurityHeaders();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<HostOriginRules>();
        app.UseMiddleware<OneLengthRule>();
        app.UseMiddleware<HeadAsGet>();
        app.UseRouting();
        app.UseMiddleware<Authentication>();
        app.MapKeepsakeApi();
        app.MapKeepsakeDescription();
        ProtectedResource.Map(app, access);
        map?.Invoke(app);
        return await StartAsync(app, cancellationToken);
    }

    /// <summary>Starts serving the owner's own clients on a socket file that only this user may open.</summary>
    /// <param name="stores">What to serve. Not disposed here.</param>
    /// <param name="socketPath">
    /// The file. One that is there is left from a process that died, and is replaced: the caller holds the data folder's lock.
    /// Disposing removes it, so dispose before letting go of the lock.
    /// </param>
    /// <param name="hooks">What the owner says of itself.</param>
    /// <param name="logLevel">The least that goes to standard error.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<MemoryHttpServer> StartOwnerAsync(
        IMemoryStores stores,
        string socketPath,
        OwnerHooks hooks,
        LogLevel logLevel = LogLevel.Warning,
        CancellationToken cancellationToken = default)
    {
        var builder = NewBuilder(stores, logLevel);
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = BindPrivately);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socketPath, Http1));
        var app = builder.Build();
        var gate = new OwnerGate();
        app.Use(gate.EnterAsync);
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseMiddleware<SocketCaller>();
        app.MapKeepsakeApi();
        app.MapOwner(hooks.Reopen is { } reopen ? hooks with { Reopen = gate.Close + reopen } : hooks);
        return await StartAsync(app, cancellationToken);
    }

    /// <summary>Takes no new requests and waits for those that have begun, up to <see cref="HttpLimits.StopTimeout"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static WebApplicationBuilder NewBuilder(IMemoryStores stores, LogLevel logLevel)
    {
        ArgumentNullException.ThrowIfNull(stores);

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.AddProcessLog(logLevel);
        builder.Services.AddCallers(stores);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = HttpLimits.StopTimeout);
        builder.Services.ConfigureHttpJsonOptions(json => HttpJson.CopyStrictTo(json.SerializerOptions));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            var limits = kestrel.Limits;
            limits.MaxRequestBodySize = HttpLimits.MaxBodyBytes;
            limits.MaxRequestLineSize = HttpLimits.MaxRequestLineBytes;
            limits.MaxRequestHeadersTotalSize = HttpLimits.MaxHeadersBytes;
            limits.MaxConcurrentConnections = HttpLimits.MaxConnections;
            limits.MaxConcurrentUpgradedConnections = 0;
            limits.RequestHeadersTimeout = HttpLimits.HeadersTimeout;
            limits.KeepAliveTimeout = HttpLimits.KeepAliveTimeout;
            limits.MinRequestBodyDataRate = new(HttpLimits.MinBodyBytesPerSecond, HttpLimits.BodyGrace);
        });
        return builder;
    }

    private static async Task<MemoryHttpServer> StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
            return new(app);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await app.DisposeAsync();
            throw new MemoryException(
                MemoryErrorCode.Unavailable, "The port is taken by another process. Choose another with --urls http://127.0.0.1:PORT.", e);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address)
    {
        if (address.Address is { } ip)
        {
            kestrel.Listen(ip, address.Port, Http1);
        }
        else
        {
            kestrel.ListenLocalhost(address.Port, Http1);
        }
    }

    private static void Http1(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;

    // Between bind and listen nobody can connect, so the file is never open to others, whatever the process's umask.
    private static Socket BindPrivately(EndPoint endPoint)
    {
        var path = ((UnixDomainSocketEndPoint)endPoint).ToString()!;
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The default one listens for signals and writes to the console.
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
