namespace Keepsake.Server.Access;

/// <summary>How callers over HTTP prove who they are, and where pages may be. Configuration section <c>Access</c>.</summary>
internal sealed class AccessSettings
{
    /// <summary>Most names of <see cref="Hosts"/>.</summary>
    public const int MaxHosts = 32;

    /// <summary>Gets or sets the names by which this server is reached from outside, besides loopback and its own addresses: <c>memory.example:3333</c>.</summary>
    public IList<string> Hosts { get; set; } = [];

    /// <summary>Gets or sets whose tokens are trusted; without an issuer, nobody's.</summary>
    public JwtSettings Jwt { get; set; } = new();

    /// <summary>Checks the settings.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: one will not do.</exception>
    public void Validate()
    {
        if (Hosts.Count > MaxHosts || Hosts.Any(host => host.Length == 0 || host.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or ':' or '[' or ']'))))
        {
            throw MemoryException.Invalid($"Access:Hosts holds up to {MaxHosts} names such as memory.example or memory.example:3333.");
        }

        Jwt.Validate();
    }
}

/// <summary>Whose tokens are trusted. Configuration section <c>Access:Jwt</c>.</summary>
internal sealed class JwtSettings
{
    /// <summary>Gets or sets the issuer, as its tokens name it; <see langword="null"/>: no tokens are taken.</summary>
    public string? Issuer { get; set; }

    /// <summary>Gets or sets the audience that a token must be for: this server.</summary>
    public string? Audience { get; set; }

    /// <summary>Gets or sets the file with the issuer's keys: a JWKS, or a public key in PEM.</summary>
    public string? KeysFile { get; set; }

    /// <summary>Gets or sets the algorithms that are taken, of <c>RS256</c>, <c>ES256</c> and <c>HS256</c>; empty: the first two.</summary>
    public IList<string> Algorithms { get; set; } = [];

    /// <summary>Gets or sets the claim that binds a caller to one actor, such as <c>sub</c>; <see langword="null"/>: none does.</summary>
    public string? ActorClaim { get; set; }

    /// <summary>Gets whether tokens are taken.</summary>
    public bool IsUsed => !string.IsNullOrWhiteSpace(Issuer);

    internal void Validate()
    {
        // Who sets any of them wants callers to be asked who they are: a misspelt issuer must not leave the doors open.
        var isGiven = Algorithms.Count > 0 || new[] { Issuer, Audience, KeysFile, ActorClaim }.Any(value => !string.IsNullOrEmpty(value));
        var missing = new[] { (nameof(Issuer), Issuer), (nameof(Audience), Audience), (nameof(KeysFile), KeysFile) }
            .Where(setting => string.IsNullOrWhiteSpace(setting.Item2)).Select(setting => $"Access:Jwt:{setting.Item1}").ToList();
        if (isGiven && missing.Count > 0)
        {
            throw MemoryException.Invalid(
                $"Of Access:Jwt, {string.Join(" and ", missing)} {(missing.Count == 1 ? "is" : "are")} missing. Set Issuer, Audience and KeysFile, or nothing under Access:Jwt.");
        }

        if (Algorithms.FirstOrDefault(a => a is not ("RS256" or "ES256" or "HS256")) is not null)
        {
            throw MemoryException.Invalid("Access:Jwt:Algorithms holds RS256, ES256 and HS256, or some of them.");
        }
    }
}
