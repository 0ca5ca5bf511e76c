namespace Keepsake;

/// <summary>An operation on memories failed, and the caller can be told why.</summary>
/// <remarks>
/// The message may be shown to a model or a person, so it names no secret, no path and no stored content.
/// </remarks>
/// <param name="code">Why it failed.</param>
/// <param name="message">What happened and what to do about it, in one or two sentences.</param>
/// <param name="innerException">The cause, for the log.</param>
#pragma warning disable CA1032 // A code is required, so the conventional constructors do not apply.
public sealed class MemoryException(MemoryErrorCode code, string message, Exception? innerException = null)
#pragma warning restore CA1032
    : Exception(message, innerException)
{
    /// <summary>Gets why it failed.</summary>
    public MemoryErrorCode Code { get; } = code;

    /// <summary>Gets how long to wait before trying again; <see langword="null"/>: not said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets whether the same call may succeed later.</summary>
    public bool IsTransient => Code is MemoryErrorCode.RateLimited or MemoryErrorCode.Unavailable;

    internal static MemoryException Invalid(string message) => new(MemoryErrorCode.InvalidRequest, message);

    internal static MemoryException NotFound(string message) => new(MemoryErrorCode.NotFound, message);
}
