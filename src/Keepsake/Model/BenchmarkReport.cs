namespace Keepsake;

/// <summary>Asks how well a namespace finds its own records.</summary>
public sealed record BenchmarkRequest
{
    /// <summary>Most questions of one run.</summary>
    public const int MaxProbes = 1_000;

    /// <summary>Questions of a run when nothing is said.</summary>
    public const int DefaultProbes = 100;

    /// <summary>Gets which records are asked for, and how: the same seed asks the same as long as the records are the same.</summary>
    /// <value>The default is 1; 0 or more.</value>
    public int? Seed { get; init; }

    /// <summary>Gets how many records are asked for.</summary>
    /// <value>The default is <see cref="DefaultProbes"/>; from 1 to <see cref="MaxProbes"/>.</value>
    public int? Probes { get; init; }
}

/// <summary>How well a namespace found its own records: one run of a benchmark.</summary>
public sealed record BenchmarkReport
{
    /// <summary>The hit rate below which a report warns.</summary>
    public const double MinHitRate = 0.80;

    /// <summary>Gets the store.</summary>
    public required string Store { get; init; }

    /// <summary>Gets the namespace; empty: the whole store.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets when it was asked, in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Gets the embedding model; <see langword="null"/>: there is none.</summary>
    public string? Model { get; init; }

    /// <summary>Gets how many records were asked for. 0: there are none with enough words.</summary>
    public required int Probes { get; init; }

    /// <summary>Gets which part of them was among the first five answers at the default floor, 0 to 1; <see langword="null"/>: none was asked for.</summary>
    public double? HitRate { get; init; }

    /// <summary>Gets the mean of one over the record's rank, 0 where it is not among the first twenty; <see langword="null"/>: none was asked for.</summary>
    public double? Mrr { get; init; }

    /// <summary>Gets the same of halves of records found by their embeddings alone; <see langword="null"/>: not asked for, or there is no model.</summary>
    public double? MeaningMrr { get; init; }

    /// <summary>Gets the time within which 95 of 100 questions were answered, in milliseconds; <see langword="null"/>: none was asked.</summary>
    public double? P95Milliseconds { get; init; }

    /// <summary>Gets the part of questions made of words from elsewhere for which something was surfaced, 0 to 1; <see langword="null"/>: none was asked.</summary>
    public double? Noise { get; init; }

    /// <summary>Gets how many such questions were asked.</summary>
    public int NoiseProbes { get; init; }

    /// <summary>Gets the hit rate by the wording of the questions.</summary>
    public IReadOnlyList<WordingReport> Wordings { get; init; } = [];

    /// <summary>Gets what an operator should know; empty: nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>How well records were found by one kind of wording.</summary>
/// <param name="Wording"><c>own</c> (the record's rarest words), <c>reworded</c> (a passage in another order, with synonyms, with words left out, as a
/// question) or <c>held_out</c> (words of the record that are not its rarest).</param>
/// <param name="Probes">How many questions.</param>
/// <param name="HitRate">The part that found their record among the first five, 0 to 1.</param>
public sealed record WordingReport(string Wording, int Probes, double HitRate);
