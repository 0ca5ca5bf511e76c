using System.Security.Cryptography;
using System.Text;

namespace Keepsake.Access;

/// <summary>What a new API key is to be allowed.</summary>
public sealed record NewApiKey
{
    /// <summary>Gets the name, 1 to 64 letters, digits, <c>_</c>, <c>-</c> or <c>.</c>. It stands in the audit log and is never used again.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the scopes as <see cref="AccessScopeNames.Parse"/> reads them, such as <c>read,write</c>.</summary>
    public required string Scopes { get; init; }

    /// <inheritdoc cref="Caller.Stores"/>
    public IReadOnlyList<string>? Stores { get; init; }

    /// <inheritdoc cref="Caller.Namespaces"/>
    public IReadOnlyList<string>? Namespaces { get; init; }

    /// <inheritdoc cref="Caller.Actors"/>
    public IReadOnlyList<string>? Actors { get; init; }

    /// <summary>Gets when it stops working; <see langword="null"/>: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>An API key, without its secret.</summary>
public sealed record ApiKey
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Most keys of a data folder, revoked ones included.</summary>
    public const int MaxKeys = 1_000;

    /// <summary>What every secret begins with, so that scanners know it.</summary>
    public const string SecretPrefix = "ksk_";

    private const int SecretBytes = 32;

    /// <inheritdoc cref="NewApiKey.Name"/>
    public required string Name { get; init; }

    /// <summary>Gets the scopes' names, joined by spaces.</summary>
    public required string Scopes { get; init; }

    /// <inheritdoc cref="Caller.Stores"/>
    public IReadOnlyList<string>? Stores { get; init; }

    /// <inheritdoc cref="Caller.Namespaces"/>
    public IReadOnlyList<string>? Namespaces { get; init; }

    /// <inheritdoc cref="Caller.Actors"/>
    public IReadOnlyList<string>? Actors { get; init; }

    /// <summary>Gets when it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc cref="NewApiKey.ExpiresAt"/>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets when it was revoked; <see langword="null"/>: it was not. A revoked key stays in the list, and its name stays taken.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether the key opens anything at a time.</summary>
    public bool IsValidAt(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is not { } end || end > now);

    /// <summary>Who uses it.</summary>
    public Caller ToCaller() => new()
    {
        Name = Name,
        Kind = CallerKind.Key,
        Scopes = AccessScopeNames.Parse(Scopes),
        Stores = Stores,
        Namespaces = Namespaces,
        Actors = Actors,
    };

    /// <summary>Makes a key of a request.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: something in it will not do.</exception>
    internal static ApiKey Of(NewApiKey wanted, DateTimeOffset now)
    {
        if (!IsName(wanted.Name))
        {
            throw MemoryException.Invalid($"A key's name has 1 to {MaxNameLength} letters, digits, '_', '-' or '.'.");
        }

        if (wanted.ExpiresAt <= now)
        {
            throw MemoryException.Invalid("The key would have expired already. Name a time to come, or leave it out.");
        }

        var key = new ApiKey
        {
            Name = wanted.Name,
            Scopes = AccessScopeNames.Parse(wanted.Scopes).Names,
            Stores = NullIfEmpty(wanted.Stores),
            Namespaces = NullIfEmpty(wanted.Namespaces),
            Actors = NullIfEmpty(wanted.Actors),
            CreatedAt = now,
            ExpiresAt = wanted.ExpiresAt?.ToUniversalTime(),
        };
        foreach (var store in key.Stores ?? [])
        {
            MemoryStores.CheckName(store);
        }

        _ = key.ToCaller().Reach;
        return key;
    }

    /// <summary>Whether a text will do as a key's name.</summary>
    internal static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxNameLength } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    /// <summary>Makes a secret: 32 random bytes.</summary>
    internal static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes))
        .TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>What is kept of a secret. It is as random as the hash is long, so nothing slower than SHA-256 is needed.</summary>
    internal static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string>? list) =>
        list is { Count: > 0 } ? [.. list.Distinct(StringComparer.Ordinal)] : null;
}

/// <summary>A key that was just made.</summary>
/// <param name="Key">The key.</param>
/// <param name="Secret">Its secret: shown here and never again.</param>
public sealed record CreatedApiKey(ApiKey Key, string Secret);
