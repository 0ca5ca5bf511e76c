namespace Keepsake.Server.Http;

/// <summary>The one table from error codes to HTTP statuses.</summary>
internal static class ErrorStatus
{
    public static int Of(MemoryErrorCode code) => code switch
    {
        MemoryErrorCode.InvalidRequest => StatusCodes.Status400BadRequest,
        MemoryErrorCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        MemoryErrorCode.Forbidden => StatusCodes.Status403Forbidden,
        MemoryErrorCode.NotFound => StatusCodes.Status404NotFound,
        MemoryErrorCode.Conflict => StatusCodes.Status409Conflict,
        MemoryErrorCode.PreconditionFailed => StatusCodes.Status412PreconditionFailed,
        MemoryErrorCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
        MemoryErrorCode.RateLimited => StatusCodes.Status429TooManyRequests,
        MemoryErrorCode.Corrupt => StatusCodes.Status500InternalServerError,
        MemoryErrorCode.NotSupported => StatusCodes.Status501NotImplemented,
        MemoryErrorCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        MemoryErrorCode.ReadOnly => StatusCodes.Status503ServiceUnavailable,
        MemoryErrorCode.StorageFull => StatusCodes.Status507InsufficientStorage,
        _ => StatusCodes.Status500InternalServerError,
    };
}

/// <summary>A request is wrong in a way that HTTP has a status of its own for.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The error code that goes with it.</param>
/// <param name="detail">What would have worked. It leaves the process, so it repeats nothing of the request but names.</param>
#pragma warning disable CA1032, CA1064 // Caught in this assembly, and meaningless without its status.
internal sealed class RequestFaultException(int status, MemoryErrorCode code, string detail) : Exception(detail)
#pragma warning restore CA1032, CA1064
{
    public int Status { get; } = status;

    public MemoryErrorCode Code { get; } = code;

    public static RequestFaultException TooLarge(long limitBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, MemoryErrorCode.TooLarge,
            $"The body is larger than {limitBytes / (1024 * 1024)} MB. Send it in parts.");

    public static RequestFaultException NotJson() =>
        new(StatusCodes.Status415UnsupportedMediaType, MemoryErrorCode.InvalidRequest,
            "The body must be JSON in UTF-8: send it with 'Content-Type: application/json'.");
}
