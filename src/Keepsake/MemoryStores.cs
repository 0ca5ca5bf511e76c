using System.Collections.Concurrent;
using Keepsake.Access;
using Keepsake.Capture;
using Keepsake.Embedding;
using Keepsake.Engines;
using Keepsake.Engines.Sqlite;
using Keepsake.Engines.Sqlite.Sealing;
using Keepsake.Operations;
using Keepsake.Protection.Sealing;
using Keepsake.Recall;
using Keepsake.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keepsake;

/// <summary>The stores of one data folder, in this process, on the embedded engine.</summary>
/// <remarks>The process owns the folder while this is open: no other can open it. Its own calls are those of <see cref="Caller.Local"/>.</remarks>
public sealed partial class MemoryStores : IMemoryStores, IMemoryOperations, IAdministration, IAuthentication, IAsyncDisposable
{
    /// <summary>The store that exists from the start.</summary>
    public const string DefaultStore = "default";

    /// <summary>Longest name of a store, in characters.</summary>
    public const int MaxNameLength = 48;

    /// <summary>Most stores in one data folder.</summary>
    public const int MaxStores = 1_000;

    private const string IndexName = "index";

    private readonly IDisposable _lock;
    private readonly SqliteDatabase _database;
    private readonly Embedder _embedder;
    private readonly bool _ownsEmbedder;
    private readonly MemoryStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger? _logger;
    private readonly string _folder;
    private readonly StoreKeys _keys;
    private readonly StoreSealing _sealing;
    private readonly Backups _backups;
    private readonly PendingRestore _restore;
    private readonly RebuildWatch? _watch;
    private readonly ConcurrentDictionary<long, string> _ids = new();
    private readonly ConcurrentDictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, Lazy<MemoryStore>> _open = new();

    private readonly RateLimits _limits;
    private readonly CursorSeal _cursors;
    private readonly IMemoryStores _local;

    private MemoryStores(
        string folder, IDisposable @lock, SqliteDatabase database, Embedder embedder, bool ownsEmbedder, MemoryStoreOptions options,
        TimeProvider time, ILogger? logger, ReadOnlySwitch readOnly)
    {
        ReadOnly = readOnly;
        Log = new(database, folder, time, logger);
        Keys = new(database, new(options.Redaction), time);
        readOnly.Attach(database, Log);
        _limits = new(options.Access, time);
        _cursors = new(database.Guard.Key);
        _folder = folder;
        _backups = new(folder, time);
        _restore = new(folder, time);
        _ownsEmbedder = ownsEmbedder;
        _lock = @lock;
        _database = database;
        _embedder = embedder;
        _options = options;
        _time = time;
        _logger = logger;
        _keys = new(database.Guard, new(database.Guard.Keys, options.Keys), time);
        _sealing = new(database, _keys);
        _local = As(Caller.Local);
        _watch = options.RebuildWatch > TimeSpan.Zero ? new(WatchAsync, time, logger ?? NullLogger.Instance) : null;
    }

    /// <inheritdoc/>
    public IMemory this[string name] => _local[name];

    /// <summary>Opens the stores of a folder, and creates the default one where it is missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="embedder">The embedding model, shared by the stores. Who made it disposes it.</param>
    /// <param name="options">Settings; <see langword="null"/>: the defaults.</param>
    /// <param name="time">The clock; <see langword="null"/>: the system's.</param>
    /// <param name="logger">Takes names, counts and times, never content; <see langword="null"/>: nobody.</param>
    /// <returns>The stores, or <see langword="null"/> when another process owns the folder.</returns>
    /// <exception cref="MemoryException">The data cannot be opened; the message says why.</exception>
    public static Task<MemoryStores?> TryOpenAsync(
        DataFolder folder, Embedder embedder, MemoryStoreOptions? options = null, TimeProvider? time = null, ILogger? logger = null) =>
        TryOpenAsync(folder, () => (embedder, options ?? new()), ownsEmbedder: false, time, logger);

