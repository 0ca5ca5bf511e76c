using System.Text.Json.Serialization;

namespace Keepsake.Server.Cli.Eval;

/// <summary>How well questions found the documents that answer them.</summary>
internal sealed record BeirReport
{
    /// <summary>Gets how many documents were stored.</summary>
    public required int Documents { get; init; }

    /// <summary>Gets how many questions were scored: those with a document that answers.</summary>
    public required int Questions { get; init; }

    /// <summary>Gets the means over all questions.</summary>
    public required BeirScores Overall { get; init; }

    /// <summary>Gets the same for single signals, to see what the whole adds: <c>words</c> (BM25) and, with a model, <c>meaning</c> (cosine).</summary>
    public required IReadOnlyDictionary<string, BeirScores> Anchors { get; init; }

    /// <summary>Gets how long a recall took.</summary>
    public required EvalTimes RecallMs { get; init; }

    /// <summary>Gets how many records were stored in a second.</summary>
    public required double RecordsPerSecond { get; init; }
}

/// <summary>Means over questions, each 0 to 1.</summary>
internal sealed record BeirScores
{
    /// <summary>Gets the normalised discounted cumulative gain of the first 10.</summary>
    [JsonPropertyName("ndcg@10")]
    public required double NdcgAt10 { get; init; }

    /// <inheritdoc cref="EvalScores.RecallAt1"/>
    [JsonPropertyName("recall@1")]
    public required double RecallAt1 { get; init; }

    /// <inheritdoc cref="EvalScores.RecallAt5"/>
    [JsonPropertyName("recall@5")]
    public required double RecallAt5 { get; init; }

    /// <inheritdoc cref="EvalScores.RecallAt10"/>
    [JsonPropertyName("recall@10")]
    public required double RecallAt10 { get; init; }

    /// <inheritdoc cref="EvalScores.RecallAt20"/>
    [JsonPropertyName("recall@20")]
    public required double RecallAt20 { get; init; }

    /// <summary>Gets the part of the documents that answer in the first 100 records.</summary>
    [JsonPropertyName("recall@100")]
    public required double RecallAt100 { get; init; }

    /// <summary>Gets one over the rank of the first document that answers within 100, else 0.</summary>
    public required double Mrr { get; init; }
}
