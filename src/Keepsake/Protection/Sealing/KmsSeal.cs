using System.Security.Cryptography;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace Keepsake.Protection.Sealing;

/// <summary>Seals a master key with a key of AWS KMS, which never leaves that service, and opens it again.</summary>
/// <remarks>
/// Credentials, region and endpoint are found as by every AWS client: <c>AWS_PROFILE</c>, <c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL_KMS</c>, a container's
/// or a machine's role. Everything sealed is bound to <see cref="Purpose"/>, so nothing else that the same key seals is taken for a master key.
/// </remarks>
/// <param name="keyId">The key's id, ARN or alias.</param>
internal sealed class KmsSeal(string keyId)
{
    private static readonly Dictionary<string, string> Purpose = new(StringComparer.Ordinal) { ["purpose"] = "keepsake master key" };
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Seals.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: the service cannot be had, or refuses.</exception>
    public byte[] Seal(ReadOnlySpan<byte> key)
    {
        using var plain = new MemoryStream(key.ToArray(), 0, key.Length, writable: true, publiclyVisible: true);
        try
        {
            var request = new EncryptRequest { KeyId = keyId, Plaintext = plain, EncryptionContext = Purpose };
            return Ask(kms => kms.EncryptAsync(request)).CiphertextBlob.ToArray();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain.GetBuffer());
        }
    }

    /// <summary>Opens what <see cref="Seal"/> gave.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: the service cannot be had, or refuses.</exception>
    public byte[] Open(byte[] sealedKey)
    {
        using var stream = new MemoryStream(sealedKey, writable: false);
        var request = new DecryptRequest { KeyId = keyId, CiphertextBlob = stream, EncryptionContext = Purpose };
        return Ask(kms => kms.DecryptAsync(request)).Plaintext.ToArray();
    }

    private T Ask<T>(Func<AmazonKeyManagementServiceClient, Task<T>> ask)
    {
        try
        {
            // Keys are read where nobody waits on a task: when the folder is opened.
            return Task.Run(async () =>
            {
                var settings = new AmazonKeyManagementServiceConfig { Timeout = Timeout, MaxErrorRetry = 2 };
                if (Arn.TryParse(keyId, out var arn))
                {
                    settings.RegionEndpoint = RegionEndpoint.GetBySystemName(arn.Region);
                }

                using var kms = new AmazonKeyManagementServiceClient(settings);
                return await ask(kms);
            }).GetAwaiter().GetResult();
        }
        catch (AmazonServiceException e)
        {
            // The message may name accounts and roles; the code says what to mend.
            throw Unavailable(string.IsNullOrEmpty(e.ErrorCode) ? "did not answer" : $"refused ({e.ErrorCode})", e);
        }
        catch (AmazonClientException e)
        {
            throw Unavailable("could not be asked: region or credentials are missing", e);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            throw Unavailable("did not answer", e);
        }
    }

    private static MemoryException Unavailable(string what, Exception cause) => new(
        MemoryErrorCode.Unavailable,
        $"The master key of the encrypted stores is sealed by AWS KMS, which {what}. Check AWS_REGION, the credentials, and that they may use the key of Keys:KmsKey.",
        cause);
}
