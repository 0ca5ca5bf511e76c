using System.Diagnostics;
using Keepsake.Access;
using Keepsake.Operations;
using Keepsake.Server.Http;

namespace Keepsake.Server.Ownership;

/// <summary>The stores of a data folder that many processes of a user share: this process owns the folder, or goes through the one that does.</summary>
/// <remarks>
/// <para>Whoever gets the folder's lock is the owner and listens on its socket. When the owner ends, however it ends, the first of the
/// others to notice takes over; a call that was under way is made again, writes with a token of their own, so that they happen once.</para>
/// <para>An owner whose program is older makes way for a newer one. Safe for concurrent use.</para>
/// </remarks>
internal sealed partial class SharedStores : IMemoryStores, IModelSwitch, IScannableStores, IAdministration, IAuthentication, IAsyncDisposable
{
    /// <summary>Longest wait for an owner that holds the lock and does not answer: one that opens much data on a slow machine is to be waited for.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    /// <summary>Most owners that may be lost under one call.</summary>
    private const int MaxLosses = 100;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a process that made way leaves the lock to the newer one.</summary>
    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(2);

    private readonly DataFolder _folder;
    private readonly Func<DataFolder, Task<MemoryStores?>> _tryOwn;
    private readonly OwnerInfo _self;
    private readonly TimeProvider _time;
    private readonly string _store;
    private readonly Caller _caller;
    private readonly Action<string>? _chooseModel;
    private readonly LogLevel _logLevel;
    private readonly SemaphoreSlim _connecting = new(1);
    private Connection? _connection;
    private long? _madeWayAt;
    private bool _isClosed;

    /// <summary>Shares a data folder. Nothing is opened before the first call.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="tryOwn">Opens the folder's stores, or gives <see langword="null"/> when another process owns it.</param>
    /// <param name="version">The program's version.</param>
    /// <param name="time">The clock.</param>
    /// <param name="store">A store that is created where it is missing, before the first call.</param>
    /// <param name="chooseModel">Writes down the model that the folder is to use; <see langword="null"/>: it cannot be chosen.</param>
    /// <param name="caller">Who asks where nobody else is named; <see langword="null"/>: the user of this machine.</param>
    /// <param name="logLevel">The least that the owner's socket logs.</param>
    public SharedStores(
        DataFolder folder,
        Func<DataFolder, Task<MemoryStores?>> tryOwn,
        string version,
        TimeProvider time,
        string store = MemoryStores.DefaultStore,
        Action<string>? chooseModel = null,
        Caller? caller = null,
        LogLevel logLevel = LogLevel.Warning)
    {
        _logLevel = logLevel;
        _caller = caller ?? Caller.Local;
        _chooseModel = chooseModel;
        _store = store;
        _folder = folder;
        _tryOwn = tryOwn;
        _self = new(version, Environment.ProcessId);
        _time = time;
    }

    /// <summary>Gets whether this process owns the folder now.</summary>
    public bool IsOwner => _connection is { IsOwner: true };

    /// <summary>Gets the operations on the data folder.</summary>
    public IMemoryOperations Operations => new SharedOperations(this, _time, _caller);

