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

    /// <summary>Gets what the default floor keeps back; <see langword="null"/> where there is no second conversation.</summary>
    public EvalAbstention? Abstention { get; init; }
}

/// <summary>What the default floor keeps back of what is no answer, and of what is one.</summary>
internal sealed record EvalAbstention
{
    /// <summary>Gets how many questions were asked of the conversation after their own, the last one's of the first.</summary>
    public required int Questions { get; init; }

    /// <summary>Gets the part of these questions, 0 to 1, for which something was surfaced all the same.</summary>
    public required double Surfaced { get; init; }

    /// <summary>Gets the part of the evidence in the first 10 when a question is asked of its own conversation with the floor.</summary>
    [JsonPropertyName("recall@10WithFloor")]
    public required double RecallAt10WithFloor { get; init; }

    /// <summary>Gets the same without a floor.</summary>
    [JsonPropertyName("recall@10WithoutFloor")]
    public required double RecallAt10WithoutFloor { get; init; }
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
