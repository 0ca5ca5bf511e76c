namespace Keepsake;

/// <summary>What the deletion of a source removed, or would remove.</summary>
/// <param name="Success">Whether everything that was found is gone; of a dry run, whether it was found.</param>
/// <param name="DryRun">Whether nothing was deleted.</param>
/// <param name="Records">How many records.</param>
/// <param name="Events">How many events.</param>
/// <param name="Derived">How many of both do not name the source, and were derived from what does.</param>
public sealed record ForgetSourceAnswer(bool Success, bool DryRun, int Records, int Events, int Derived);
