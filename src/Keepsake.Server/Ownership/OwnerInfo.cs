namespace Keepsake.Server.Ownership;

/// <summary>A process that owns, or wants to own, a data folder.</summary>
/// <param name="Version">The version of its program.</param>
/// <param name="Pid">Its process id.</param>
internal sealed record OwnerInfo(string Version, int Pid);

/// <summary>What an owner says to a process that wants to take its place.</summary>
/// <param name="Accepted">Whether it stops now and lets go of the data folder.</param>
internal sealed record HandOverAnswer(bool Accepted);

/// <summary>Records and events to delete in one write.</summary>
internal sealed record ForgetRequest
{
    /// <summary>Gets 1 to 1,000 ids.</summary>
    public required IReadOnlyList<string> Ids { get; init; }

    /// <summary>Gets whether to erase now.</summary>
    public bool Hard { get; init; }

    /// <summary>Gets why; kept with what is kept.</summary>
    public string? Reason { get; init; }
}

/// <summary>The model that the data folder is to use.</summary>
/// <param name="Name">An added model, or the one that comes with Keepsake.</param>
internal sealed record ModelChoice(string Name);

/// <summary>What the owner process itself answers to the other processes of its data folder.</summary>
internal sealed record OwnerHooks
{
    /// <summary>Gets who the owner is.</summary>
    public required OwnerInfo Self { get; init; }

    /// <summary>Gets what decides whether to make way. When it says yes, it only begins to stop: the answer is still to be sent.</summary>
    public required Func<OwnerInfo, CancellationToken, Task<bool>> HandOver { get; init; }

    /// <summary>Gets what chooses a model. It only begins to open the stores anew: the answer is still to be sent.</summary>
    public Func<string, CancellationToken, Task>? UseModel { get; init; }

    /// <summary>Gets what opens the stores anew. It only begins to: the answer is still to be sent.</summary>
    public Action? Reopen { get; init; }
}
