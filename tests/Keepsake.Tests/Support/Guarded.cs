using Keepsake.Access;
using Keepsake.Embedding;
using Microsoft.Data.Sqlite;

namespace Keepsake.Tests.Support;

/// <summary>Real stores, opened as often as a test likes, and callers of them.</summary>
internal sealed class Guarded : IAsyncDisposable
{
    // Loaded once: what is tested is above it.
    private static readonly Embedder Shared = new(new EmbeddingOptions());

    private readonly TemporaryFolder _folder = new();
    private MemoryStores? _stores;

    public string Folder => Path.Combine(_folder.Path, "data");

    public string Database => Path.Combine(Folder, "keepsake.db");

    public MemoryStores Stores => _stores!;

    public IMemory Memory => Stores[MemoryStores.DefaultStore];

    public async Task<Guarded> OpenAsync(MemoryStoreOptions? options = null, TimeProvider? time = null)
    {
        _stores = await MemoryStores.TryOpenAsync(DataFolder.Open(Folder), Shared, options, time) ?? throw new InvalidOperationException("The folder is owned already.");
        return this;
    }

    public async Task CloseAsync()
    {
        if (_stores is { } open)
        {
            _stores = null;
            await open.DisposeAsync();
        }
    }

    /// <summary>The default store as a caller sees it.</summary>
    public IMemory As(Caller caller) => Stores.As(caller)[MemoryStores.DefaultStore];

    public static Caller Key(
        AccessScopes scopes = AccessScopes.All, string[]? namespaces = null, string[]? actors = null, string[]? stores = null, string name = "k") =>
        new() { Name = name, Kind = CallerKind.Key, Scopes = scopes, Namespaces = namespaces, Actors = actors, Stores = stores };

    /// <summary>Changes the closed database behind Keepsake's back.</summary>
    public long Sql(string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Text of a test.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteScalar() as long? ?? 0;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }
}
