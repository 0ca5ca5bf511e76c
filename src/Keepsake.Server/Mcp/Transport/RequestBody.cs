using System.Buffers;
using Keepsake.Server.Http;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>Reads the message that a POST brings, or answers why there is none.</summary>
internal static class RequestBody
{
    private const int ReadBytes = 16 << 10;

    public static async Task<JsonRpcMessage?> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
            {
                body.Write(buffer, 0, read);
                if (body.Length > HttpLimits.MaxBodyBytes)
                {
                    await RefuseLongAsync(context, body);
                    return null;
                }
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The web server has its own limit, which may be the smaller.
            await RefuseLongAsync(context, body);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var message = FrameGuard.Read(body.GetBuffer().AsSpan(0, (int)body.Length), out var error);
        if (error is not null)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, error);
        }

        return message;
    }

    private static Task RefuseLongAsync(HttpContext context, MemoryStream start) => HttpAnswers.RefuseAsync(
        context,
        StatusCodes.Status413PayloadTooLarge,
        FrameGuard.TooLong(start.GetBuffer().AsSpan(0, (int)start.Length), (int)HttpLimits.MaxBodyBytes));
}
