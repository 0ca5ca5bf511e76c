namespace Keepsake.Embedding;

/// <summary>Why an endpoint gave no embedding.</summary>
public enum EmbeddingFailure
{
    /// <summary>Nothing answers there, or the connection broke.</summary>
    Unreachable = 0,

    /// <summary>It took longer than <see cref="EmbeddingOptions.Timeout"/>.</summary>
    TimedOut = 1,

    /// <summary>It says that it cannot now: too many requests, or an error of its own.</summary>
    Overloaded = 2,

    /// <summary>It does not accept the key.</summary>
    Unauthorized = 3,

    /// <summary>It does not accept these texts, for instance because one is too long for it.</summary>
    Refused = 4,

    /// <summary>It answered something else than the embeddings that were asked for.</summary>
    BadAnswer = 5,
}

/// <summary>An endpoint gave no embedding.</summary>
/// <remarks>The message may be shown to anyone: it holds no text, no key and no address.</remarks>
/// <param name="failure">Why.</param>
/// <param name="message">What happened and what to do about it.</param>
/// <param name="innerException">The cause, for the log.</param>
#pragma warning disable CA1032 // A reason is required, so the conventional constructors do not apply.
public sealed class EmbeddingException(EmbeddingFailure failure, string message, Exception? innerException = null)
#pragma warning restore CA1032
    : Exception(message, innerException)
{
    /// <summary>Why there is no embedding.</summary>
    public EmbeddingFailure Failure { get; } = failure;

    /// <summary>How long to wait before another try, when the endpoint said. <see langword="null"/>: it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => Failure is EmbeddingFailure.Unreachable or EmbeddingFailure.TimedOut or EmbeddingFailure.Overloaded;
}
