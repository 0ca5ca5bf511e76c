using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp.Transport;
using ModelContextProtocol.Server;

namespace Keepsake.Server.Mcp;

/// <summary>Puts MCP on the web server.</summary>
internal static class McpEndpoints
{
    public const string Path = "/mcp";

    private static readonly QueryParameters Query = new();

    /// <summary>Serves the stores at <c>/mcp</c>; <c>?store=NAME</c> says which.</summary>
    /// <remarks>Host and Origin are checked by the middleware before it.</remarks>
    public static void MapMcp(this IEndpointRouteBuilder app, IMemoryStores stores)
    {
        var loggers = app.ServiceProvider.GetRequiredService<ILoggerFactory>();
        app.MapMcp(Path, context => McpDoor.OptionsFor(stores.As(RequestCaller.Of(context))[StreamableHttpDoor.StoreOf(context)], loggers));
    }

    /// <summary>Serves anything over the same transport.</summary>
    /// <param name="app">The web server.</param>
    /// <param name="path">Where.</param>
    /// <param name="optionsFor">What to serve to a connection that begins with a request.</param>
    public static void MapMcp(this IEndpointRouteBuilder app, string path, Func<HttpContext, McpServerOptions> optionsFor)
    {
        var services = app.ServiceProvider;
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        var sessions = new HttpSessions(time);
        lifetime.ApplicationStopped.Register(() => _ = sessions.DisposeAsync().AsTask());
        var door = new StreamableHttpDoor(optionsFor, sessions, time, lifetime.ApplicationStopping);

        // What a tool asks is checked where it asks.
        app.MapPost(path, Checked(door.PostAsync)).NeedsCaller();
        app.MapGet(path, Checked(door.GetAsync)).NeedsCaller();
        app.MapDelete(path, Checked(door.DeleteAsync)).NeedsCaller();
    }

    // A misspelt store would be the default one, unseen.
    private static RequestDelegate Checked(RequestDelegate door) => context =>
    {
        try
        {
            RequestTarget.CheckQuery(context);
            Query.Check(context.Request.Query);
        }
        catch (MemoryException e)
        {
            return HttpAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, e.Message);
        }

        return door(context);
    };
}
