using Microsoft.Net.Http.Headers;

namespace Keepsake.Server.Http;

/// <summary>The one media type that requests come in.</summary>
internal static class JsonMedia
{
    public const string Type = "application/json";

    /// <summary>Whether a content type is JSON in UTF-8.</summary>
    public static bool Is(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals(Type, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
