namespace Keepsake;

/// <summary>What became of the facts of one call.</summary>
public sealed record RememberAnswer
{
    /// <summary>Gets whether nothing was refused.</summary>
    public required bool Success { get; init; }

    /// <summary>Gets how many were stored in any way: created, merged, replaced, unchanged or queued.</summary>
    public required int Created { get; init; }

    /// <summary>Gets how many were refused.</summary>
    public required int Failed { get; init; }

    /// <summary>Gets the reasons of the refusals, each with the place of its fact, from 0.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>Gets one outcome per fact, in the order of the call.</summary>
    public required IReadOnlyList<WriteOutcome> Outcomes { get; init; }

    internal static RememberAnswer Of(IReadOnlyList<WriteOutcome> outcomes)
    {
        var failed = outcomes.Count(o => o.Outcome == WriteResult.Refused);
        return new()
        {
            Success = failed == 0,
            Created = outcomes.Count - failed,
            Failed = failed,
            Errors = [.. outcomes.Index().Where(o => o.Item.Error is not null).Select(o => $"facts[{o.Index}]: {o.Item.Error!.Message}")],
            Outcomes = outcomes,
        };
    }
}
