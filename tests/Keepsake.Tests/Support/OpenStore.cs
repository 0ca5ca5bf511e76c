using Keepsake.Embedding;
using Keepsake.Engines;

namespace Keepsake.Tests.Support;

/// <summary>A store in memory with the built-in model, for what happens above the engine.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    // Loaded once: what is tested is above it.
    private static readonly Embedder Shared = new(new EmbeddingOptions());

    public OpenStore(MemoryStoreOptions? options = null)
    {
        Engine = new(Time);
        Memory = new("default", Engine, Shared, options, Time);
    }

    public ManualTime Time { get; } = new();

    public ReferenceEngine Engine { get; }

    public MemoryStore Memory { get; }

    public async Task<WriteOutcome> RememberAsync(MemoryFact fact, string @namespace = "a/b") =>
        Assert.Single((await Memory.RememberAsync(new() { Namespace = @namespace, Facts = [fact] }, null, TestContext.Current.CancellationToken)).Outcomes);

    public ValueTask DisposeAsync() => Memory.DisposeAsync();
}
