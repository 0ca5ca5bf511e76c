using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Keepsake.Server.Http;

/// <summary>Why a call failed, as problem details (RFC 9457).</summary>
internal sealed record Problem
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Gets the status in words.</summary>
    public required string Title { get; init; }

    /// <summary>Gets the HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Gets the stable error code, such as <c>invalid_request</c>; absent when the fault is the server's own.</summary>
    public string? Code { get; init; }

    /// <summary>Gets what happened and what would have worked.</summary>
    public string? Detail { get; init; }

    /// <summary>Ends a request with a problem, unless its answer is already on the way.</summary>
    public static async Task WriteAsync(HttpContext context, int status, MemoryErrorCode? code, string? detail, TimeSpan? retryAfter = null)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }

        response.StatusCode = status;
        response.ContentType = MediaType;
        response.Headers.ETag = default;
        if (retryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var problem = new Problem
        {
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Code = code?.WireName,
            Detail = detail,
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, HttpJson.Of<Problem>());
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
