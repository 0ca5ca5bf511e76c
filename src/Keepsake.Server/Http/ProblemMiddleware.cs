namespace Keepsake.Server.Http;

/// <summary>Turns every failure into a <see cref="Problem"/>, and tells a caller no more than the caller can act on.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            await ExplainBareStatusAsync(context);
        }
        catch (MemoryException e)
        {
            if (e.Code is MemoryErrorCode.Corrupt)
            {
                LogCorrupt(context.GetEndpoint()?.DisplayName);
            }

            await Problem.WriteAsync(context, ErrorStatus.Of(e.Code), e.Code, e.Message, e.RetryAfter);
        }
        catch (RequestFaultException e)
        {
            await Problem.WriteAsync(context, e.Status, e.Code, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await ExplainAsync(context, e);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
#pragma warning disable CA1031 // The last catch: what reaches it must not reach the caller.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Not the message: it may quote what was to be stored.
            LogUnexpected(context.GetEndpoint()?.DisplayName, e.GetType().FullName, e.StackTrace);
            await Problem.WriteAsync(context, StatusCodes.Status500InternalServerError, null, null);
        }
    }

    // Routing answers these by itself, without a word.
    private static Task ExplainBareStatusAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.ContentType is not null || response.ContentLength is not null)
        {
            return Task.CompletedTask;
        }

        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problem.WriteAsync(
                context, response.StatusCode, MemoryErrorCode.NotFound, "There is no such route. /openapi/v1.json lists all of them."),
            StatusCodes.Status405MethodNotAllowed => Problem.WriteAsync(
                context, response.StatusCode, MemoryErrorCode.InvalidRequest, $"This route takes {response.Headers.Allow}."),
            StatusCodes.Status415UnsupportedMediaType => ExplainAsync(context, RequestFaultException.NotJson()),
            _ => Task.CompletedTask,
        };
    }

    private static Task ExplainAsync(HttpContext context, RequestFaultException fault) =>
        Problem.WriteAsync(context, fault.Status, fault.Code, fault.Message);

    // The server's own messages may name parameters' .NET types, so they are replaced.
    private static Task ExplainAsync(HttpContext context, BadHttpRequestException fault) => fault.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => ExplainAsync(context, RequestFaultException.TooLarge(HttpLimits.MaxBodyBytes)),
        StatusCodes.Status408RequestTimeout => Problem.WriteAsync(
            context, fault.StatusCode, MemoryErrorCode.InvalidRequest, "The body came too slowly. Send it again at once."),
        _ => Problem.WriteAsync(
            context, StatusCodes.Status400BadRequest, MemoryErrorCode.InvalidRequest,
            "The request is incomplete or not well-formed HTTP. /openapi/v1.json describes each route."),
    };

    [LoggerMessage(EventId = 1101, Level = LogLevel.Error, Message = "{Endpoint} met stored data that failed its check")]
    private partial void LogCorrupt(string? endpoint);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "{Endpoint} failed unexpectedly: {ExceptionType}\n{Trace}")]
    private partial void LogUnexpected(string? endpoint, string? exceptionType, string? trace);
}
