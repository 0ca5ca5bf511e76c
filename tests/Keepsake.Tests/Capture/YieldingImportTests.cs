using Keepsake.Embedding;
using Keepsake.Engines;
using Microsoft.Extensions.AI;

namespace Keepsake.Tests.Capture;

/// <summary>An import leaves a processor to those who ask meanwhile.</summary>
public sealed class YieldingImportTests
{
    private const int Batches = 6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_searches_are_answered_one_batch_is_prepared_at_a_time()
    {
        using var generator = new SlowGenerator();
        using var embedder = new Embedder(generator);
        await using var memory = new MemoryStore("default", new ReferenceEngine(TimeProvider.System), embedder);
        var searching = memory.RecallAsync(new() { Query = SlowGenerator.Question }, Cancellation);
        await generator.Asked;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Batches).Select(i => memory.ImportAsync([Record(i)], Cancellation)));
        Assert.False(searching.IsCompleted);
        generator.Answer();
        await searching;

        Assert.All(outcomes, batch => Assert.Equal(WriteResult.Created, Assert.Single(batch).Outcome));
        Assert.Equal(1, generator.MostDocumentsAtOnce);
        var listed = await memory.ListAsync(new(), Cancellation);
        Assert.Equal(Enumerable.Range(0, Batches).Select(Content), listed.Items.Select(record => record.Content));
    }

    private static string Content(int i) => $"Fact number {i}.";

    private static MemoryRecord Record(int i) => new()
    {
        Id = $"mem-{i}",
        Namespace = MemoryNamespace.Parse("n"),
        Content = Content(i),
        OccurredAt = DateTimeOffset.UnixEpoch,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    // Takes its time over what is stored, and counts how many it is asked to embed at once; holds the question until it is to be answered.
    private sealed class SlowGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        public const string Question = "question";

        private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(30);
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _atOnce;

        public int MostDocumentsAtOnce { get; private set; }

        /// <summary>Gets what ends when the question is asked.</summary>
        public Task Asked => _asked.Task;

        /// <summary>Lets the question be answered.</summary>
        public void Answer() => _answer.SetResult();

        public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            string[] texts = [.. values];
            if (texts.Any(text => text.StartsWith("Fact", StringComparison.Ordinal)))
            {
                MostDocumentsAtOnce = Math.Max(MostDocumentsAtOnce, Interlocked.Increment(ref _atOnce));
                await Task.Delay(Time, cancellationToken);
                Interlocked.Decrement(ref _atOnce);
            }
            else
            {
                _asked.TrySetResult();
                await _answer.Task.WaitAsync(cancellationToken);
            }

            return [.. texts.Select(text => new Embedding<float>(new float[] { 1, text.Length % 7, 0, 1 }))];
        }

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("slow", null, "slow-1", 4) : null;

        public void Dispose()
        {
        }
    }
}
