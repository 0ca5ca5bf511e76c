using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>What became of one thing that was to be written.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<WriteResult>))]
public enum WriteResult
{
    /// <summary>It is new, and stored.</summary>
    Created,

    /// <summary>The same content was there already, for the same namespace and actor; the two are one.</summary>
    Merged,

    /// <summary>It took the place of the record with its key or id.</summary>
    Replaced,

    /// <summary>Exactly this was stored already.</summary>
    Unchanged,

    /// <summary>It is stored durably and will reach the engine later.</summary>
    Queued,

    /// <summary>It is not stored; see <see cref="WriteOutcome.Error"/>.</summary>
    Refused,
}

/// <summary>What became of one item of a write, and what was done to it.</summary>
public sealed record WriteOutcome
{
    /// <summary>Gets the id under which it is found; <see langword="null"/> when it was refused.</summary>
    public string? Id { get; init; }

    /// <summary>Gets what became of it.</summary>
    public required WriteResult Outcome { get; init; }

    /// <summary>Gets the id of the record it was merged into; <see langword="null"/> unless <see cref="WriteResult.Merged"/>.</summary>
    public string? MergedInto { get; init; }

    /// <summary>Gets how many secrets of each kind were replaced; empty: none.</summary>
    public IReadOnlyDictionary<string, int> Redactions { get; init; } = NoRedactions;

    /// <summary>Gets what is suspicious in it, by kind, though it is stored; <see langword="null"/>: nothing.</summary>
    public IReadOnlyList<string>? Suspicions { get; init; }

    /// <summary>Gets how many of the session's oldest events made room; <see langword="null"/>: none.</summary>
    public int? Trimmed { get; init; }

    /// <summary>Gets why it was refused; <see langword="null"/> unless <see cref="WriteResult.Refused"/>.</summary>
    public WriteError? Error { get; init; }

    internal static IReadOnlyDictionary<string, int> NoRedactions { get; } = new Dictionary<string, int>();

    internal static WriteOutcome Refused(MemoryException reason) =>
        new() { Outcome = WriteResult.Refused, Error = new(reason.Code.WireName, reason.Message) };
}

/// <summary>Why one item of a write was refused.</summary>
/// <param name="Code">The wire name of a <see cref="MemoryErrorCode"/>.</param>
/// <param name="Message">What is wrong and what would have worked.</param>
public sealed record WriteError(string Code, string Message);
