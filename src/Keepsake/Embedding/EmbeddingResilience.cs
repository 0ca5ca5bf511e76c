using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Keepsake.Embedding;

/// <summary>How requests to an endpoint are tried again, given up and held back.</summary>
internal static class EmbeddingResilience
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    /// <summary>Makes the pipeline.</summary>
    /// <remarks>
    /// From outside: the breaker counts whole requests, so that a slow endpoint trips it as a dead one does; the time-out bounds a
    /// request with all its retries; retries answer passing failures only, and a time-out is not one: asking a slow server twice
    /// makes it slower.
    /// </remarks>
    public static ResiliencePipeline Make(EmbeddingOptions options, TimeProvider time)
    {
        ResiliencePipelineBuilder builder = new() { TimeProvider = time };
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 4,
            SamplingDuration = TimeSpan.FromSeconds(30),

            // Shorter than the pause of the one who asks, so that its next look is let through.
            BreakDuration = options.RetryInterval / 2,
            ShouldHandle = new PredicateBuilder().Handle<EmbeddingException>(e => e.IsTransient).Handle<Polly.Timeout.TimeoutRejectedException>(),
        });
        builder.AddTimeout(options.Timeout);
        if (options.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstDelay,
                MaxDelay = MaxDelay,
                ShouldHandle = new PredicateBuilder().Handle<EmbeddingException>(e => e.IsTransient),
                DelayGenerator = static arguments => new(Asked(arguments.Outcome.Exception)),
            });
        }

        return builder.Build();
    }

    // Null: as the settings say. An endpoint may ask for more patience, but not for more than the longest delay.
    private static TimeSpan? Asked(Exception? exception) =>
        exception is EmbeddingException { RetryAfter: { } wait } && wait > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Min(wait.Ticks, MaxDelay.Ticks)) : null;
}
