using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Keepsake.Server.Access;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>How many keys of an issuer are taken.</summary>
public sealed class JwtKeysTests : IDisposable
{
    private readonly TemporaryFolder _files = new();
    private readonly RSA _rsa = RSA.Create(2_048);

    public void Dispose()
    {
        _rsa.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void As_many_keys_as_there_may_be_are_all_taken_beside_others_that_cannot_be_used()
    {
        Write([Other(), .. Enumerable.Range(0, JwtKeys.MaxKeys).Select(Key), Other()]);

        using var keys = JwtKeys.Load(_files["keys"]);

        var signature = _rsa.SignData("signed"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.True(keys.Verify("RS256", $"k{JwtKeys.MaxKeys - 1}", "signed"u8, signature));
    }

    [Fact]
    public void One_key_more_than_there_may_be_is_refused_and_not_left_out()
    {
        Write([.. Enumerable.Range(0, JwtKeys.MaxKeys + 1).Select(Key)]);

        var refused = Assert.Throws<MemoryException>(() => JwtKeys.Load(_files["keys"]));

        Assert.Equal(MemoryErrorCode.InvalidRequest, refused.Code);
        Assert.Contains($"holds more than {JwtKeys.MaxKeys} keys", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("k64", refused.Message, StringComparison.Ordinal);
    }

    private void Write(JsonNode[] keys) => File.WriteAllText(_files["keys"], new JsonObject { ["keys"] = new JsonArray(keys) }.ToJsonString());

    private JsonObject Key(int number)
    {
        var parameters = _rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["kid"] = $"k{number}",
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    private static JsonObject Other() => new JsonObject { ["kty"] = "EC", ["crv"] = "P-384", ["x"] = "AAAA", ["y"] = "AAAA" };
}
