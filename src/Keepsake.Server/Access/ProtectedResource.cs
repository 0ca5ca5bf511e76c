using System.Text.Json.Serialization;
using Keepsake.Access;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Keepsake.Server.Access;

/// <summary>What a client reads to find out how to get a token (RFC 9728).</summary>
/// <param name="Resource">What the token is to be for.</param>
/// <param name="ScopesSupported">The scopes there are.</param>
/// <param name="BearerMethodsSupported">How a token is sent.</param>
/// <param name="ResourceName">A name for people.</param>
/// <param name="AuthorizationServers">Who gives tokens; <see langword="null"/>: nobody, keys are made by the user.</param>
internal sealed record ProtectedResource(
    string Resource,
    [property: JsonPropertyName("scopes_supported")] IReadOnlyList<string> ScopesSupported,
    [property: JsonPropertyName("bearer_methods_supported")] IReadOnlyList<string> BearerMethodsSupported,
    [property: JsonPropertyName("resource_name")] string ResourceName,
    [property: JsonPropertyName("authorization_servers")] IReadOnlyList<string>? AuthorizationServers = null)
{
    private const string Path = "/.well-known/oauth-protected-resource";

    public static void Map(IEndpointRouteBuilder app, AccessSettings settings)
    {
        app.MapGet(Path, Answer).NeedsNobody().ExcludeFromDescription();
        app.MapGet(Path + McpEndpoints.Path, Answer).NeedsNobody().ExcludeFromDescription();

        JsonHttpResult<ProtectedResource> Answer(HttpContext context) => TypedResults.Json(
            new ProtectedResource(
                settings.Jwt.Audience ?? $"{context.Request.Scheme}://{context.Request.Host}{McpEndpoints.Path}",
                AccessScopes.All.Names.Split(' '),
                ["header"],
                McpDoor.Title,
                settings.Jwt.IsUsed ? [settings.Jwt.Issuer!] : null),
            HttpJson.Of<ProtectedResource>());
    }

    /// <summary>Where it is, as the client of a request reaches it. The Host was checked before.</summary>
    public static string AddressOf(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}{Path}";
}
