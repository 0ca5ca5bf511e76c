using System.Net;
using System.Security.Cryptography;
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

    public string Address { get; private set; } = "";

    /// <summary>Gets or sets the refusal that is answered; <see langword="null"/>: none is.</summary>
    public string? Refuses { get; set; }

    public List<string> Asked { get; } = [];

    public static async Task<FakeKms> StartAsync()
    {
        var kms = new FakeKms();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        kms._app = builder.Build();
        kms._app.MapPost("/", kms.AnswerAsync);
        await kms._app.StartAsync();
        kms.Address = kms._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return kms;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var operation = http.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
        Asked.Add(operation);
        var body = (await JsonNode.ParseAsync(http.Request.Body))!;
        if (Refuses is null && !http.Request.Headers.Authorization.ToString().Contains("/kms/aws4_request", StringComparison.Ordinal))
        {
            Refuses = "MissingAuthenticationTokenException";
        }

        http.Response.ContentType = "application/x-amz-json-1.1";
        if (Refuses is not null)
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync($$"""{"__type":"{{Refuses}}","message":"role arn:aws:iam::123456789012:role/x"}""");
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
