using Keepsake.Capture;
using Keepsake.Embedding;
using Keepsake.Engines.Sqlite;
using Keepsake.Recall;

namespace Keepsake.Operations;

/// <summary>What a namespace in quarantine is mended with: the ways of a store's reads and writes, open to that namespace.</summary>
internal sealed record Mending
{
    public required MemoryNamespace Namespace { get; init; }

    public required SqliteEngine Engine { get; init; }

    public required WritePath Write { get; init; }

    public required Embedder Embedder { get; init; }

    public required IndexFeed Feed { get; init; }

    public required Benchmark Benchmark { get; init; }
}
