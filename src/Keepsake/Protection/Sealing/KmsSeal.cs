using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Internal.Auth;

namespace Keepsake.Protection.Sealing;

/// <summary>Seals a master key with a key of AWS KMS, which never leaves that service, and opens it again.</summary>
/// <remarks>
/// Credentials, region and endpoint are found as by every AWS client: <c>AWS_PROFILE</c>, <c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL_KMS</c>, a container's
/// or a machine's role. Everything sealed is bound to a purpose, so nothing else that the same key seals is taken for a master key. Keys are read where
/// the folder is opened and nothing can go on without, so this waits; AWS's own client for KMS cannot.
/// </remarks>
/// <param name="keyId">The key's id, ARN or alias.</param>
internal sealed class KmsSeal(string keyId)
{
    private const string Service = "kms";
    private const int MaxTries = 3;

    // An ARN names the account too, which is nobody's business who reads a message.
    private readonly string _name = Arn.TryParse(keyId, out var arn) ? arn.Resource : keyId;

    private static readonly MediaTypeHeaderValue Json = new("application/x-amz-json-1.1");
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(300);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = 64 << 10 };

    /// <summary>Seals.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: the service cannot be had, or refuses.</exception>
    public byte[] Seal(ReadOnlySpan<byte> key) => Ask("Encrypt", "Plaintext", key, "CiphertextBlob");

    /// <summary>Opens what <see cref="Seal"/> gave.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: the service cannot be had, or refuses.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedKey) => Ask("Decrypt", "CiphertextBlob", sealedKey, "Plaintext");

    private byte[] Ask(string operation, string given, ReadOnlySpan<byte> value, string wanted)
    {
        var body = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["KeyId"] = keyId,
            [given] = Convert.ToBase64String(value),
            ["EncryptionContext"] = new JsonObject { ["purpose"] = "keepsake master key" },
        }.ToJsonString());
        try
        {
            for (var i = 1; ; i++)
            {
                using var request = Request(operation, body);
                try
                {
                    using var response = Http.Send(request);
                    if (response.IsSuccessStatusCode)
                    {
                        using var answer = JsonDocument.Parse(response.Content.ReadAsStream());
                        var got = answer.RootElement.GetProperty(wanted).GetBytesFromBase64();
                        return got.Length > 0 ? got : throw Unavailable($"answered with an empty {wanted}");
                    }

                    var code = CodeOf(response);
                    if (!Passes(response.StatusCode, code) || i == MaxTries)
                    {
                        // The message may name accounts and roles; the code says what to mend.
                        throw Unavailable($"refused ({code ?? string.Create(CultureInfo.InvariantCulture, $"status {(int)response.StatusCode}")})");
                    }
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException && i < MaxTries)
                {
                    // Once more: a start must not fail because of one lost packet.
                }

                Thread.Sleep(BetweenTries * i);
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Unavailable("did not answer as it should", e);
        }
        catch (AmazonClientException e)
        {
            throw Unavailable("could not be asked: there are no credentials", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private HttpRequestMessage Request(string operation, byte[] body)
    {
        var region = Arn.TryParse(keyId, out var arn) ? arn.Region : FallbackRegionFactory.GetRegionEndpoint()?.SystemName ?? throw Unavailable("could not be asked: there is no region");
        var address = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_KMS") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL")
            ?? $"https://{Service}.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}";
        using var resolver = new DefaultAWSCredentialsIdentityResolver();
        var credentials = resolver.ResolveIdentity(null).GetCredentials();
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address)) { Content = new ByteArrayContent(body) { Headers = { ContentType = Json } } };
        var at = TimeProvider.System.GetUtcNow().UtcDateTime;
        SortedDictionary<string, string> signed = new(StringComparer.Ordinal)
        {
            ["content-type"] = Json.MediaType!,
            ["host"] = request.RequestUri!.Authority,
            ["x-amz-date"] = AWS4Signer.FormatDateTime(at, "yyyyMMdd'T'HHmmss'Z'"),
            ["x-amz-target"] = $"TrentService.{operation}",
        };
        if (!string.IsNullOrEmpty(credentials.Token))
        {
            signed["x-amz-security-token"] = credentials.Token;
        }

        foreach (var (name, value) in signed.Where(header => header.Key.StartsWith("x-", StringComparison.Ordinal)))
        {
            request.Headers.Add(name, value);
        }

        var names = string.Join(';', signed.Keys);
        var canonical = $"POST\n{request.RequestUri.AbsolutePath}\n\n{string.Concat(signed.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{Convert.ToHexStringLower(SHA256.HashData(body))}";
        var signature = AWS4Signer.ComputeSignature(credentials, region, at, Service, names, canonical);
        request.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        return request;
    }

    // Whether the same request may be taken a moment later. Throttling is told with 400.
    private static bool Passes(HttpStatusCode status, string? code) =>
        (int)status >= 500 || status == HttpStatusCode.TooManyRequests || code is "ThrottlingException" or "Throttling" or "TooManyRequestsException";

    // A name such as AccessDeniedException, perhaps after its model's name; what is no name is not repeated. What stands between, such as a proxy, answers
    // with pages or with nothing.
    private static string? CodeOf(HttpResponseMessage response)
    {
        try
        {
            using var answer = JsonDocument.Parse(response.Content.ReadAsStream());
            var code = answer.RootElement is { ValueKind: JsonValueKind.Object } error && error.TryGetProperty("__type", out var type) && type.ValueKind == JsonValueKind.String
                ? type.GetString()!.Split('#')[^1]
                : null;
            return code is { Length: > 0 and < 80 } && code.All(char.IsAsciiLetter) ? code : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The failure of a service that cannot be had, refuses, or does not give what it was given.</summary>
    /// <param name="what">What it did, after a 'which'.</param>
    /// <param name="cause">The failure beneath.</param>
    public MemoryException Unavailable(string what, Exception? cause = null) => new(
        MemoryErrorCode.Unavailable,
        $"The master key of the encrypted stores is sealed by AWS KMS, which {what}. Check AWS_REGION, the credentials, and that they may use {_name}, the key of Store:Keys:KmsKey.",
        cause);
}
