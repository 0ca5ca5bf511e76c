using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keepsake.Bench.Peers;

/// <summary>What one system took for one task.</summary>
internal sealed record PeerResult
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The system, with the setting that matters.</summary>
    public required string System { get; init; }

    /// <summary>What was asked: <c>whole</c> (words and vectors), <c>words</c>, <c>vectors</c>, or <c>filter</c>: vectors of one record in a hundred.</summary>
    public required string Leg { get; init; }

    /// <summary>How long it took to take in all records, with their embeddings given.</summary>
    public double BuildMs { get; init; }

    /// <summary>Half of the searches took no longer, in milliseconds.</summary>
    public double P50 { get; init; }

    /// <summary>95 of 100 searches took no longer, in milliseconds.</summary>
    public double P95 { get; init; }

    /// <summary>The part of the exact ten nearest that was found. Null: not a search of vectors alone.</summary>
    [JsonPropertyName("recall@10")]
    public double? RecallAt10 { get; init; }

    /// <summary>What it holds in memory, or in its file where it reads from that. Null: not to be had.</summary>
    public long? Bytes { get; init; }
}

/// <summary>Our time divided by another's for the same task: below 1 we are faster.</summary>
internal sealed record PeerRatio(string Leg, string Ours, string Theirs, double P50, double P95);

/// <summary>What <c>bench/run peers --json</c> prints.</summary>
internal sealed record PeerReport(
    string Bench, int Records, int Dimensions, int Questions, Machine Machine, IReadOnlyList<PeerResult> Systems, IReadOnlyList<PeerRatio> Ratios);
