namespace Keepsake;

/// <summary>Why an operation failed. Stable: callers and doors may switch on it.</summary>
public enum MemoryErrorCode
{
    /// <summary>The call itself is wrong; the message says what would have worked.</summary>
    InvalidRequest,

    /// <summary>The caller did not say who it is.</summary>
    Unauthenticated,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>There is no such record, event or store.</summary>
    NotFound,

    /// <summary>The operation contradicts what is stored, such as a token used again for something else.</summary>
    Conflict,

    /// <summary>The record changed since the version the caller named.</summary>
    PreconditionFailed,

    /// <summary>The call is larger than a named limit.</summary>
    TooLarge,

    /// <summary>Too many calls; see <see cref="MemoryException.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>Stored data failed its check. It is never returned.</summary>
    Corrupt,

    /// <summary>This engine or this version cannot do that.</summary>
    NotSupported,

    /// <summary>Not at the moment; the same call may succeed later.</summary>
    Unavailable,

    /// <summary>The store takes no writes at the moment.</summary>
    ReadOnly,

    /// <summary>The disk or a quota is full.</summary>
    StorageFull,
}

/// <summary>The names of error codes on the wire: lower case, words joined by underscores.</summary>
public static class MemoryErrorCodes
{
    extension(MemoryErrorCode code)
    {
        /// <summary>Gets the code's name on the wire, such as <c>not_found</c>.</summary>
        public string WireName => code switch
        {
            MemoryErrorCode.InvalidRequest => "invalid_request",
            MemoryErrorCode.Unauthenticated => "unauthenticated",
            MemoryErrorCode.Forbidden => "forbidden",
            MemoryErrorCode.NotFound => "not_found",
            MemoryErrorCode.Conflict => "conflict",
            MemoryErrorCode.PreconditionFailed => "precondition_failed",
            MemoryErrorCode.TooLarge => "too_large",
            MemoryErrorCode.RateLimited => "rate_limited",
            MemoryErrorCode.Corrupt => "corrupt",
            MemoryErrorCode.NotSupported => "not_supported",
            MemoryErrorCode.Unavailable => "unavailable",
            MemoryErrorCode.ReadOnly => "read_only",
            MemoryErrorCode.StorageFull => "storage_full",
            _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not an error code."),
        };
    }

    /// <summary>Reads a wire name back.</summary>
    /// <returns>The code, or <see langword="null"/> when the name is not one.</returns>
    public static MemoryErrorCode? FromWireName(string? name)
    {
        foreach (var code in Enum.GetValues<MemoryErrorCode>())
        {
            if (string.Equals(code.WireName, name, StringComparison.Ordinal))
            {
                return code;
            }
        }

        return null;
    }
}
