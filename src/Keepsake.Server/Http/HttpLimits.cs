namespace Keepsake.Server.Http;

/// <summary>What one HTTP caller may ask of the server's memory and patience.</summary>
internal static class HttpLimits
{
    /// <summary>Largest body, in bytes.</summary>
    public const long MaxBodyBytes = 4 * 1024 * 1024;

    /// <summary>Largest body of an import through the owner's socket, in bytes: a page of long records with their embeddings.</summary>
    public const long MaxImportBytes = 64 * 1024 * 1024;

    /// <summary>Largest request line, in bytes: a reason of 500 characters, each three bytes and escaped, beside a namespace.</summary>
    public const int MaxRequestLineBytes = 16 * 1024;

    /// <summary>Largest headers together, in bytes.</summary>
    public const int MaxHeadersBytes = 32 * 1024;

    /// <summary>Most connections at once: ten thousand agents and room for those that tell how it is.</summary>
    public const int MaxConnections = 11_000;

    /// <summary>Slowest body, in bytes a second, once <see cref="BodyGrace"/> is over.</summary>
    public const double MinBodyBytesPerSecond = 240;

    /// <summary>Gets the longest wait for a request's headers. A slow one holds a connection, not a thread.</summary>
    public static TimeSpan HeadersTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how long a connection may stay idle between requests.</summary>
    public static TimeSpan KeepAliveTimeout { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets how long a body may trickle before <see cref="MinBodyBytesPerSecond"/> counts.</summary>
    public static TimeSpan BodyGrace { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how long a stop waits for requests that have begun.</summary>
    public static TimeSpan StopTimeout { get; } = TimeSpan.FromSeconds(5);
}
