using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>How far the words of a record or an event can be relied on, by where they came from. Never by what their writer says of them.</summary>
/// <remarks>There is no zero: that is how "not noted" reads, and it is taken from the provenance then.</remarks>
[JsonConverter(typeof(LowerCaseEnumConverter<MemoryTrust>))]
public enum MemoryTrust
{
    /// <summary>Whoever made the page, the tool's answer or the file that it stems from may have written it.</summary>
    Low = 1,

    /// <summary>An agent wrote it.</summary>
    Medium = 2,

    /// <summary>A person wrote it, at the command line or through a program that uses the library.</summary>
    High = 3,
}

/// <summary>The trust that a provenance earns.</summary>
internal static class TrustRule
{
    /// <summary>The trust of words from an origin: user, then agent, then tools, imports and the web.</summary>
    public static MemoryTrust Of(MemoryOrigin origin) => origin switch
    {
        MemoryOrigin.User => MemoryTrust.High,
        MemoryOrigin.Agent => MemoryTrust.Medium,
        _ => MemoryTrust.Low,
    };

    /// <summary>The trust of words with a provenance: their origin's, and low where their source is a web address, whoever brings them.</summary>
    public static MemoryTrust Of(Provenance provenance) =>
        IsWebAddress(provenance.Source) ? MemoryTrust.Low : Of(provenance.Origin);

    /// <summary>The less of two.</summary>
    public static MemoryTrust Least(MemoryTrust a, MemoryTrust b) => a < b ? a : b;

    /// <summary>What a text lends to what is derived from it: its trust, and nothing where it is suspicious.</summary>
    public static MemoryTrust Lent(MemoryItem? source) => source switch
    {
        MemoryRecord { Suspicions: null } record => record.Trust,
        MemoryEvent { Suspicions: null } item => item.Trust,
        _ => MemoryTrust.Low,
    };

    private static bool IsWebAddress(string? source) => source is not null
        && (source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase));
}
