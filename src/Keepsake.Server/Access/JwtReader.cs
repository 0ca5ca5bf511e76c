using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Keepsake.Access;

namespace Keepsake.Server.Access;

/// <summary>Reads tokens (RFC 7519) of the one issuer that is trusted, and says who the caller is. What is not understood is refused.</summary>
/// <param name="settings">Whose tokens, for whom.</param>
/// <param name="keys">The issuer's keys.</param>
/// <param name="time">The clock.</param>
internal sealed class JwtReader(JwtSettings settings, JwtKeyFile keys, TimeProvider time) : IDisposable
{
    /// <summary>Longest token, in characters.</summary>
    public const int MaxLength = 16_384;

    /// <summary>The claims that say what a caller reaches, lists of strings each.</summary>
    public const string StoresClaim = "keepsake_stores";
    public const string NamespacesClaim = "keepsake_namespaces";
    public const string ActorsClaim = "keepsake_actors";

    /// <summary>Gets how far the issuer's clock may be from this one.</summary>
    public static TimeSpan MaxSkew { get; } = TimeSpan.FromSeconds(60);

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Reads the settings' keys.</summary>
    /// <returns>The reader, or <see langword="null"/>: no tokens are taken.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: the keys cannot be used.</exception>
    public static JwtReader? Of(JwtSettings settings, TimeProvider time, ILogger logger) =>
        settings.IsUsed ? new(settings, new(settings.KeysFile!, logger), time) : null;

    /// <summary>Finds out who presents a token.</summary>
    /// <returns>The caller, or <see langword="null"/>: it is not a token that is taken. Why is for nobody who presents one.</returns>
    public Caller? Read(string token)
    {
        var parts = token.Split('.');
        if (token.Length > MaxLength || parts.Length != 3)
        {
            return null;
        }

        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]), Strict);
            return IsSigned(header.RootElement, parts) ? OfClaims(parts[1]) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or MemoryException)
        {
            return null;
        }
    }

    public void Dispose() => keys.Dispose();

    private bool IsSigned(JsonElement header, string[] parts)
    {
        var algorithm = TextOf(header, "alg");
        var taken = settings.Algorithms.Count == 0 ? algorithm is "RS256" or "ES256" : settings.Algorithms.Contains(algorithm);

        // An extension that must be understood is not.
        return taken && !header.TryGetProperty("crit", out _) && keys.Keys.Verify(
            algorithm,
            header.TryGetProperty("kid", out var id) ? id.GetString() : null,
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
            Base64Url.DecodeFromChars(parts[2]));
    }

    private Caller? OfClaims(string payload)
    {
        using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(payload), Strict);
        var claims = json.RootElement;
        if (!string.Equals(claims.GetProperty("iss").GetString(), settings.Issuer, StringComparison.Ordinal)
            || Texts(claims, "aud") is not { } audiences || !audiences.Contains(settings.Audience, StringComparer.Ordinal)
            || !IsTimely(claims)
            || claims.GetProperty("sub").GetString() is not { Length: > 0 and <= Caller.MaxNameLength } subject || subject.Any(char.IsControl))
        {
            return null;
        }

        var caller = new Caller
        {
            Name = subject,
            Kind = CallerKind.Token,
            Scopes = AccessScopeNames.ParseKnown(string.Join(' ', Texts(claims, "scope") ?? Texts(claims, "scp") ?? [])),
            Stores = Texts(claims, StoresClaim),
            Namespaces = Texts(claims, NamespacesClaim),
            Actors = settings.ActorClaim is { } claim ? [TextOf(claims, claim)] : Texts(claims, ActorsClaim),
        };

        // Claims that are no namespaces or actors end the reading here rather than in the first call.
        _ = caller.Reach;
        return caller;
    }

    private bool IsTimely(JsonElement claims)
    {
        var now = time.GetUtcNow();
        return now < At(claims.GetProperty("exp")) + MaxSkew && (!claims.TryGetProperty("nbf", out var start) || now >= At(start) - MaxSkew);
    }

    private static DateTimeOffset At(JsonElement claim)
    {
        var seconds = claim.GetDouble();
        return seconds is >= 0 and < 253_402_300_000 ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : throw new FormatException();
    }

    // GetString takes a null of JSON for a text, too.
    private static string TextOf(JsonElement claims, string name) => claims.GetProperty(name).GetString() ?? throw new FormatException();

    private static string[]? Texts(JsonElement claims, string name) => !claims.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : [.. value.EnumerateArray().Select(item => item.GetString() ?? throw new FormatException())];
}
