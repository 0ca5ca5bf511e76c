using Keepsake.Access;
using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Keepsake.Server.Ownership;

/// <summary>A secret that somebody presented.</summary>
/// <param name="Secret">The secret; <see langword="null"/>: none.</param>
internal sealed record Presented(string? Secret = null);

/// <summary>Whether everything is to be read-only.</summary>
/// <param name="On">Whether it is to be.</param>
/// <param name="Reason">Why; told to those who try to write.</param>
internal sealed record ReadOnlyWish(bool On, string? Reason = null);

/// <summary>Keys and read-only mode: on the owner's socket alone, so that no key can make another.</summary>
internal static class AdministrationEndpoints
{
    public static void MapAdministration(this RouteGroupBuilder owner)
    {
        owner.MapPost("/keys", CreateAsync).Needs(MemoryOperation.CreateKey);
        owner.MapGet("/keys", ListAsync).Needs(MemoryOperation.ListKeys);
        owner.MapDelete("/keys/{name}", RevokeAsync).Needs(MemoryOperation.RevokeKey);
        owner.MapGet("/readonly", ReadOnlyAsync).Needs(MemoryOperation.GetReadOnly);
        owner.MapPut("/readonly", SetReadOnlyAsync).Needs(MemoryOperation.SetReadOnly);
        owner.MapPost("/authenticate", AuthenticateAsync).NeedsCaller();
        owner.MapPost("/refused", RefusedAsync).NeedsCaller();
    }

    private static async Task<Ok<CreatedApiKey>> CreateAsync(JsonBody<NewApiKey> body, IMemoryStores stores, CancellationToken cancellationToken) =>
        TypedResults.Ok(await stores.Administration().CreateKeyAsync(body.Value, cancellationToken));

    private static async Task<Ok<IReadOnlyList<ApiKey>>> ListAsync(IMemoryStores stores, CancellationToken cancellationToken) =>
        TypedResults.Ok(await stores.Administration().ListKeysAsync(cancellationToken));

    private static async Task<Ok<ApiKey>> RevokeAsync(string name, IMemoryStores stores, CancellationToken cancellationToken) =>
        TypedResults.Ok(await stores.Administration().RevokeKeyAsync(name, cancellationToken));

    private static async Task<Ok<ReadOnlyMode>> ReadOnlyAsync(IMemoryStores stores, CancellationToken cancellationToken) =>
        TypedResults.Ok(await stores.Administration().ReadOnlyAsync(cancellationToken));

    private static async Task<Ok<ReadOnlyMode>> SetReadOnlyAsync(
        JsonBody<ReadOnlyWish> body, IMemoryStores stores, CancellationToken cancellationToken) =>
        TypedResults.Ok(await stores.Administration().SetReadOnlyAsync(body.Value.On, body.Value.Reason, cancellationToken));

    private static async Task<Ok<Authenticated>> AuthenticateAsync(
        JsonBody<Presented> body, [FromServices] ServedStores served, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Door(served).AuthenticateAsync(body.Value.Secret, cancellationToken));

    private static async Task<Ok<DeleteAnswer>> RefusedAsync(
        JsonBody<Refusal> body, [FromServices] ServedStores served, CancellationToken cancellationToken)
    {
        await Door(served).NoteRefusalAsync(body.Value, cancellationToken);
        return TypedResults.Ok(new DeleteAnswer(Success: true, Deleted: 0));
    }

    private static IAuthentication Door(ServedStores served) => served.Stores as IAuthentication
        ?? throw new MemoryException(MemoryErrorCode.NotSupported, "The owner process manages no keys.");
}
