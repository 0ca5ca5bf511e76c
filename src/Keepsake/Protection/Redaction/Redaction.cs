using System.Text.Json.Serialization;

namespace Keepsake.Protection.Redaction;

/// <summary>One place where a secret stood, and the marker that stands there now.</summary>
/// <param name="Kind">What was found, in lower-case kebab: <c>github-token</c>, <c>password</c>, <c>high-entropy</c>. Never part of the secret.</param>
/// <param name="Start">Where the marker begins in the output, in UTF-16 characters.</param>
/// <param name="Length">The marker's length in the output, in UTF-16 characters.</param>
public readonly record struct Redaction(string Kind, int Start, int Length)
{
    /// <summary>The kind of a string that no format explains and that is too random to be words.</summary>
    public const string HighEntropy = "high-entropy";

    /// <summary>Where the secret began in the input, in UTF-16 characters.</summary>
    [JsonIgnore]
    public int InputStart { get; init; }

    /// <summary>How long the secret was in the input, in UTF-16 characters.</summary>
    [JsonIgnore]
    public int InputLength { get; init; }
}
