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
    private const string Type = "keepsake-keys";

    // More would keep whoever is given a wrong file waiting.
    private const int MaxRounds = 10_000_000;

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
        using var key = KeyOf(passphrase, salt, Rounds);
        var envelope = key.Seal(plain, AboutOf(store));
        CryptographicOperations.ZeroMemory(plain);
        return new JsonObject
        {
            ["type"] = Type,
            ["storeId"] = store,
            ["rounds"] = Rounds,
            ["salt"] = Convert.ToBase64String(salt),
            ["sealed"] = Convert.ToBase64String(envelope),
        }.ToJsonString();
    }

    /// <summary>Opens an export.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is none, or the passphrase is another.</exception>
    public static ExportedRing Read(string text, string passphrase)
    {
        try
        {
            var outer = JsonNode.Parse(text) as JsonObject;
            if ((string?)outer?["type"] != Type || (int?)outer["rounds"] is not (> 0 and <= MaxRounds and var rounds))
            {
                throw NotExport(null);
            }

            var store = (string)outer["storeId"]!;
            using var key = KeyOf(passphrase, Convert.FromBase64String((string)outer["salt"]!), rounds);
            var plain = key.Open(Convert.FromBase64String((string)outer["sealed"]!), AboutOf(store));
            var lines = JsonSerializer.Deserialize(plain, RingJson.Default.JsonArray)!;
            CryptographicOperations.ZeroMemory(plain);
            return new(store, [.. lines.Select(line => KeyOf((JsonObject)line!))]);
        }
        catch (CryptographicException e)
        {
            throw new MemoryException(MemoryErrorCode.InvalidRequest, "The passphrase is not the one that these keys were exported with, or the file was changed.", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException or InvalidCastException or NullReferenceException or OverflowException)
        {
            throw NotExport(e);
        }
    }

    private static MemoryException NotExport(Exception? cause) => new(MemoryErrorCode.InvalidRequest, "This is not what 'keepsake keys export' wrote.", cause);

    private static ExportedKey KeyOf(JsonObject line)
    {
        var kind = Enum.Parse<KeyKind>((string)line["kind"]!);
        var material = kind is KeyKind.Destroyed ? [] : Convert.FromBase64String((string)line["material"]!);
        return kind is KeyKind.Destroyed || material.Length == KeyRing.MaterialLength
            ? new(
                kind, (string)line["name"]!, (int)line["number"]!, (int)line["uid"]!, (int)line["epoch"]!,
                DateTimeOffset.Parse((string)line["createdAt"]!, System.Globalization.CultureInfo.InvariantCulture), material)
            : throw new FormatException("A key has another length.");
    }

    private static MasterKey KeyOf(string passphrase, byte[] salt, int rounds) =>
        new(Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase), salt, rounds, HashAlgorithmName.SHA256, MasterKey.Length));

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
