using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Keepsake.Access;
using Keepsake.Server.Access;
using Keepsake.Server.Ownership;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace Keepsake.Server.Http;

/// <summary>What is asked about a namespace as a whole.</summary>
internal static class NamespaceEndpoints
{
    private const string NamespaceText = "The namespace; its / is written %2F.";

    public static void MapNamespaces(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/namespaces/{namespace}").WithTags("Namespaces");
        group.MapPost("/benchmark", RunAsync).WithName("runBenchmark").Needs(MemoryOperation.Benchmark).WithSummary("Say how well a namespace finds its own records")
            .WithDescription(
                "Asks for its records by their own words, in other words and by words that are not their rarest, and for what is not there. The same seed asks the same. "
                + "The answer is kept, and warns where fewer than 80 % are found.")
            .Fails(404, 413, 415, 501, 507);
        group.MapGet("/benchmark", ListAsync).WithName("listBenchmarks").Needs(MemoryOperation.ListBenchmarks).WithSummary("List what its benchmarks found")
            .WithDescription("The newest first; the last 100 are kept.").Fails(404, 501);
    }

    private static async Task<Ok<BenchmarkReport>> RunAsync(
        [Description(NamespaceText)] string @namespace,
        BenchmarkBody body,
        StoreName store,
        IMemoryStores stores,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await MemoryOperations.Of(stores).BenchmarkAsync(store.Value, @namespace, body.Value, token, cancellationToken));

    private static async Task<Ok<Page<BenchmarkReport>>> ListAsync(
        [Description(NamespaceText)] string @namespace,
        StoreName store,
        IMemoryStores stores,
        [Range(1, PageRequest.MaxLimit), Description(Describe.Limit)] int limit = PageRequest.DefaultLimit,
        CancellationToken cancellationToken = default) =>
        TypedResults.Ok(new Page<BenchmarkReport>(
            await MemoryOperations.Of(stores).ListBenchmarksAsync(store.Value, @namespace, limit, cancellationToken), NextCursor: null));
}

/// <summary>Which questions a benchmark asks: a body that may be left out.</summary>
/// <param name="Value">The request.</param>
internal sealed record BenchmarkBody(BenchmarkRequest Value) : IBindableFromHttpContext<BenchmarkBody>, IEndpointParameterMetadataProvider
{
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([JsonMedia.Type], typeof(BenchmarkRequest), isOptional: true));

    public static async ValueTask<BenchmarkBody?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        string.IsNullOrEmpty(context.Request.ContentType) && context.Request.ContentLength is null or 0
            ? new(new BenchmarkRequest())
            : new((await JsonBody<BenchmarkRequest>.BindAsync(context, parameter))!.Value);
}

/// <summary>The name of the store that a request is for.</summary>
/// <param name="Value">The name.</param>
internal sealed record StoreName(string Value) : IBindableFromHttpContext<StoreName>
{
    public static ValueTask<StoreName?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var name = context.Request.Query[NamedStore.Parameter];
        return new(new StoreName(name.Count == 0 ? NamedStore.Default : name.ToString()));
    }
}
