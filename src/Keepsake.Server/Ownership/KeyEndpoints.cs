using Keepsake.Access;
using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Keepsake.Server.Ownership;

/// <summary>What the owner's socket offers about the encryption of stores. The API does not: whoever manages keys is on the machine.</summary>
internal static class KeyEndpoints
{
    public static void MapKeys(this RouteGroupBuilder owner, OwnerHooks hooks)
    {
        var group = owner.MapGroup("/stores/{name}/keys");
        group.MapGet("", async Task<Ok<IReadOnlyList<StoreKey>>> (string name, IMemoryStores stores, CancellationToken cancellationToken) =>
            TypedResults.Ok(await Of(stores).ListKeysAsync(name, cancellationToken))).Needs(MemoryOperation.InspectEncryption);
        group.MapGet("/progress", async Task<Ok<SealingProgress>> (string name, IMemoryStores stores, CancellationToken cancellationToken) =>
            TypedResults.Ok(await Of(stores).SealingProgressAsync(name, cancellationToken))).Needs(MemoryOperation.InspectEncryption);
        group.MapPost("/convert", async Task<Ok<SealingProgress>> (
            string name, JsonBody<ConvertRequest> body, IMemoryStores stores, CancellationToken cancellationToken) =>
            TypedResults.Ok(await Of(stores).ConvertAsync(name, body.Value.Encrypted, cancellationToken))).Needs(MemoryOperation.ManageEncryption);
        group.MapPost("/rotate", async Task<Ok<SealingProgress>> (
            string name, JsonBody<RotateRequest> body, IMemoryStores stores, CancellationToken cancellationToken) =>
            TypedResults.Ok(await Of(stores).RotateKeysAsync(name, body.Value.Namespace, body.Value.Compromised, cancellationToken))).Needs(MemoryOperation.ManageEncryption);
        group.MapPost("/export", async Task<Ok<ExportedKeys>> (
            string name, JsonBody<ExportRequest> body, IMemoryStores stores, CancellationToken cancellationToken) =>
            TypedResults.Ok(new ExportedKeys(await Of(stores).ExportKeysAsync(name, body.Value.Passphrase, cancellationToken)))).Needs(MemoryOperation.ManageEncryption);
        group.MapPost("/import", async Task<Ok<KeyImport>> (
            string name, JsonBody<ImportKeysRequest> body, IMemoryStores stores, CancellationToken cancellationToken) =>
        {
            var (keys, passphrase, withLoss) = body.Value;
            var imported = await Of(stores).ImportKeysAsync(name, keys, passphrase, withLoss, cancellationToken);
            if (!imported.IsUnchanged)
            {
                hooks.Reopen?.Invoke();
            }

            return TypedResults.Ok(imported);
        }).Needs(MemoryOperation.ManageEncryption).WithMetadata(new OwnerEndpoints.ImportLimit());
        group.MapPost("/shred", async Task<Ok<ShredReceipt>> (
            string name, JsonBody<ShredRequest> body, IMemoryStores stores, CancellationToken cancellationToken) =>
            TypedResults.Ok(await Of(stores).ShredAsync(name, body.Value.ActorId, body.Value.Namespace, cancellationToken))).Needs(MemoryOperation.ManageEncryption);
    }

    /// <summary>What the stores can do about their encryption.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotSupported"/>: nothing.</exception>
    internal static IEncryptedStores Of(IMemoryStores stores) => stores as IEncryptedStores
        ?? throw new MemoryException(MemoryErrorCode.NotSupported, "These stores cannot be encrypted.");
}

/// <summary>How a store is to be.</summary>
/// <param name="Encrypted">Whether it is to be encrypted.</param>
internal sealed record ConvertRequest(bool Encrypted);

/// <summary>Which keys to replace.</summary>
/// <param name="Namespace">Only those of a namespace; <see langword="null"/>: all.</param>
/// <param name="Compromised">Whether somebody may have the old ones.</param>
internal sealed record RotateRequest(string? Namespace = null, bool Compromised = false);

/// <summary>What seals exported keys.</summary>
/// <param name="Passphrase">The passphrase.</param>
internal sealed record ExportRequest(string Passphrase);

/// <summary>Keys to put back.</summary>
/// <param name="Keys">What an export wrote.</param>
/// <param name="Passphrase">What it was sealed with.</param>
/// <param name="WithLoss">Whether what needs other keys may be given up.</param>
internal sealed record ImportKeysRequest(string Keys, string Passphrase, bool WithLoss = false);

/// <summary>Exported keys.</summary>
/// <param name="Keys">One line of JSON.</param>
internal sealed record ExportedKeys(string Keys);

/// <summary>Whose keys to destroy; one of the two.</summary>
/// <param name="ActorId">An actor's.</param>
/// <param name="Namespace">A namespace's and those under it.</param>
internal sealed record ShredRequest(string? ActorId = null, string? Namespace = null);
