using Microsoft.OpenApi;

namespace Keepsake.Server.Http;

/// <summary>The API's own description, <c>/openapi/v1.json</c>. Nothing of it is made before it is asked for.</summary>
internal static class OpenApiDescription
{
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
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<QueryParameters>().Any())
            {
                (operation.Parameters ??= []).Add(StoreParameter());
            }

            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            WireSchemas.Describe(schema, context.JsonTypeInfo.Type);
            return Task.CompletedTask;
        });
    });

    public static void MapKeepsakeDescription(this IEndpointRouteBuilder app) => app.MapOpenApi("/openapi/{documentName}.json");

    private static OpenApiParameter StoreParameter() => new()
    {
        Name = NamedStore.Parameter,
        In = ParameterLocation.Query,
        Description = "The store; the default one when left out.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Default = NamedStore.Default },
    };
}
