using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Keepsake.Protection;

namespace Keepsake.Server.Access;

/// <summary>The keys that tokens are checked with. A key serves the one algorithm of its kind, so that none is taken for another's.</summary>
internal sealed class JwtKeys : IDisposable
{
    /// <summary>Most keys. A file with more is refused.</summary>
    public const int MaxKeys = 64;

    /// <summary>Largest file, in bytes.</summary>
    public const int MaxFileBytes = 256 * 1024;

    private const int MinRsaBits = 2_048;
    private const int MinSecretBytes = 32;

    private readonly List<JwtKey> _keys = [];

    /// <summary>Reads a JWKS or a PEM file.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it cannot be read, or holds no key that can be used.</exception>
    public static JwtKeys Load(string file)
    {
        var keys = new JwtKeys();
        try
        {
            if (FileFacts.IsPipeOrDevice(file))
            {
                throw Unusable("is a pipe, a socket or a device");
            }

            if (new FileInfo(file).Length > MaxFileBytes)
            {
                throw Unusable("is too large");
            }

            var text = File.ReadAllText(file);
            if (text.TrimStart().StartsWith('{'))
            {
                keys.AddSet(text);
            }
            else
            {
                keys.AddPem(text);
            }
        }
        catch (MemoryException)
        {
            keys.Dispose();
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or CryptographicException or FormatException
            or ArgumentException or KeyNotFoundException or InvalidOperationException)
        {
            keys.Dispose();
            throw Unusable("cannot be read", e);
        }

        return keys._keys.Count > 0 ? keys : throw Unusable("holds no RSA, P-256 or secret key");
    }

    /// <summary>Whether one of the keys made a signature.</summary>
    /// <param name="algorithm">The token's algorithm; the caller has checked that it is taken.</param>
    /// <param name="id">The key that the token names; <see langword="null"/>: any.</param>
    /// <param name="signed">What was signed.</param>
    /// <param name="signature">The signature.</param>
    public bool Verify(string algorithm, string? id, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        foreach (var key in _keys)
        {
            if (key.Algorithm == algorithm && (id is null || key.Id is null || string.Equals(key.Id, id, StringComparison.Ordinal)) && key.Verify(signed, signature))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        foreach (var key in _keys)
        {
            key.Dispose();
        }
    }

    private void AddSet(string text)
    {
        using var json = JsonDocument.Parse(text);
        foreach (var key in json.RootElement.GetProperty("keys").EnumerateArray())
        {
            // Of a symmetric key this server has to know the secret; of others it has none to know.
            if (key.TryGetProperty("d", out _))
            {
                throw PrivateKey();
            }

            var id = key.TryGetProperty("kid", out var kid) ? kid.GetString() : null;
            switch (key.GetProperty("kty").GetString())
            {
                case "RSA":
                    Add(id, RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") }));
                    break;
                case "EC" when key.GetProperty("crv").GetString() == "P-256":
                    Add(id, ECDsa.Create(new ECParameters
                    {
                        Curve = ECCurve.NamedCurves.nistP256,
                        Q = new() { X = Bytes(key, "x"), Y = Bytes(key, "y") },
                    }));
                    break;
                case "oct":
                    var secret = Bytes(key, "k");
                    Add(secret.Length >= MinSecretBytes ? new(id, secret) : throw Unusable($"holds a secret of less than {MinSecretBytes} bytes"));
                    break;
            }
        }
    }

    private void AddPem(string text)
    {
        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            throw PrivateKey();
        }

        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(text);
            Add(null, rsa);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            rsa.Dispose();
            var ec = ECDsa.Create();
            ec.ImportFromPem(text);
            Add(null, ec);
        }
    }

    // A key that is left out would refuse its tokens without a word.
    private void Add(JwtKey key) => _keys.Add(_keys.Count < MaxKeys ? key : throw Unusable($"holds more than {MaxKeys} keys that can be used"));

    private void Add(string? id, RSA key) =>
        Add(key.KeySize >= MinRsaBits ? new(id, key) : throw Unusable($"holds an RSA key of less than {MinRsaBits} bits"));

    private void Add(string? id, ECDsa key) => Add(key.KeySize == 256 ? new(id, key) : throw Unusable("holds a key of another curve than P-256"));

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());

    private static MemoryException PrivateKey() => Unusable("holds a private key, which belongs to the issuer alone; give its public key");

    private static MemoryException Unusable(string why, Exception? cause = null) =>
        new(MemoryErrorCode.InvalidRequest, $"The file of Access:Jwt:KeysFile {why}. It is a JWKS, or a public key in PEM.", cause);
}

/// <summary>One key and the one algorithm it serves.</summary>
internal sealed class JwtKey : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ec;
    private readonly byte[]? _secret;

    public JwtKey(string? id, RSA key) => (Id, Algorithm, _rsa) = (id, "RS256", key);

    public JwtKey(string? id, ECDsa key) => (Id, Algorithm, _ec) = (id, "ES256", key);

    public JwtKey(string? id, byte[] secret) => (Id, Algorithm, _secret) = (id, "HS256", secret);

    public string? Id { get; }

    public string Algorithm { get; }

    public bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature) =>
        _rsa?.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        ?? _ec?.VerifyData(signed, signature, HashAlgorithmName.SHA256)
        ?? CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_secret!, signed), signature);

    public void Dispose()
    {
        _rsa?.Dispose();
        _ec?.Dispose();
    }
}
