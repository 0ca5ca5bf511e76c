using Microsoft.Extensions.Logging;

namespace Keepsake.Recall.Reranking;

/// <summary>Puts the best memories of a search in a reranker's order, where there is one; when it fails or is slow, they stay as they were.</summary>
/// <param name="reranker">The reranker.</param>
/// <param name="options">How many memories, and how long.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of failures, by the kind of error alone.</param>
internal sealed partial class RerankStage(IReranker reranker, RerankOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>How long a reranker that failed is left alone.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private long _failedAt = -1;

    /// <summary>How many memories it wants to see for an answer of a length.</summary>
    public int Depth(int topK) => Math.Max(topK, options.Candidates);

    /// <summary>Orders memories.</summary>
    /// <returns>All of them, and whether their order is the reranker's. Of those that it holds equal, the better by relevance come first.</returns>
    public async Task<(List<RecalledMemory> Memories, bool Reranked)> OrderAsync(
        string question, List<RecalledMemory> memories, CancellationToken cancellationToken)
    {
        if (memories.Count < 2 || IsPausing)
        {
            return (memories, false);
        }

        var first = memories[..Math.Min(memories.Count, options.Candidates)];
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var scores = await reranker.ScoreAsync(question, [.. first.Select(memory => memory.Content)], either.Token).WaitAsync(either.Token);
            if (scores.Count != first.Count)
            {
                throw new FormatException($"There are {scores.Count} scores for {first.Count} texts.");
            }

            return ([.. first.Zip(scores).OrderByDescending(pair => pair.Second).Select(pair => pair.First), .. memories[first.Count..]], true);
        }
#pragma warning disable CA1031 // Whatever a reranker of the user's throws, the search has an answer without it.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Interlocked.Exchange(ref _failedAt, time.GetTimestamp());
            LogFailure(logger, timeout.IsCancellationRequested ? "it took too long" : e.GetType().Name);
            return (memories, false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (reranker as RerankEndpoint)?.Dispose();

    private bool IsPausing => Interlocked.Read(ref _failedAt) is >= 0 and var at && time.GetElapsedTime(at) < Pause;

    [LoggerMessage(EventId = 8001, Level = LogLevel.Warning, Message = "Answers keep their own order for some seconds: the reranker failed ({Reason}).")]
    private static partial void LogFailure(ILogger logger, string reason);
}
