using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>Why a record or an event is in an answer, or is not.</summary>
public sealed record RecallWhy
{
    /// <summary>Gets the id that was asked about.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the reason.</summary>
    public required RecallReason Reason { get; init; }

    /// <summary>Gets the reason in a sentence or two, with what would bring it back where something would.</summary>
    public required string Message { get; init; }

    /// <summary>Gets its place among all that the question finds in the scope, from 1, whatever their relevance; <see langword="null"/>: it
    /// is not ranked, or not among the first 1,000.</summary>
    public int? Rank { get; init; }

    /// <summary>Gets how well it matches, from 0 to 1; <see langword="null"/>: it is not ranked.</summary>
    public double? Relevance { get; init; }

    /// <summary>Gets what ranked it, by signal, each 0 to 1; <see langword="null"/>: it is not ranked.</summary>
    public IReadOnlyDictionary<string, double>? Signals { get; init; }

    /// <summary>Gets what part of its score each signal gave by its weight, each 0 to 1, together 1; <see langword="null"/>: it is not ranked.</summary>
    public IReadOnlyDictionary<string, double>? Shares { get; init; }
}

/// <summary>A reason for being in an answer or not, in the order in which they are looked for.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<RecallReason>))]
public enum RecallReason
{
    /// <summary>It is in the answer.</summary>
    Returned,

    /// <summary>The store has no such record or event: it was never there, or it is erased.</summary>
    Unknown,

    /// <summary>Its namespace is in quarantine: nothing in it is read.</summary>
    Quarantined,

    /// <summary>It was deleted and can still be restored.</summary>
    Deleted,

    /// <summary>It is damaged, or it changed a moment ago.</summary>
    Unreadable,

    /// <summary>Another record has taken its place.</summary>
    Superseded,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It is an event without a namespace: listed, never searched.</summary>
    NotSearched,

    /// <summary>Its namespace is not in the scope of the question.</summary>
    OutOfScope,

    /// <summary>It has not the metadata that the question asks for.</summary>
    FilteredOut,

    /// <summary>None of the question's words is in it, and it has no embedding of the present model yet.</summary>
    NotEmbedded,

    /// <summary>It has nothing in common with the question.</summary>
    NoMatch,

    /// <summary>Its relevance is below the least that was wanted.</summary>
    BelowFloor,

    /// <summary>Others rank before it, and no more were asked for.</summary>
    BeyondTopK,

    /// <summary>The memories before it filled the budget of tokens.</summary>
    BeyondBudget,
}
