using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Keepsake.Access;
using Keepsake.Server.Access;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>RELIABILITY H-03: who is taken for whom at the HTTP door.</summary>
public sealed class AuthenticationTests : IAsyncDisposable
{
    private const string Issuer = "https://issuer.example";
    private const string Audience = "https://memory.example/mcp";

    private readonly TemporaryFolder _files = new();
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2_048);
    private readonly KeyedDoor _door = new();
    private readonly HttpClient _client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _door.DisposeAsync();
        _ec.Dispose();
        _rsa.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task Without_any_key_the_user_of_the_machine_is_known_and_a_wrong_key_is_not()
    {
        await _door.OpenAsync();

        Assert.Equal(200, await StatusAsync([null]));
        Assert.Equal(401, await StatusAsync("Bearer ksk_AAAA"));
        Assert.Equal(401, await StatusAsync("Basic dXNlcjpwYXNz"));
        Assert.Equal("local", (await _door.Stores.AuditAsync(new(), Cancellation)).Items.First(e => e is { Operation: "status", Door: "http" }).Caller);
    }

    [Fact]
    public async Task From_the_first_key_on_each_request_needs_one_and_revoking_the_last_opens_nothing()
    {
        await _door.OpenAsync();
        var key = await _door.KeyAsync("only", "read");

        Assert.Equal(200, await StatusAsync($"Bearer {key}"));
        Assert.Equal(200, await StatusAsync($"bearer  {key} "));
        foreach (var wrong in (string?[][])
            [
                [null], [""], ["Bearer"], ["Bearer "], [key], [$"Basic {key}"], [$"Bearer {key}x"], [$"Bearer {key[..^1]}"], [$"Bearer {key.ToUpperInvariant()}"],
                [$"Bearer {key}", $"Bearer {key}"], [$"Bearer {key}, Bearer {key}"], ["Bearer null"], [$"Bearer {ApiKey.SecretPrefix}"],
            ])
        {
            Assert.Equal(401, await StatusAsync(wrong));
        }

        Assert.Equal(401, (await _door.SendAsync("GET", $"/v1/status?access_token={key}", null)).Status);
        Assert.Equal(401, (await _door.SendAsync("GET", "/no-such-route", null)).Status);
        Assert.Equal(200, (await _door.SendAsync("GET", "/health", null)).Status);

        await _door.Stores.RevokeKeyAsync("only", Cancellation);
        Assert.Equal(401, await StatusAsync($"Bearer {key}"));
        Assert.Equal(401, await StatusAsync([null]));
    }

    [Fact]
    public async Task A_refusal_says_where_a_token_comes_from_and_nothing_of_what_was_sent()
    {
        await _door.OpenAsync();
        await _door.KeyAsync("k", "read");

        var (status, headers, text) = await _door.SendAsync("GET", "/v1/status", null, "Bearer ksk_sesame");

        Assert.Equal(401, status);
        Assert.Equal("unauthenticated", (string?)JsonNode.Parse(text)!["code"]);
        Assert.DoesNotContain("sesame", text, StringComparison.Ordinal);
        var challenge = headers.WwwAuthenticate.ToString();
        Assert.Contains($"resource_metadata=\"http://127.0.0.1:{_door.Port}/.well-known/oauth-protected-resource\"", challenge, StringComparison.Ordinal);
        var metadata = JsonNode.Parse((await _door.SendAsync("GET", "/.well-known/oauth-protected-resource/mcp", null)).Text)!;
        Assert.Equal($"http://127.0.0.1:{_door.Port}/mcp", (string?)metadata["resource"]);
        Assert.Equal(3, metadata["scopes_supported"]!.AsArray().Count);
        Assert.Contains((await _door.Stores.AuditAsync(new(), Cancellation)).Items, e => e is { Outcome: "unauthenticated", Caller: "unknown" });
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_only_its_hash_is_kept()
    {
        await _door.OpenAsync();
        var key = await _door.KeyAsync("k", "read");
        await _door.Stores.ListKeysAsync(Cancellation);

        Assert.Equal(ApiKey.SecretPrefix.Length + 43, key.Length);
        Assert.NotEqual(key, ApiKey.NewSecret());
        foreach (var (name, bytes) in await FilesInUse.ReadAsync(_door.Folder, Cancellation))
        {
            Assert.True(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(key)) < 0, name);
        }
    }

    [Fact]
    public async Task Keys_end_at_their_time_and_are_refused_at_their_limits()
    {
        await using var folder = new Guarded();
        var time = new ManualTime();
        await folder.OpenAsync(time: time);
        var made = await folder.Stores.CreateKeyAsync(new() { Name = "short", Scopes = "read", ExpiresAt = time.Now.AddMinutes(5) }, Cancellation);
        Assert.NotNull(folder.Stores.Keys.Find(made.Secret).Caller);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(folder.Stores.Keys.Find(made.Secret).Caller);

        foreach (var bad in (NewApiKey[])
            [
                new() { Name = "", Scopes = "read" }, new() { Name = new('a', ApiKey.MaxNameLength + 1), Scopes = "read" }, new() { Name = "a b", Scopes = "read" },
                new() { Name = "x", Scopes = "" }, new() { Name = "x", Scopes = "root" }, new() { Name = "x", Scopes = "read", ExpiresAt = time.Now },
                new() { Name = "x", Scopes = "read", Namespaces = ["a//b"] }, new() { Name = "x", Scopes = "read", Actors = ["a b"] }, new() { Name = "x", Scopes = "read", Stores = ["1"] },
                new() { Name = "x", Scopes = "read", Namespaces = ["n/{actorId}"] },
            ])
        {
            Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => folder.Stores.CreateKeyAsync(bad, Cancellation))).Code);
        }

        Assert.Equal(MemoryErrorCode.Conflict, (await Assert.ThrowsAsync<MemoryException>(() => folder.Stores.CreateKeyAsync(new() { Name = "short", Scopes = "read" }, Cancellation))).Code);
        await folder.Stores.CreateKeyAsync(new() { Name = new('a', ApiKey.MaxNameLength), Scopes = "admin write,read" }, Cancellation);
        await folder.CloseAsync();
        await folder.OpenAsync(time: time);
        Assert.Equal("read write admin", (await folder.Stores.ListKeysAsync(Cancellation))[0].Scopes);
    }

    [Fact]
    public async Task A_damaged_row_of_a_key_opens_for_nobody()
    {
        await using var folder = new Guarded();
        await folder.OpenAsync();
        var made = await folder.Stores.CreateKeyAsync(new() { Name = "k", Scopes = "read" }, Cancellation);
        await folder.CloseAsync();
        folder.Sql("UPDATE api_keys SET body = CAST(replace(CAST(body AS TEXT), 'read', 'admin') AS BLOB)");

        await folder.OpenAsync();

        Assert.Equal(new Authenticated(IsRequired: true, Caller: null), folder.Stores.Keys.Find(made.Secret));
        Assert.Equal(new Authenticated(IsRequired: true, Caller: null), folder.Stores.Keys.Find(null));
    }

    [Fact]
    public async Task Tokens_of_the_issuer_are_taken_and_no_others()
    {
        await OpenWithIssuerAsync();
        var good = Claims();
        Assert.Equal(200, await StatusAsync($"Bearer {Ec(good)}"));
        Assert.Equal(200, await StatusAsync($"Bearer {Rsa(good)}"));
        Assert.Equal(200, await StatusAsync($"Bearer {Ec(Claims(c => c["aud"] = new JsonArray("other", Audience)))}"));
        Assert.Equal(200, await StatusAsync($"Bearer {Ec(Claims(c => c["exp"] = Now - 30))}"));
        Assert.Equal(403, await StatusAsync($"Bearer {Ec(Claims(c => c["scope"] = "write"))}"));
        Assert.Equal(403, await StatusAsync($"Bearer {Ec(Claims(c => c.Remove("scope")))}"));
        Assert.Equal(401, await StatusAsync([null]));

        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parts = Ec(good).Split('.');
        var secret = Encoding.UTF8.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem());
        foreach (var (name, wrong) in ((string, string)[])
            [
                ("alg none", $"{Part("""{"alg":"none"}""")}.{Part(good.ToJsonString())}."),
                ("alg none, signed", Token("""{"alg":"none"}""", good, bytes => _ec.SignData(bytes, HashAlgorithmName.SHA256))),
                ("public key as secret", Token("""{"alg":"HS256"}""", good, bytes => HMACSHA256.HashData(secret, bytes))),
                ("another algorithm", Token("""{"alg":"ES384"}""", good, bytes => _ec.SignData(bytes, HashAlgorithmName.SHA256))),
                ("RS256 said, ES256 done", Token("""{"alg":"RS256"}""", good, bytes => _ec.SignData(bytes, HashAlgorithmName.SHA256))),
                ("another key", Token("""{"alg":"ES256"}""", good, bytes => stranger.SignData(bytes, HashAlgorithmName.SHA256))),
                ("another key id", Token("""{"alg":"ES256","kid":"else"}""", good, bytes => _ec.SignData(bytes, HashAlgorithmName.SHA256))),
                ("null algorithm", Token("""{"alg":null}""", good, bytes => _ec.SignData(bytes, HashAlgorithmName.SHA256))),
                ("critical extension", Token("""{"alg":"ES256","crit":["x"]}""", good, bytes => _ec.SignData(bytes, HashAlgorithmName.SHA256))),
                ("changed claims", $"{parts[0]}.{Part(Claims(c => c["sub"] = "root").ToJsonString())}.{parts[2]}"),
                ("no signature", $"{parts[0]}.{parts[1]}."), ("two parts", $"{parts[0]}.{parts[1]}"), ("four parts", $"{string.Join('.', parts)}.x"), ("junk", "a.b.c"),
                ("issuer", Ec(Claims(c => c["iss"] = Issuer + "/"))), ("no issuer", Ec(Claims(c => c.Remove("iss")))),
                ("audience", Ec(Claims(c => c["aud"] = "https://other.example"))), ("no audience", Ec(Claims(c => c.Remove("aud")))),
                ("expired", Ec(Claims(c => c["exp"] = Now - 120))), ("no expiry", Ec(Claims(c => c.Remove("exp")))), ("expiry as text", Ec(Claims(c => c["exp"] = "9999999999"))),
                ("not yet", Ec(Claims(c => c["nbf"] = Now + 120))), ("no subject", Ec(Claims(c => c.Remove("sub")))), ("long subject", Ec(Claims(c => c["sub"] = new string('a', 257)))),
                ("no namespace", Ec(Claims(c => c[JwtReader.NamespacesClaim] = new JsonArray("a//b")))), ("empty reach", Ec(Claims(c => c[JwtReader.ActorsClaim] = new JsonArray()))),
                ("huge", Ec(Claims(c => c["x"] = new string('a', JwtReader.MaxLength)))),
            ])
        {
            Assert.True(401 == await StatusAsync($"Bearer {wrong}"), name);
        }
    }

    [Fact]
    public async Task A_token_without_the_actor_that_it_must_name_is_not_taken()
    {
        await OpenWithIssuerAsync("actor");

        Assert.Equal(200, await StatusAsync($"Bearer {Ec(Claims(c => c["actor"] = "al"))}"));
        foreach (var wrong in (JsonNode?[])[null, 7, true, "", "a b", new JsonArray("al"), new JsonObject()])
        {
            Assert.Equal(401, await StatusAsync($"Bearer {Ec(Claims(c => c["actor"] = wrong?.DeepClone()))}"));
        }

        Assert.Equal(401, await StatusAsync($"Bearer {Ec(Claims())}"));
    }

    [Fact]
    public async Task A_token_reaches_what_its_claims_say()
    {
        await OpenWithIssuerAsync();
        await _door.Stores["default"].RememberAsync(new() { Namespace = "theirs", Facts = [new() { Content = "canary" }] }, null, Cancellation);
        var token = Ec(Claims(c => c[JwtReader.NamespacesClaim] = new JsonArray("mine")));

        Assert.Equal(403, (await _door.SendAsync("GET", "/v1/records?namespace=theirs", null, $"Bearer {token}")).Status);
        Assert.DoesNotContain("canary", (await _door.SendAsync("GET", "/v1/records", null, $"Bearer {token}")).Text, StringComparison.Ordinal);
        var metadata = (await _door.SendAsync("GET", "/.well-known/oauth-protected-resource", null)).Text;
        Assert.Contains(Issuer, metadata, StringComparison.Ordinal);
        Assert.Contains(Audience, metadata, StringComparison.Ordinal);
    }

    // What a session serves was made for the token that began it.
    [Fact]
    public async Task A_session_of_mcp_is_for_tokens_with_the_rights_of_the_one_that_began_it()
    {
        await OpenWithIssuerAsync();
        var wide = Claims(c => (c["scope"], c[JwtReader.ActorsClaim]) = ("read write", new JsonArray("al", "bo")));
        var session = await StartSessionAsync(Ec(wide));
        Assert.Equal(202, await NotifyAsync(session, Ec(wide)));
        wide["exp"] = Now + 900;
        Assert.Equal(202, await NotifyAsync(session, Rsa(wide)));

        foreach (var change in (Action<JsonObject>[])
            [
                c => c["scope"] = "read", c => c["sub"] = "agent-8", c => c[JwtReader.ActorsClaim] = new JsonArray("al"), c => c.Remove(JwtReader.ActorsClaim),
                c => c[JwtReader.NamespacesClaim] = new JsonArray("mine"), c => c[JwtReader.StoresClaim] = new JsonArray("default"),
            ])
        {
            var other = (JsonObject)wide.DeepClone();
            change(other);
            Assert.Equal(404, await NotifyAsync(session, Ec(other)));
        }

        Assert.Equal(202, await NotifyAsync(session, Ec(wide)));
    }

    [Fact]
    public async Task Two_actors_of_one_subject_are_two_callers()
    {
        await OpenWithIssuerAsync("actor");
        const string Fact = """{"namespace":"notes","facts":[{"content":"FACT"}]}""";
        foreach (var actor in (string[])["al", "bo"])
        {
            var token = Ec(Claims(c => (c["scope"], c["actor"]) = ("read write", actor)));
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_door.Port}/v1/records");
            request.Content = new StringContent(Fact.Replace("FACT", $"said by {actor}", StringComparison.Ordinal), Encoding.UTF8, "application/json");
            request.Headers.Add("Authorization", $"Bearer {token}");
            request.Headers.Add("Idempotency-Key", "one");
            using var response = await _client.SendAsync(request, Cancellation);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        }

        var callers = (await _door.Stores.AuditAsync(new(), Cancellation)).Items.Where(e => e.Operation == "remember").Select(e => e.Caller);
        Assert.Equal(["token[bo]:agent-7", "token[al]:agent-7"], callers);
    }

    [Fact]
    public void Keys_that_cannot_be_used_are_refused_at_the_start()
    {
        foreach (var content in (string[])
            [
                "", "{}", """{"keys":[]}""", """{"keys":[{"kty":"oct","k":"c2hvcnQ"}]}""", """{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}""",
                _ec.ExportECPrivateKeyPem(), KeySet(Jwk(_rsa, ("d", "AQAB"))), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            ])
        {
            File.WriteAllText(_files["keys"], content);
            Assert.Equal(MemoryErrorCode.InvalidRequest, Assert.Throws<MemoryException>(() => JwtKeys.Load(_files["keys"])).Code);
        }

        Assert.Throws<MemoryException>(() => JwtKeys.Load(_files["missing"]));
        File.WriteAllText(_files["keys"], _rsa.ExportSubjectPublicKeyInfoPem());
        JwtKeys.Load(_files["keys"]).Dispose();
        File.WriteAllText(_files["keys"], _ec.ExportSubjectPublicKeyInfoPem());
        JwtKeys.Load(_files["keys"]).Dispose();
    }

    [Fact]
    public async Task Keys_that_the_issuer_changes_count_from_then_on_and_a_file_that_cannot_be_used_changes_nothing()
    {
        await OpenWithIssuerAsync();
        Assert.Equal(200, await StatusAsync($"Bearer {Ec(Claims())}"));

        await File.WriteAllTextAsync(_files["jwks.json"], """{"keys":[""", Cancellation);
        Assert.Equal(200, await StatusAsync($"Bearer {Ec(Claims())}"));
        File.Delete(_files["jwks.json"]);
        Assert.Equal(200, await StatusAsync($"Bearer {Ec(Claims())}"));

        await File.WriteAllTextAsync(_files["jwks.json"], KeySet(Jwk(_rsa)), Cancellation);
        Assert.Equal(401, await StatusAsync($"Bearer {Ec(Claims())}"));
        Assert.Equal(200, await StatusAsync($"Bearer {Rsa(Claims())}"));
    }

    [Fact]
    public async Task A_caller_that_is_too_quick_is_told_how_long_to_wait()
    {
        await _door.OpenAsync(options: new() { Access = { OperationsPerSecond = 1, Burst = 3 } }, time: new ManualTime());
        var key = await _door.KeyAsync("quick", "read");

        // The clock stands still, so that the bucket does not fill meanwhile.
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _door.SendAsync("GET", "/v1/stores", null, $"Bearer {key}")));

        var refused = answers.Where(a => a.Status == 429).ToList();
        Assert.Equal(17, refused.Count);
        Assert.All(refused, a => Assert.True(a.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1)));
        Assert.Equal(3, answers.Count(a => a.Status == 200));
    }

    private async Task OpenWithIssuerAsync(string? actorClaim = null)
    {
        var ec = _ec.ExportParameters(includePrivateParameters: false);
        var one = new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "one", ["x"] = Base64Url.EncodeToString(ec.Q.X), ["y"] = Base64Url.EncodeToString(ec.Q.Y) };
        await File.WriteAllTextAsync(_files["jwks.json"], KeySet(one, Jwk(_rsa)), Cancellation);
        await _door.OpenAsync(new() { Jwt = new() { Issuer = Issuer, Audience = Audience, KeysFile = _files["jwks.json"], ActorClaim = actorClaim } });
    }

    private static string KeySet(params JsonNode[] keys) => new JsonObject { ["keys"] = new JsonArray(keys) }.ToJsonString();

    private static JsonObject Jwk(RSA key, params (string Name, string Value)[] others)
    {
        var rsa = key.ExportParameters(includePrivateParameters: false);
        var jwk = new JsonObject { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(rsa.Modulus), ["e"] = Base64Url.EncodeToString(rsa.Exponent) };
        foreach (var (name, value) in others)
        {
            jwk[name] = value;
        }

        return jwk;
    }

    private static JsonObject Claims(Action<JsonObject>? change = null)
    {
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = Audience, ["sub"] = "agent-7", ["exp"] = Now + 600, ["scope"] = "openid read" };
        change?.Invoke(claims);
        return claims;
    }

    private string Ec(JsonObject claims) => Token("""{"alg":"ES256","kid":"one"}""", claims, bytes => _ec.SignData(bytes, HashAlgorithmName.SHA256));

    private string Rsa(JsonObject claims) =>
        Token("""{"alg":"RS256"}""", claims, bytes => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private static string Token(string header, JsonObject claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Part(header)}.{Part(claims.ToJsonString())}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private async Task<string> StartSessionAsync(string token)
    {
        using var response = await McpAsync(Mcp.McpOverHttp.Initialize, token, session: null);
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }

    private async Task<int> NotifyAsync(string session, string token)
    {
        using var response = await McpAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", token, session);
        return (int)response.StatusCode;
    }

    private async Task<HttpResponseMessage> McpAsync(string message, string token, string? session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_door.Port}/mcp");
        request.Content = new StringContent(message, Encoding.UTF8, "application/json");
        request.Headers.Add("Authorization", $"Bearer {token}");
        request.Headers.Add("Accept", "application/json, text/event-stream");
        if (session is not null)
        {
            request.Headers.Add("Mcp-Session-Id", session);
        }

        return await _client.SendAsync(request, Cancellation);
    }

    private async Task<int> StatusAsync(params string?[] authorization) => (await _door.SendAsync("GET", "/v1/status", null, authorization)).Status;
}
