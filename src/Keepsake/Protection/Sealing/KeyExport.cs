using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keepsake.Protection.Sealing;

/// <summary>All keys of a ring in one line, sealed with a passphrase, to be kept where the data folder is not.</summary>
internal static class KeyExport
{
    private const int Rounds = 600_000;
    private const int SaltLength = 16;

    /// <summary>Exports a ring.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: the passphrase is too short.</exception>
    public static string Of(string store, KeyRing ring, string passphrase)
    {
        if (passphrase.Length < KeyOptions.MinPassphraseLength)
        {
            throw MemoryException.Invalid($"The passphrase has less than {KeyOptions.MinPassphraseLength} characters. Use a longer one.");
        }

        var lines = new JsonArray([.. ring.Keys.Select(key => (JsonNode)Line(ring, key))]);
        var plain = JsonSerializer.SerializeToUtf8Bytes(lines, RingJson.Default.JsonArray);
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        using var key = new MasterKey(Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase), salt, Rounds, HashAlgorithmName.SHA256, MasterKey.Length));
        var envelope = key.Seal(plain, AboutOf(store));
        CryptographicOperations.ZeroMemory(plain);
        return new JsonObject
        {
            ["type"] = "keepsake-keys",
            ["storeId"] = store,
            ["rounds"] = Rounds,
            ["salt"] = Convert.ToBase64String(salt),
            ["sealed"] = Convert.ToBase64String(envelope),
        }.ToJsonString();
    }

    private static JsonObject Line(KeyRing ring, RingKey key)
    {
        var line = new JsonObject
        {
            ["kind"] = key.Kind.ToString(),
            ["name"] = key.Name,
            ["number"] = key.Number,
            ["uid"] = key.Uid,
            ["epoch"] = key.Epoch,
            ["createdAt"] = key.CreatedAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        };
        if (key.Kind is not KeyKind.Destroyed)
        {
            var material = ring.Material(key.Number);
            line["material"] = Convert.ToBase64String(material);
            CryptographicOperations.ZeroMemory(material);
        }

        return line;
    }

    private static byte[] AboutOf(string store)
    {
        var about = new About("key export");
        about.Add(store);
        return about.Bytes.ToArray();
    }
}
