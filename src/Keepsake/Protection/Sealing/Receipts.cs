using System.Security.Cryptography;
using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Protection.Sealing;

/// <summary>A shredding that has begun: its keys are destroyed, or about to be.</summary>
internal sealed record PendingShred
{
    public string Id { get; init; } = "";

    public required string StoreId { get; init; }

    public string? ActorId { get; init; }

    public string? Namespace { get; init; }

    /// <summary>Gets the numbers of the keys.</summary>
    public required IReadOnlyList<int> Keys { get; init; }

    /// <summary>Gets the number of the first row that was written after it.</summary>
    public required long UpTo { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>Keeps the receipts of shreddings in <c>keys/</c>, and signs them with the folder's own key.</summary>
internal sealed class Receipts(KeysFolder keys)
{
    private const string SigningFile = "receipt-signing";
    private const string PendingPrefix = "shredding-";
    private const string Prefix = "receipt-";
    private const string Suffix = ".json";

    /// <summary>Writes down that a shredding begins, so that it is ended whatever happens.</summary>
    public PendingShred Begin(PendingShred shred)
    {
        var begun = shred with { Id = Guid.CreateVersion7(shred.At).ToString() };
        keys.Replace(PendingPrefix + begun.Id + Suffix, JsonSerializer.SerializeToUtf8Bytes(begun, KeepsakeJson.Default.PendingShred));
        return begun;
    }

    /// <summary>The shreddings that have not ended.</summary>
    public IReadOnlyList<PendingShred> Pending() => [.. keys.Names(PendingPrefix + "*" + Suffix)
        .Select(name => JsonSerializer.Deserialize(keys.Read(name), KeepsakeJson.Default.PendingShred)!)];

    /// <summary>The last receipt of an actor or a namespace.</summary>
    /// <returns>The receipt, or <see langword="null"/>: there is none.</returns>
    public ShredReceipt? Find(string storeId, string? actorId, string? @namespace) => keys.Names(Prefix + "*" + Suffix)
        .Select(name => JsonSerializer.Deserialize(keys.Read(name), KeepsakeJson.Default.ShredReceipt)!)
        .LastOrDefault(receipt => receipt.StoreId == storeId && receipt.ActorId == actorId && receipt.Namespace == @namespace);

    /// <summary>The numbers of a store's keys that were destroyed, as far as there are receipts.</summary>
    public IEnumerable<int> DestroyedOf(string storeId) => keys.Names(Prefix + "*" + Suffix)
        .Select(name => JsonSerializer.Deserialize(keys.Read(name), KeepsakeJson.Default.ShredReceipt)!)
        .Where(receipt => receipt.StoreId == storeId)
        .SelectMany(receipt => receipt.DestroyedKeys);

    /// <summary>Signs a receipt and keeps it.</summary>
    public ShredReceipt Sign(PendingShred shred, long records, long events)
    {
        using var key = SigningKey();
        var receipt = new ShredReceipt
        {
            Id = shred.Id,
            StoreId = shred.StoreId,
            ActorId = shred.ActorId,
            Namespace = shred.Namespace,
            DestroyedKeys = shred.Keys,
            Records = records,
            Events = events,
            At = shred.At,
            PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
        };
        receipt = receipt with
        {
            Signature = Convert.ToBase64String(key.SignData(Signed(receipt), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
        };
        keys.Replace(Prefix + receipt.Id + Suffix, JsonSerializer.SerializeToUtf8Bytes(receipt, KeepsakeJson.Default.ShredReceipt));
        FailPoint.Hit("shred.signed");
        keys.Remove(PendingPrefix + shred.Id + Suffix);
        return receipt;
    }

    /// <summary>Whether a receipt is as it was signed, by the key that it names.</summary>
    public static bool IsGenuine(ShredReceipt receipt)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(receipt.PublicKey), out _);
        return receipt.Signature is { } signature
            && key.VerifyData(Signed(receipt), Convert.FromBase64String(signature), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static byte[] Signed(ShredReceipt receipt) =>
        JsonSerializer.SerializeToUtf8Bytes(receipt with { Signature = null }, KeepsakeJson.Default.ShredReceipt);

    private ECDsa SigningKey()
    {
        if (keys.Read(SigningFile) is { } stored)
        {
            var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(stored, out _);
            return key;
        }

        var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        keys.Replace(SigningFile, made.ExportPkcs8PrivateKey());
        return made;
    }
}
