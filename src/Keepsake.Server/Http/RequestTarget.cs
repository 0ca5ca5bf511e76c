using System.Buffers;
using System.Text;
using Keepsake.Serialization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Keepsake.Server.Http;

/// <summary>Reads path and query as the caller wrote them: percent-decoded once, strictly as UTF-8.</summary>
/// <remarks>
/// The framework leaves <c>%2F</c> in route values and decodes <c>%252F</c> to the same text, so the two cannot be told
/// apart afterwards; and it lets invalid UTF-8 pass as literal text. Ids are told apart by every character, hence this.
/// </remarks>
internal static class RequestTarget
{
    /// <summary>Replaces the route's values by those of the raw path.</summary>
    public static void DecodeRouteValues(HttpContext context, RoutePattern pattern)
    {
        if (pattern.Parameters.Count == 0)
        {
            return;
        }

        var path = RawPath(context);
        var segments = path.Split('/');
        if (segments.Length != pattern.PathSegments.Count || segments.AsSpan().ContainsAny(".", ".."))
        {
            throw MemoryException.Invalid("The path holds '.', '..' or an empty segment. Write it in full, without them.");
        }

        for (var i = 0; i < segments.Length; i++)
        {
            if (pattern.PathSegments[i].Parts is [RoutePatternParameterPart parameter])
            {
                context.Request.RouteValues[parameter.Name] = Decode(segments[i]);
            }
        }
    }

    /// <summary>Refuses a query whose escapes are not UTF-8.</summary>
    public static void CheckQuery(HttpContext context)
    {
        if (context.Request.QueryString is { HasValue: true } query && query.Value!.Contains('%', StringComparison.Ordinal))
        {
            Decode(query.Value!);
        }
    }

    private static string RawPath(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOfAny(['?', '#']);
        target = end < 0 ? target : target[..end];
        if (!target.StartsWith('/'))
        {
            // The absolute form, http://localhost:3333/v1/…, which a proxy sends.
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            var start = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
            target = start < 0 ? "/" : target[start..];
        }

        return target.Trim('/');
    }

    private static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = 0;
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
                {
                    buffer[length++] = Convert.FromHexString(text.AsSpan(i + 1, 2))[0];
                    i += 2;
                }
                else
                {
                    length += Encoding.UTF8.GetBytes(text.AsSpan(i, 1), buffer.AsSpan(length));
                }
            }

            return KeepsakeJson.Utf8.GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw MemoryException.Invalid("The address holds %-escapes that are not UTF-8. Escape text as UTF-8.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
