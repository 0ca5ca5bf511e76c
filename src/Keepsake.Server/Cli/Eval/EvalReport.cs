using System.Text.Json.Serialization;

namespace Keepsake.Server.Cli.Eval;

/// <summary>What counts as one document.</summary>
[JsonConverter(typeof(Keepsake.Serialization.LowerCaseEnumConverter<EvalLevel>))]
internal enum EvalLevel
{
    /// <summary>A turn.</summary>
    Turn,

    /// <summary>A session, ranked by its best turn.</summary>
    Session,
}

/// <summary>How well questions found what answers them.</summary>
internal sealed record EvalReport
{
    /// <summary>Gets what counted as one document.</summary>
    public required EvalLevel Level { get; init; }

    /// <summary>Gets how many questions were scored: those with evidence.</summary>
    public required int Questions { get; init; }

    /// <summary>Gets the means over all questions.</summary>
    public required EvalScores Overall { get; init; }

    /// <summary>Gets the means over the questions of each category, by name.</summary>
    public required IReadOnlyDictionary<string, EvalScores> Categories { get; init; }

    /// <summary>Gets how long a recall took.</summary>
    public required EvalTimes RecallMs { get; init; }

    /// <summary>Gets how many records were stored in a second.</summary>
    public required double RecordsPerSecond { get; init; }
}

/// <summary>Means over questions, each 0 to 1.</summary>
internal sealed record EvalScores
{
    /// <summary>Gets the part of the evidence at rank 1.</summary>
    [JsonPropertyName("recall@1")]
    public required double RecallAt1 { get; init; }

    /// <summary>Gets the part of the evidence in the first 5.</summary>
    [JsonPropertyName("recall@5")]
    public required double RecallAt5 { get; init; }

    /// <summary>Gets the part of the evidence in the first 10.</summary>
    [JsonPropertyName("recall@10")]
    public required double RecallAt10 { get; init; }

    /// <summary>Gets the part of the evidence in the first 20.</summary>
    [JsonPropertyName("recall@20")]
    public required double RecallAt20 { get; init; }

    /// <summary>Gets one over the rank of the first evidence within 20, else 0.</summary>
    public required double Mrr { get; init; }
}

/// <summary>Percentiles of a duration, in milliseconds.</summary>
/// <param name="P50">Half of the calls took no longer.</param>
/// <param name="P95">95 of 100 calls took no longer.</param>
internal sealed record EvalTimes(double P50, double P95);
