using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Keepsake.Access;
using Keepsake.Server.Access;
using Keepsake.Server.Ownership;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Keepsake.Server.Http;

/// <summary>The stores of the data folder.</summary>
internal static class StoreEndpoints
{
    private const string One = "/{name}";
    private const string NameText = "The store's name.";

    public static void MapStores(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/stores").WithTags("Stores");
        group.MapGet("", ListAsync).WithName("listStores").Needs(MemoryOperation.ListStores).WithSummary("List the stores").WithDescription("By name.").Fails();
        group.MapPost("", CreateAsync).WithName("createStore").Needs(MemoryOperation.CreateStore).WithSummary("Create a store")
            .WithDescription("A store is one isolated memory. The store named default is there from the start. The content of an encrypted one is sealed on disk.")
            .Fails(409, 413, 415, 501, 507);
        group.MapGet(One, GetAsync).WithName("getStore").Needs(MemoryOperation.ListStores).WithSummary("Read what a store is")
            .WithDescription("Its name, id and age; /v1/status?store=NAME says how it is.").Fails(404);
        group.MapDelete(One, DeleteAsync).WithName("deleteStore").Needs(MemoryOperation.DeleteStore).WithSummary("Delete a store and all it holds")
            .WithDescription("For good: it cannot be restored. The default store stays.").Fails(404);
    }

    private static async Task<Ok<Page<StoreInfo>>> ListAsync(
        IMemoryStores stores,
        [Description(Describe.Cursor)] string? cursor,
        [Range(1, PageRequest.MaxLimit), Description(Describe.Limit)] int limit = PageRequest.DefaultLimit,
        CancellationToken cancellationToken = default)
    {
        // The cursor is the last name: stores are few, and their names are no secret to who may list them.
        var rest = (await stores.ListAsync(cancellationToken))
            .Where(s => string.IsNullOrEmpty(cursor) || string.CompareOrdinal(s.Name, cursor) > 0)
            .OrderBy(s => s.Name, StringComparer.Ordinal)
            .ToList();
        var page = rest.Take(limit).ToList();
        return TypedResults.Ok(new Page<StoreInfo>(page, rest.Count > limit ? page[^1].Name : null));
    }

    private static async Task<Created<StoreInfo>> CreateAsync(
        JsonBody<NewStore> body,
        IMemoryStores stores,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        CancellationToken cancellationToken)
    {
        var store = body.Value.Encrypted
            ? await KeyEndpoints.Of(stores).CreateEncryptedAsync(body.Value.Name, token, cancellationToken)
            : await stores.CreateAsync(body.Value.Name, token, cancellationToken);
        return TypedResults.Created($"/v1/stores/{Uri.EscapeDataString(store.Name)}", store);
    }

    private static async Task<Ok<StoreInfo>> GetAsync(
        [Description(NameText)] string name, IMemoryStores stores, CancellationToken cancellationToken)
    {
        var all = await stores.ListAsync(cancellationToken);
        return TypedResults.Ok(all.FirstOrDefault(s => string.Equals(s.Name, name, StringComparison.Ordinal))
            ?? throw MemoryException.NotFound("There is no store with that name. GET /v1/stores lists them."));
    }

    private static async Task<Ok<DeleteAnswer>> DeleteAsync(
        [Description(NameText)] string name,
        IMemoryStores stores,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        CancellationToken cancellationToken)
    {
        await stores.DeleteAsync(name, token, cancellationToken);
        return TypedResults.Ok(new DeleteAnswer(Success: true, Deleted: 1));
    }
}
