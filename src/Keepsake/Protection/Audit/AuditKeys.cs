using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keepsake.Protection.Audit;

/// <summary>The key material of the log: <c>keys/audit.key</c>, which only the user may read, and beside it how far the log has come.</summary>
/// <remarks>
/// The file holds the chain as it was at the last checkpoint. It is replaced at each, so the keys of what lies before are gone for good:
/// who takes the folder later cannot write other entries in their place that the signed digests and MACs would fit.
/// </remarks>
/// <param name="folder">The data folder.</param>
internal sealed class AuditKeys(string folder)
{
    private const string HeadPurpose = "keepsake audit: last entry";

    private readonly string _folder = Path.Combine(folder, "keys");

    private string KeyFile => Path.Combine(_folder, "audit.key");

    private string HeadFile => Path.Combine(_folder, "audit.last");

    /// <summary>Reads the keys.</summary>
    /// <returns>The chain at the last checkpoint and the signing key; <see langword="null"/>: there are none.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>: others may read them; <see cref="MemoryErrorCode.Corrupt"/>.</exception>
    public (AuditChain Chain, ECDsa Signing)? Load()
    {
        if (!File.Exists(KeyFile))
        {
            return null;
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(KeyFile) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
        {
            throw new MemoryException(MemoryErrorCode.Forbidden, "Others may read the key of the audit log. Mend it with: chmod 600 keys/audit.key, in the data folder.");
        }

        try
        {
            var stored = JsonSerializer.Deserialize(PlainFile.ReadAllBytes(KeyFile), AuditKeyJson.Default.StoredKey)!;
            var signing = ECDsa.Create();
            signing.ImportPkcs8PrivateKey(stored.Signing, out _);
            return (new(stored.Seq, stored.Key, stored.Head, stored.Digest), signing);
        }
        catch (Exception e) when (e is JsonException or CryptographicException)
        {
            throw new MemoryException(
                MemoryErrorCode.Corrupt, "The key of the audit log is damaged. Put keys/audit.key of the data folder back, or remove it to begin a new chain.", e);
        }
    }

    /// <summary>Puts the keys in the place of those before, whole or not at all.</summary>
    public void Save(AuditChain chain, ECDsa signing) => Replace(
        KeyFile,
        JsonSerializer.SerializeToUtf8Bytes(
            new StoredKey(chain.Seq, chain.Key, chain.Head, chain.Digest, signing.ExportPkcs8PrivateKey()), AuditKeyJson.Default.StoredKey),
        durably: true);

    /// <summary>Notes the last entry, so that a log whose end was cut off shows it.</summary>
    public void SaveLast(ECDsa signing, long seq)
    {
        var place = seq.ToString(CultureInfo.InvariantCulture);
        Replace(HeadFile, Encoding.ASCII.GetBytes($"{place} {Tag(KeyOf(signing), place)}"), durably: false);
    }

    /// <summary>Reads how far the log had come when it was last noted.</summary>
    /// <returns>The last entry's place, or the checkpoint's where that is later; <see langword="null"/>: somebody changed or removed the note.</returns>
    public long? LoadLast(ECDsa signing, AuditChain atCheckpoint)
    {
        if (!File.Exists(HeadFile)
            || PlainFile.ReadAllText(HeadFile).Split(' ') is not [var place, var tag]
            || !long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            return null;
        }

        // Notes of earlier builds are tagged with the chain's key at the checkpoint.
        return IsTag(tag, KeyOf(signing), place) || IsTag(tag, atCheckpoint.Key, place) ? Math.Max(seq, atCheckpoint.Seq) : null;
    }

    // The chain's own key is another after each checkpoint, and the note may be of before the last one.
    private static byte[] KeyOf(ECDsa signing) => signing.ExportParameters(includePrivateParameters: true).D!;

    private static bool IsTag(string tag, byte[] key, string place) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(tag), Encoding.ASCII.GetBytes(Tag(key, place)));

    private static string Tag(byte[] key, string place) => Convert.ToHexStringLower(HMACSHA256.HashData(
        AuditChain.Derive(key, Encoding.ASCII.GetBytes(HeadPurpose)), Encoding.ASCII.GetBytes(place)));

    private void Replace(string file, byte[] content, bool durably)
    {
        PrivateFile.CreateFolder(_folder);
        var next = file + ".new";
        using (var stream = PrivateFile.Open(next, FileMode.Create))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: durably);
        }

        File.Move(next, file, overwrite: true);
    }
}

/// <summary>What the key file holds.</summary>
internal sealed record StoredKey(long Seq, byte[] Key, byte[] Head, byte[] Digest, byte[] Signing);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredKey))]
internal sealed partial class AuditKeyJson : JsonSerializerContext;