    /// <summary>Opens the stores of a folder with what the owner of the folder uses, which is asked for once it is the owner.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="configure">Makes the embedding model and the settings.</param>
    /// <param name="ownsEmbedder">Whether the stores dispose the model.</param>
    /// <param name="time">The clock; <see langword="null"/>: the system's.</param>
    /// <param name="logger">Takes names, counts and times, never content; <see langword="null"/>: nobody.</param>
    internal static async Task<MemoryStores?> TryOpenAsync(
        DataFolder folder,
        Func<(Embedder Embedder, MemoryStoreOptions Options)> configure,
        bool ownsEmbedder,
        TimeProvider? time = null,
        ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (folder.TryLock() is not { } @lock)
        {
            return null;
        }

        SqliteDatabase? database = null;
        Embedder? owned = null;
        try
        {
            var (embedder, options) = configure();
            owned = ownsEmbedder ? embedder : null;
            var readOnly = new ReadOnlySwitch(folder.Path, options.ReadOnly);
            database = await OpenDatabaseAsync(folder.Path, time ?? TimeProvider.System, readOnly.Reason);
            var stores = new MemoryStores(
                folder.Path, @lock, database, embedder, ownsEmbedder, options, time ?? TimeProvider.System, logger, readOnly);
            var rows = await database.ReadAsync(StoreRows.Rows, CancellationToken.None);
            stores._keys.Open(rows);
            await stores.Keys.LoadAsync();
            foreach (var (number, store, _, _) in rows)
            {
                stores._numbers[store.Name] = number;
                stores._ids[number] = store.Id;
            }

            if (!stores._numbers.ContainsKey(DefaultStore) && database.Health.ReadOnly is null)
            {
                await stores.CreateOwnAsync(DefaultStore, encrypted: false, token: null, CancellationToken.None);
            }

            await stores.FinishDeletionsAsync();
            await stores.ResumeSealingAsync();
            return stores;
        }
        catch
        {
            if (database is not null)
            {
                await database.DisposeAsync();
            }

            owned?.Dispose();
            @lock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreInfo>> ListAsync(CancellationToken cancellationToken = default) => _local.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<StoreInfo> CreateAsync(string name, string? token = null, CancellationToken cancellationToken = default) =>
        _local.CreateAsync(name, token, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string name, string? token = null, CancellationToken cancellationToken = default) =>
        _local.DeleteAsync(name, token, cancellationToken);

    /// <summary>Lists the stores, whoever asks.</summary>
    internal async Task<IReadOnlyList<StoreInfo>> ListOwnAsync(CancellationToken cancellationToken) =>
        [.. (await _database.ReadAsync(StoreRows.All, cancellationToken)).Select(row => row.Store)];

    /// <summary>Creates a store, whoever asks.</summary>
    internal Task<StoreInfo> CreateOwnAsync(string name, bool encrypted, string? token, CancellationToken cancellationToken)
    {
        CheckName(name);
        Cleaner.Identifier(new(_options.Redaction.Of(name)), name, "The name of a store");
        var once = CallToken.Of(token, "create store", name, encrypted ? "encrypted" : "plain");
        return OnceAsync(
            TokenRows.Folder, once, KeepsakeJson.Default.StoreInfo,
            () => AloneAsync(() => CreateOnceAsync(name, encrypted, once, cancellationToken), cancellationToken), cancellationToken);
    }

    private async Task<StoreInfo> CreateOnceAsync(string name, bool encrypted, WriteToken? token, CancellationToken cancellationToken)
    {
        var store = new StoreInfo(name, Ids.NewStore(name), _time.GetUtcNow(), encrypted);

        // Its keys first: there is never an encrypted store without.
        var vault = encrypted ? _keys.Create(store.Id, SealingState.Sealed) : null;
        try
        {
            var number = await InsertAsync(store, vault, token, cancellationToken);
            _database.Guard.SetVault(number, vault);
            (_ids[number], _numbers[name]) = (store.Id, number);
            return store;
        }
        catch
        {
            vault?.Ring.Delete();
            throw;
        }
    }

    private Task<long> InsertAsync(StoreInfo store, StoreVault? vault, WriteToken? token, CancellationToken cancellationToken) => _database.WriteAsync(
            (session, _) =>
            {
                var all = StoreRows.All(session);
                if (all.Exists(row => string.Equals(row.Store.Name, store.Name, StringComparison.Ordinal)))
                {
                    throw new MemoryException(MemoryErrorCode.Conflict, $"There is a store '{store.Name}' already.");
                }

                if (all.Count >= MaxStores)
                {
                    throw MemoryException.Invalid($"There are {MaxStores} stores, the most there can be. Delete one first.");
                }

                Note(session, TokenRows.Folder, token, store, KeepsakeJson.Default.StoreInfo);
                return StoreRows.Insert(session, store, vault?.State ?? SealingState.Plain, vault?.Epoch ?? 0);
            },
            committed: null,
            cancellationToken);

    /// <summary>Finishes what is being written, closes the file cleanly and gives up the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_watch is not null)
        {
            await _watch.DisposeAsync();
        }

        await _sealing.DisposeAsync();
        foreach (var store in _open.Values.Where(store => store.IsValueCreated))
        {
            await store.Value.DisposeAsync();
        }

        await Log.DisposeAsync();
        _backups.Dispose();
        await _database.DisposeAsync();
        _keys.Dispose();
        Keys.Dispose();
        _alone.Dispose();
        if (_ownsEmbedder)
        {
            _embedder.Dispose();
        }

        _lock.Dispose();
    }

    /// <summary>Gets the database of all stores.</summary>
    internal SqliteDatabase Database => _database;

    /// <summary>A store with what is not part of <see cref="IMemory"/>.</summary>
    internal MemoryStore Own(string name) => _numbers.TryGetValue(name, out var number)
        ? _open.GetOrAdd(number, _ => new(() => Open(name, number))).Value
        : throw NoSuchStore(name);

    private MemoryStore Open(string name, long number) =>
        new(name, new SqliteEngine(_database, number, _time), _embedder, _options, _time, _logger,
            SnapshotOf(number), () => _database.Health.ReadOnly is not null);

    /// <summary>Where the index of a store is kept.</summary>
    internal IndexSnapshot SnapshotOf(long number) => new(IndexFolder(number), () => IndexSealOf(number));

    // By the id, which no other store ever has: neither one of the same name later nor one of another database file.
    private string IndexFolder(long number) => Path.Combine(_folder, IndexName, _ids[number]);

    internal static void CheckName(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxNameLength || !char.IsAsciiLetter(name[0])
            || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')))
        {
            throw MemoryException.Invalid($"A store's name has 1 to {MaxNameLength} letters, digits, '_' or '-', and starts with a letter.");
        }
    }

    internal static MemoryException NoSuchStore(string name) => MemoryException.NotFound(
        name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? $"There is no store '{name}'. Create it with: keepsake store create {name}"
            : "There is no such store. List them with: keepsake store list");
}
