using Keepsake.Embedding;

namespace Keepsake.Tests.Support;

/// <summary>Real stores in a data folder of their own, which goes with them.</summary>
internal sealed class TemporaryStores : IAsyncDisposable
{
    private MemoryStores? _stores;

    public string Folder { get; } = Directory.CreateTempSubdirectory("keepsake-").FullName;

    public IMemoryStores Stores => _stores!;

    public async Task OpenAsync() =>
        _stores = await MemoryStores.TryOpenAsync(DataFolder.Open(Path.Combine(Folder, "data")), new Embedder(new EmbeddingOptions()))
            ?? throw new InvalidOperationException("Another process owns a folder that was just made.");

    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
