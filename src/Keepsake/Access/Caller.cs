using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake.Access;

/// <summary>How a caller proved who it is.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<CallerKind>))]
public enum CallerKind
{
    /// <summary>The user whose process or machine this is.</summary>
    Local,

    /// <summary>By an API key.</summary>
    Key,

    /// <summary>By a token of an issuer that is trusted.</summary>
    Token,
}

/// <summary>Who asks, through which door, and what it may do and reach.</summary>
/// <remarks>Compare by <see cref="Principal"/>: lists are compared by reference.</remarks>
public sealed record Caller
{
    /// <summary>Most namespaces, stores or actors of a caller.</summary>
    public const int MaxEntries = 64;

    /// <summary>Most characters of its namespaces, stores and actors together.</summary>
    public const int MaxReachLength = 8_000;

    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Gets the user of this machine, in this process: everything is allowed.</summary>
    public static Caller Local { get; } = new() { Name = "local", Kind = CallerKind.Local, Scopes = AccessScopes.All };

    /// <summary>Gets the name: <c>local</c>, a key's name, a token's subject.</summary>
    public required string Name { get; init; }

    /// <summary>Gets how it proved that.</summary>
    public required CallerKind Kind { get; init; }

    /// <summary>Gets what it may do.</summary>
    public required AccessScopes Scopes { get; init; }

    /// <summary>Gets the stores it reaches, by name; <see langword="null"/>: all.</summary>
    public IReadOnlyList<string>? Stores { get; init; }

    /// <summary>Gets the namespaces it reaches with those under them, <c>{actorId}</c> standing for each of <see cref="Actors"/>; <see langword="null"/>: all.</summary>
    public IReadOnlyList<string>? Namespaces { get; init; }

    /// <summary>Gets the actors whose memories it reaches; <see langword="null"/>: all.</summary>
    public IReadOnlyList<string>? Actors { get; init; }

    /// <summary>Gets the way it came in: <c>library</c>, <c>cli</c>, <c>stdio</c>, <c>http</c>, <c>mcp</c>, <c>socket</c>.</summary>
    public string Door { get; init; } = "library";

    /// <summary>Gets what tells it from every other caller; rate limits and idempotency keys are kept by it.</summary>
    /// <value><c>local</c>, <c>key:NAME</c>, <c>token:SUBJECT</c>, or <c>token[ACTOR]:SUBJECT</c> where a token is bound to one actor that is not its subject.</value>
    [JsonIgnore]
    public string Principal => this switch
    {
        { Kind: CallerKind.Local } => "local",
        { Kind: CallerKind.Key } => $"key:{Name}",

        // One subject, such as a service, may have tokens for many actors. An actor's id holds no bracket, so no other caller has this principal.
        { Actors: [var actor] } when !string.Equals(actor, Name, StringComparison.Ordinal) => $"token[{actor}]:{Name}",
        _ => $"token:{Name}",
    };

    /// <summary>Works out what it reaches. Not kept here: a copy with other namespaces would keep it too.</summary>
    [JsonIgnore]
    internal Reach Reach => Reach.Of(this);

    /// <summary>Whether another caller is the same one and may do and reach the same, through whichever door.</summary>
    /// <remarks>The order of a list counts: of two equal namespaces, the first says whose they are.</remarks>
    internal bool HasRightsOf(Caller other) =>
        Kind == other.Kind && string.Equals(Principal, other.Principal, StringComparison.Ordinal) && Scopes == other.Scopes
        && AreSame(Stores, other.Stores) && AreSame(Namespaces, other.Namespaces) && AreSame(Actors, other.Actors);

    private static bool AreSame(IReadOnlyList<string>? some, IReadOnlyList<string>? others) =>
        some is null || others is null ? some is null && others is null : some.SequenceEqual(others, StringComparer.Ordinal);
}
