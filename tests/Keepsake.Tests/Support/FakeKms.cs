using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keepsake.Tests.Support;

/// <summary>Speaks AWS KMS's protocol as far as a master key needs it, and seals for real. The client that asks it is AWS's own.</summary>
internal sealed class FakeKms : IAsyncDisposable
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private WebApplication _app = null!;

    public const string Secret = "no secret";

    public string Address { get; private set; } = "";

    /// <summary>Gets or sets the refusal that is answered; <see langword="null"/>: none is.</summary>
    public string? Refuses { get; set; }

    /// <summary>Gets the answers that are given first, each once.</summary>
    public Queue<(int Status, string Body)> Fails { get; } = new();

    /// <summary>Gets or sets what is given in place of what was sealed or opened, in base64; <see langword="null"/>: what is right.</summary>
    public string? Gives { get; set; }

    /// <summary>Gets or sets the operation of <see cref="Gives"/>.</summary>
    public string GivesFor { get; set; } = "";

    public List<string> Asked { get; } = [];

    public static async Task<FakeKms> StartAsync()
    {
        var kms = new FakeKms();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        kms._app = builder.Build();
        kms._app.MapPost("/{**path}", kms.AnswerAsync);
        await kms._app.StartAsync();
        kms.Address = kms._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return kms;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // Signature Version 4, from AWS's description of it and not by the code that signs.
    private static bool IsSigned(HttpRequest request, byte[] body)
    {
        var parts = request.Headers.Authorization.ToString().Split(' ', 2)[^1].Split(',', StringSplitOptions.TrimEntries).ToDictionary(p => p.Split('=')[0], p => p.Split('=', 2)[1]);
        var scope = parts["Credential"].Split('/', 2)[1];
        var headers = parts["SignedHeaders"].Split(';');
        var canonical = $"POST\n{request.Path}\n\n{string.Concat(headers.Select(name => $"{name}:{request.Headers[name]}\n"))}\n{string.Join(';', headers)}\n{Hex(SHA256.HashData(body))}";
        var toSign = $"AWS4-HMAC-SHA256\n{request.Headers["x-amz-date"]}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return headers.Contains("host") && headers.Contains("x-amz-target") && scope.EndsWith("/eu-central-1/kms/aws4_request", StringComparison.Ordinal)
            && Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign))) == parts["Signature"];
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private async Task AnswerAsync(HttpContext http)
    {
        var operation = http.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
        Asked.Add(operation);
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes);
        var body = JsonNode.Parse(bytes.ToArray())!;
        var refusal = Refuses ?? (IsSigned(http.Request, bytes.ToArray()) ? null : "InvalidSignatureException");

        http.Response.ContentType = "application/x-amz-json-1.1";
        if (Fails.TryDequeue(out var failure))
        {
            http.Response.StatusCode = failure.Status;
            await http.Response.WriteAsync(failure.Body);
            return;
        }

        if (refusal is not null)
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync($$"""{"__type":"{{refusal}}","message":"role arn:aws:iam::123456789012:role/x"}""");
            return;
        }

        if (Gives is not null && operation == GivesFor)
        {
            await http.Response.WriteAsync($$"""{"CiphertextBlob":"{{Gives}}","Plaintext":"{{Gives}}","KeyId":"k"}""");
            return;
        }

        var about = JsonSerializer.SerializeToUtf8Bytes(body["EncryptionContext"]);
        using var aes = new AesGcm(_key, 16);
        if (operation == "Encrypt")
        {
            var plain = Convert.FromBase64String((string)body["Plaintext"]!);
            var blob = new byte[12 + 16 + plain.Length];
            RandomNumberGenerator.Fill(blob.AsSpan(0, 12));
            aes.Encrypt(blob.AsSpan(0, 12), plain, blob.AsSpan(28), blob.AsSpan(12, 16), about);
            await http.Response.WriteAsync($$"""{"CiphertextBlob":"{{Convert.ToBase64String(blob)}}","KeyId":"k"}""");
        }
        else
        {
            var blob = Convert.FromBase64String((string)body["CiphertextBlob"]!);
            var plain = new byte[blob.Length - 28];
            aes.Decrypt(blob.AsSpan(0, 12), blob.AsSpan(28), blob.AsSpan(12, 16), plain, about);
            await http.Response.WriteAsync($$"""{"Plaintext":"{{Convert.ToBase64String(plain)}}","KeyId":"k"}""");
        }
    }
}
