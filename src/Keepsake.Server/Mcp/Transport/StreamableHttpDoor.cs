using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Microsoft.Net.Http.Headers;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>MCP over Streamable HTTP: with sessions (to 2025-11-25) and without (from 2026-07-28), on one route.</summary>
/// <param name="optionsFor">What to serve to a connection that begins with a request.</param>
/// <param name="sessions">The open sessions.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Cancelled when the server stops.</param>
internal sealed class StreamableHttpDoor(
    Func<HttpContext, McpServerOptions> optionsFor, HttpSessions sessions, TimeProvider time, CancellationToken stopping)
{
    private const string EventStream = "text/event-stream";

    public async Task PostAsync(HttpContext context)
    {
        var request = context.Request;
        if (!JsonMedia.Is(request.ContentType))
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "The body is not JSON. Send Content-Type: application/json.");
        }
        else if (!Accepts(request, JsonMedia.Type) || !Accepts(request, EventStream))
        {
            await HttpAnswers.RefuseAsync(
                context, StatusCodes.Status406NotAcceptable, $"Answers are JSON or events. Send Accept: {JsonMedia.Type}, {EventStream}.");
        }
        else if (await RequestBody.ReadAsync(context) is not { } message)
        {
            // Said there.
        }
        else if (RequestHeaders.AreWithoutSession(request.Headers, message))
        {
            await PostWithoutSessionAsync(context, message);
        }
        else if (await FindOrStartSessionAsync(context, message) is { } session)
        {
            using var use = session.Use();
            await using var watch = Watch(context);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, watch.Lapsed);
            HttpAnswers.StartStream(context);
            message.Context = new() { User = context.User };
            try
            {
                if (!await session.Transport.HandlePostRequestAsync(message, context.Response.Body, ending.Token))
                {
                    Accept(context);
                }
            }
            catch (OperationCanceledException) when (
                session.Ended.IsCancellationRequested || stopping.IsCancellationRequested || watch.Lapsed.IsCancellationRequested)
            {
                // A stream ends when its session does, or the right to it.
            }
        }
    }

    public async Task GetAsync(HttpContext context)
    {
        if (RequestHeaders.AreWithoutSession(context.Request.Headers, null))
        {
            await RefuseMethodAsync(context);
        }
        else if (!Accepts(context.Request, EventStream))
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status406NotAcceptable, $"The answer is a stream of events. Send Accept: {EventStream}.");
        }
        else if (await FindSessionAsync(context) is { } session)
        {
            using var use = session.Use();
            await using var watch = Watch(context);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, session.Ended, stopping, watch.Lapsed);
            try
            {
                await StreamAsync(context, session, ending.Token);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // A stream ends when either side goes, or the right to it does.
            }
        }
    }

    public async Task DeleteAsync(HttpContext context)
    {
        if (RequestHeaders.AreWithoutSession(context.Request.Headers, null))
        {
            await RefuseMethodAsync(context);
        }
        else if (await FindSessionAsync(context) is { } session)
        {
            await sessions.EndAsync(session.Id);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task PostWithoutSessionAsync(HttpContext context, JsonRpcMessage message)
    {
        if (RequestHeaders.Check(context.Request.Headers, message) is { } error)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, error);
            return;
        }

        message.Context = new() { User = context.User, ProtocolVersion = context.Request.Headers[RequestHeaders.ProtocolVersion] };
        await using var transport = new StreamableHttpServerTransport { Stateless = true };
        await using var server = McpServer.Create(transport, optionsFor(context));
        await using var watch = Watch(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping, watch.Lapsed);
        var running = server.RunAsync(ending.Token);
        HttpAnswers.StartStream(context);
        try
        {
            var answered = await transport.HandlePostRequestAsync(
                message,
                context.Response.Body,
                first =>
                {
                    context.Response.StatusCode = HttpAnswers.StatusOf(first);
                    return default;
                },
                ending.Token);
            if (!answered)
            {
                Accept(context);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Closing the stream is how a client cancels.
        }

        await ending.CancelAsync();
        await running.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static async Task StreamAsync(HttpContext context, HttpSession session, CancellationToken cancellationToken)
    {
        if (context.Request.Headers[RequestHeaders.LastEventId].ToString() is { Length: > 0 } lastEventId)
        {
            if (await session.Events.GetStreamReaderAsync(lastEventId, cancellationToken) is not { } reader)
            {
                await HttpAnswers.RefuseAsync(
                    context, StatusCodes.Status400BadRequest, "The stream of that Last-Event-ID is no longer kept. Make the call again.");
                return;
            }

            await HttpAnswers.StreamAsync(context, reader.ReadEventsAsync(cancellationToken), cancellationToken);
        }
        else if (!session.TryOpenStream())
        {
            await HttpAnswers.RefuseAsync(
                context, StatusCodes.Status409Conflict, "The session has its stream open already. Close that one, or resume one with Last-Event-ID.");
        }
        else
        {
            try
            {
                HttpAnswers.StartStream(context);
                await context.Response.Body.FlushAsync(cancellationToken);
                await session.Transport.HandleGetRequestAsync(context.Response.Body, cancellationToken);
            }
            finally
            {
                session.CloseStream();
            }
        }
    }

    private async Task<HttpSession?> FindOrStartSessionAsync(HttpContext context, JsonRpcMessage message)
    {
        if (context.Request.Headers[RequestHeaders.SessionId].Count > 0 || message is not JsonRpcRequest { Method: RequestMethods.Initialize })
        {
            return await FindSessionAsync(context);
        }

        var store = StoreOf(context);
        var session = new HttpSession(store, RequestCaller.Of(context), optionsFor(context), time);
        if (!await sessions.TryAddAsync(session))
        {
            await session.DisposeAsync();
            context.Response.Headers.RetryAfter = "30";
            await HttpAnswers.RefuseAsync(
                context, StatusCodes.Status503ServiceUnavailable, "As many sessions as may be are in use. Try again later.", McpErrorCode.InternalError);
            return null;
        }

        context.Response.Headers[RequestHeaders.SessionId] = session.Id;
        return session;
    }

    private async Task<HttpSession?> FindSessionAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (!RequestHeaders.IsKnownVersion(headers))
        {
            await HttpAnswers.RefuseAsync(
                context, StatusCodes.Status400BadRequest, "The MCP-Protocol-Version is not one that is spoken here.", McpErrorCode.UnsupportedProtocolVersion);
        }
        else if (headers[RequestHeaders.SessionId].ToString() is not { Length: > 0 } id)
        {
            await HttpAnswers.RefuseAsync(
                context, StatusCodes.Status400BadRequest, "The header Mcp-Session-Id is missing. Send initialize first; its answer carries the id.");
        }
        else if (sessions.TryGet(id, out var session) && session.BelongsTo(RequestCaller.Of(context)) && session.Store == StoreOf(context))
        {
            context.Response.Headers[RequestHeaders.SessionId] = session.Id;
            return session;
        }
        else
        {
            await HttpAnswers.RefuseSessionAsync(context);
        }

        return null;
    }

    private CallerWatch Watch(HttpContext context) => new(context.RequestServices.GetRequiredService<RequestCaller>(), time);

    private static Task RefuseMethodAsync(HttpContext context)
    {
        context.Response.Headers.Allow = "POST";
        return HttpAnswers.RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "From 2026-07-28 on there are no sessions: send each request by POST.");
    }

    private static void Accept(HttpContext context)
    {
        context.Response.Headers.ContentType = default;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    /// <summary>The store that a connection is about.</summary>
    public static string StoreOf(HttpContext context) =>
        context.Request.Query[NamedStore.Parameter] is { Count: > 0 } name ? name.ToString() : NamedStore.Default;

    /// <summary>Whether a caller takes a media type; one that says nothing takes all.</summary>
    private static bool Accepts(HttpRequest request, string mediaType)
    {
        var accept = request.GetTypedHeaders().Accept;
        var wanted = new MediaTypeHeaderValue(mediaType);
        return accept.Count == 0 || accept.Any(taken => wanted.IsSubsetOf(taken));
    }
}
