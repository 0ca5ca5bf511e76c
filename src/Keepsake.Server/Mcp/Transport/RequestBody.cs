using System.Buffers;
using Keepsake.Server.Http;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>Reads the message that a POST brings, or answers why there is none.</summary>
internal static class RequestBody
{
    private const int ReadBytes = 16 << 10;

    /// <summary>Most of a body that is too long that is still read: who is in the midst of sending hears the answer only after it.</summary>
    private const long MaxDrainedBytes = 16 << 20;

    public static async Task<JsonRpcMessage?> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxDrainedBytes;
        }

        using var body = new MemoryStream();
        var isTooLong = false;
        try
        {
            isTooLong = !await CopyAsync(context.Request.Body, body, context.RequestAborted);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            isTooLong = true;
        }

        if (isTooLong)
        {
            var start = body.GetBuffer().AsSpan(0, (int)body.Length);
            await HttpAnswers.RefuseAsync(
                context, StatusCodes.Status413PayloadTooLarge, FrameGuard.TooLong(start, (int)HttpLimits.MaxBodyBytes));
            return null;
        }

        var message = FrameGuard.Read(body.GetBuffer().AsSpan(0, (int)body.Length), out var error);
        if (error is not null)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, error);
        }

        return message;
    }

    /// <summary>Copies a body, and passes over what is too much of it.</summary>
    /// <returns>Whether all of it was copied.</returns>
    private static async Task<bool> CopyAsync(Stream source, MemoryStream body, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            var fits = true;
            while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                fits = fits && body.Length + read <= HttpLimits.MaxBodyBytes;
                if (fits)
                {
                    body.Write(buffer, 0, read);
                }
            }

            return fits;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
