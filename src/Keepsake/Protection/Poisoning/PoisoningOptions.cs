namespace Keepsake.Protection.Poisoning;

/// <summary>What becomes of suspicious text.</summary>
public enum PoisoningPolicy
{
    /// <summary>It is stored; what is suspicious in it is noted beside it and said wherever it is shown.</summary>
    Flag,

    /// <summary>The item that holds it is refused.</summary>
    Refuse,
}

/// <summary>Settings of what becomes of suspicious text. Configuration section <c>Keepsake:Store:Poisoning</c>.</summary>
public sealed class PoisoningOptions
{
    /// <summary>Gets or sets what becomes of it.</summary>
    /// <value>The default is <see cref="PoisoningPolicy.Flag"/>.</value>
    public PoisoningPolicy Policy { get; set; }

    /// <summary>Gets or sets settings of single stores, by name. A store that is not named has the one above.</summary>
    public IDictionary<string, PoisoningOptions> Stores { get; set; } = new Dictionary<string, PoisoningOptions>(StringComparer.Ordinal);

    /// <summary>Gets the policy of one store.</summary>
    /// <param name="store">The store's name.</param>
    public PoisoningPolicy Of(string store) => Stores.TryGetValue(store, out var own) ? own.Policy : Policy;

    /// <summary>Says what is wrong with the settings; <see langword="null"/>: nothing.</summary>
    internal string? Problem(string section = "Store:Poisoning") => Enum.IsDefined(Policy)
        ? Stores.Select(store => store.Value.Problem($"{section}:Stores:{store.Key}")).FirstOrDefault(problem => problem is not null)
        : $"{section}:Policy is Flag or Refuse.";
}