    /// <inheritdoc/>
    public IMemory this[string name] => new SharedMemory(this, name, _caller);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreInfo>> ListAsync(CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => stores.As(_caller).ListAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<StoreInfo> CreateAsync(string name, string? token = null, CancellationToken cancellationToken = default) =>
        WriteAsync(token, (stores, named) => stores.As(_caller).CreateAsync(name, named, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string name, string? token = null, CancellationToken cancellationToken = default) => WriteAsync(
        token,
        async (stores, named) =>
        {
            await stores.As(_caller).DeleteAsync(name, named, cancellationToken);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task UseModelAsync(string name, CancellationToken cancellationToken) => CallAsync(
        async (stores, _) =>
        {
            await (stores is RemoteMemoryStores remote ? remote.UseModelAsync(name, cancellationToken) : UseOwnModelAsync(name, cancellationToken));
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<ModelProgress> ModelProgressAsync(string store, CancellationToken cancellationToken) => CallAsync(
        (stores, _) => stores is RemoteMemoryStores remote
            ? remote.ModelProgressAsync(store, cancellationToken)
            : ((MemoryStores)stores).Own(store).ModelProgressAsync(cancellationToken),
        cancellationToken);

    /// <inheritdoc/>
    public Task<BenchmarkReport> ProbeAsync(string store, CancellationToken cancellationToken) => CallAsync(
        (stores, _) => stores is RemoteMemoryStores remote
            ? remote.ProbeAsync(store, cancellationToken)
            : ((MemoryStores)stores).Own(store).ProbeAsync(cancellationToken),
        cancellationToken);

    /// <summary>Finds or becomes the owner now, rather than with the first call.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken) => await CallAsync((_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>Makes a write. One that may have to be made again has a name, of its own where the caller gave it none.</summary>
    /// <param name="token">The caller's name for it; <see langword="null"/>: none.</param>
    /// <param name="write">Makes it, with its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="CallAsync"/>
    public Task<T> WriteAsync<T>(string? token, Func<IMemoryStores, string?, Task<T>> write, CancellationToken cancellationToken)
    {
        var own = token ?? $"keepsake-{Guid.CreateVersion7(_time.GetUtcNow())}";
        return CallAsync((stores, repeats) => write(stores, repeats ? own : token), cancellationToken);
    }

    /// <summary>Makes a call, and makes it again through another owner when the one it went through is gone.</summary>
    /// <param name="call">The call; it is told whether a token must name its write, because it may be made again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MemoryException">What the call throws; <see cref="MemoryErrorCode.Unavailable"/>: no owner answers.</exception>
    public async Task<T> CallAsync<T>(Func<IMemoryStores, bool, Task<T>> call, CancellationToken cancellationToken)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var mayRepeat = false;
        for (var losses = 0; ;)
        {
            var connection = await ConnectionAsync(startedAt, cancellationToken);
            if (!connection.TryEnter())
            {
                continue;
            }

            try
            {
                mayRepeat |= !connection.IsOwner;
                return await call(connection.Stores, mayRepeat);
            }
            catch (OwnerGoneException e)
            {
                // The wait is for a new owner, however long the call had been going on through the old one.
                startedAt = Stopwatch.GetTimestamp();
                _ = Interlocked.CompareExchange(ref _connection, null, connection);
                if (++losses > MaxLosses)
                {
                    throw NoAnswer(e);
                }
            }
            finally
            {
                connection.Exit();
            }

            // Nobody waits for the calls that are still failing in it.
            _ = connection.RetireAsync().AsTask();
        }
    }

    /// <summary>Lets go of the folder; whoever needs it takes over.</summary>
    public async ValueTask DisposeAsync()
    {
        await _connecting.WaitAsync();
        _isClosed = true;
        var connection = Interlocked.Exchange(ref _connection, null);
        _connecting.Release();
        if (connection is not null)
        {
            await connection.RetireAsync();
        }
    }

    private async Task<Connection> ConnectionAsync(long startedAt, CancellationToken cancellationToken)
    {
        if (_connection is { } connected)
        {
            return connected;
        }

        await _connecting.WaitAsync(cancellationToken);
        try
        {
            for (var pause = FirstPause; _connection is null; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                if (((MayOwn ? await TryOwnAsync() : null) ?? await TryReachOwnerAsync(startedAt, cancellationToken)) is { } found
                    && await HasStoreAsync(found, startedAt, cancellationToken))
                {
                    _connection = found;
                }
                else
                {
                    await Task.Delay(pause, cancellationToken);
                }
            }

            return _connection;
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Creates the store where it is missing.</summary>
    /// <returns>Whether the owner is still there.</returns>
    private async Task<bool> HasStoreAsync(Connection connection, long startedAt, CancellationToken cancellationToken)
    {
        // The default store is always there.
        if (_store == MemoryStores.DefaultStore)
        {
            return true;
        }

        try
        {
            await connection.Stores.As(_caller).CreateAsync(_store, cancellationToken: cancellationToken);
        }
        catch (OwnerGoneException e)
        {
            await connection.RetireAsync();
            ThrowIfLate(startedAt, e);
            return false;
        }
        catch (MemoryException e) when (e.Code is MemoryErrorCode.Conflict or MemoryErrorCode.ReadOnly)
        {
            // It is there, or nothing can be created: calls then say so.
        }
        catch
        {
            await connection.RetireAsync();
            throw;
        }

        return true;
    }

    private bool MayOwn => _madeWayAt is not { } at || Stopwatch.GetElapsedTime(at) > Courtesy;

    private async Task<Connection?> TryOwnAsync()
    {
        if (await _tryOwn(_folder) is not { } stores)
        {
            return null;
        }

        try
        {
            var server = await MemoryHttpServer.StartOwnerAsync(
                stores, SocketPath.Of(_folder), new()
                {
                    Self = _self,
                    HandOver = (other, _) => Task.FromResult(MakeWay(other)),
                    UseModel = UseOwnModelAsync,

                    // Begins at once, so that no call of this process goes to the old stores after the answer either.
                    Reopen = () => _ = ReopenAsync(),
                },
                _logLevel);
            return new(stores, isOwner: true, async () =>
            {
                await server.StopAsync(CancellationToken.None);
                await server.DisposeAsync();
                await stores.DisposeAsync();
            });
        }
        catch
        {
            await stores.DisposeAsync();
            throw;
        }
    }

    private async Task<Connection?> TryReachOwnerAsync(long startedAt, CancellationToken cancellationToken)
    {
        var remote = new RemoteMemoryStores(SocketPath.Of(_folder), _time);
        try
        {
            var owner = await remote.DescribeOwnerAsync(cancellationToken);
            if (IsNewer(_self.Version, owner.Version)
                && (await remote.AskForHandOverAsync(_self, cancellationToken) || Stopwatch.GetElapsedTime(startedAt) < MaxWait))
            {
                // It makes way; or it has only just begun, or ends already, and is asked again if it is there still.
                remote.Dispose();
                return null;
            }

            return new(remote, isOwner: false, () =>
            {
                remote.Dispose();
                return ValueTask.CompletedTask;
            });
        }
        catch (OwnerGoneException e)
        {
            // It is starting, or has just died: look again who holds the lock.
            remote.Dispose();
            ThrowIfLate(startedAt, e);
            return null;
        }
    }

    /// <summary>Makes way for a newer program: the answer is sent first, then the folder is let go.</summary>
    private bool MakeWay(OwnerInfo other)
    {
        if (!IsNewer(other.Version, _self.Version) || Interlocked.Exchange(ref _connection, null) is not { } connection)
        {
            return false;
        }

        _madeWayAt = Stopwatch.GetTimestamp();
        _ = Task.Run(async () => await connection.RetireAsync());
        return true;
    }

    private async Task UseOwnModelAsync(string name, CancellationToken cancellationToken)
    {
        if (_connection?.Stores is MemoryStores { ReadOnly.Reason: { } reason })
        {
            throw new MemoryException(MemoryErrorCode.ReadOnly, reason);
        }

        var choose = _chooseModel ?? throw new MemoryException(MemoryErrorCode.NotSupported, "The owner process does not manage models.");

        // Reads the whole model, to be sure that it loads.
        await Task.Run(() => choose(name), cancellationToken);
        _ = Task.Run(ReopenAsync, CancellationToken.None);
    }

    /// <summary>Opens the stores anew, with the settings of now, once the calls under way have ended. Nobody else can be asked meanwhile, so nobody needs to be.</summary>
    internal async Task ReopenAsync()
    {
        await _connecting.WaitAsync();
        try
        {
            if (_connection is { IsOwner: true } connection && Interlocked.CompareExchange(ref _connection, null, connection) == connection)
            {
                await connection.RetireAsync();
                _connection = _isClosed ? null : await TryOwnAsync();
            }
        }
        catch (MemoryException)
        {
            // The next call meets the same, and its caller is told.
        }
        finally
        {
            _connecting.Release();
        }
    }

    internal static bool IsNewer(string version, string than) =>
        Version.TryParse(Numbers(version), out var a) && Version.TryParse(Numbers(than), out var b) && a > b;

    private static string Numbers(string version) => version.Split('-', '+')[0];

    private static void ThrowIfLate(long startedAt, Exception cause)
    {
        if (Stopwatch.GetElapsedTime(startedAt) > MaxWait)
        {
            throw NoAnswer(cause);
        }
    }

    private static MemoryException NoAnswer(Exception cause) =>
        new(MemoryErrorCode.Unavailable, "The process that owns the data folder does not answer. End it, then try again.", cause);
}
