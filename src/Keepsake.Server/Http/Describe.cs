namespace Keepsake.Server.Http;

/// <summary>What the API's description says of the parameters and failures that routes share.</summary>
internal static class Describe
{
    public const string ActorId = "Who it is about or for.";
    public const string Cursor = "Where the last page ended: its nextCursor. Leave it out for the first page.";
    public const string Hard = "Erase now, rather than after Store:DeletedRetention (30 days unless set).";
    public const string Limit = "Most items on the page.";
    public const string PreferencesNamespace = "Where they are kept, unless in the actor's own namespace under preferences/user.";
    public const string Reason = "Why; kept with what is kept.";
    public const string RecordId = "The record's id.";
    public const string SessionId = "The session.";
    public const string Token =
        "Your name for this write, 1 to 256 characters: sent again within a day it changes nothing and gives the first answer.";

    // Of every route: a wrong request, a caller that is unknown, refused or too quick, another site's page, a server that is stopping.
    private static readonly int[] Always = [400, 401, 403, 429, 503];

    /// <summary>Names the ways in which a route fails, besides those of every route.</summary>
    public static void Fails(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in Always.Concat(statuses).Order())
        {
            route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), [Problem.MediaType]));
        }
    }
}
