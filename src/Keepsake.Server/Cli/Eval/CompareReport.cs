using System.Text.Json.Serialization;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Two settings on the same questions, by each question's recall at 10.</summary>
internal sealed record CompareReport
{
    /// <summary>Gets what is compared.</summary>
    public string Measure { get; init; } = "recall@10";

    /// <summary>Gets how many questions both were asked.</summary>
    public required int Questions { get; init; }

    /// <summary>Gets the setting that is compared with.</summary>
    public required CompareSide A { get; init; }

    /// <summary>Gets the setting that is compared.</summary>
    public required CompareSide B { get; init; }

    /// <summary>Gets what the paired tests say.</summary>
    public required PairedResult Result { get; init; }
}

/// <summary>One setting of a comparison.</summary>
internal sealed record CompareSide
{
    /// <summary>Gets the setting as it was written.</summary>
    public required string Setting { get; init; }

    /// <summary>Gets the mean over all questions, 0 to 1.</summary>
    [JsonPropertyName("recall@10")]
    public required double RecallAt10 { get; init; }
}

/// <summary>What the paired tests say of B against A.</summary>
internal sealed record PairedResult
{
    /// <summary>Gets B's mean less A's, -1 to 1.</summary>
    public required double Difference { get; init; }

    /// <summary>Gets the lower and the upper end of the 95 % interval of the difference.</summary>
    public required IReadOnlyList<double> Interval { get; init; }

    /// <summary>Gets how likely so large a difference is, either way, between settings that are equally good; above 0, to 1.</summary>
    public required double P { get; init; }

    /// <summary>Gets on how many questions B is better.</summary>
    public required int Wins { get; init; }

    /// <summary>Gets on how many questions A is better.</summary>
    public required int Losses { get; init; }

    /// <summary>Gets on how many questions they are equal.</summary>
    public required int Ties { get; init; }
}
