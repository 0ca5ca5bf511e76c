using System.Globalization;

namespace Keepsake.Server.Http;

/// <summary>Times as people and programs write them: a day, or RFC 3339.</summary>
internal static class AuditTime
{
    /// <summary>Reads a time.</summary>
    /// <returns>The time; a day is its begin in UTC. <see langword="null"/>: it is none.</returns>
    public static DateTimeOffset? TryParse(string text) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
