using System.Reflection;
using Keepsake.Server.Access;
using Microsoft.OpenApi;

namespace Keepsake.Server.Http;

/// <summary>The API's own description, <c>/openapi/v1.json</c>. Nothing of it is made before it is asked for.</summary>
internal static class OpenApiDescription
{
    private const string KeyScheme = "key";

    public static void AddKeepsakeDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Keepsake",
                Version = "v1",
                Description = "Memory for AI agents that you own. Failures are problem details with a stable code.",
            };
            (document.Components ??= new()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
            {
                [KeyScheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "An API key, or a token of the issuer that the server trusts. Needed once a key was made.",
                },
            };

            // Either a key or, on a server that has made none, nothing.
            document.Security = [new() { [new(KeyScheme, document)] = [] }, []];
            foreach (var schema in document.Components?.Schemas?.Values ?? [])
            {
                SchemaWords.MakePlain(schema);
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            // What is checked of a request is what is described: a route that takes a store cannot lack it here.
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<QueryParameters>().FirstOrDefault() is { } query)
            {
                (operation.Parameters ??= []).Add(Store(query));
            }

            // What a handler binds by a type of ours, the framework cannot see.
            var handler = context.Description.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().FirstOrDefault();
            foreach (var parameter in handler?.GetParameters() ?? [])
            {
                if (Bound(parameter.ParameterType) is { } described)
                {
                    (operation.Parameters ??= []).Add(described);
                }
            }

            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(WireSchemas.DescribeAsync);
    });

    public static void MapKeepsakeDescription(this IEndpointRouteBuilder app) => app.MapOpenApi("/openapi/{documentName}.json").NeedsCaller();

    private static OpenApiParameter Store(QueryParameters query) => Parameter(
        NamedStore.Parameter,
        ParameterLocation.Query,
        query.IsOfStore ? "The store; the default one when left out." : "Taken, as on every route, and of no effect: this is about the whole data folder.",
        NamedStore.Default);

    private static OpenApiParameter? Bound(Type type) => type == typeof(RecordVersion)
        ? Parameter("If-Match", ParameterLocation.Header, "The ETag that the record must still have; any when left out.")
        : null;

    private static OpenApiParameter Parameter(string name, ParameterLocation location, string description, string? @default = null) => new()
    {
        Name = name,
        In = location,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Default = @default },
    };
}
