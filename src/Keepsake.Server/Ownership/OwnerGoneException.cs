namespace Keepsake.Server.Ownership;

/// <summary>The owner process did not answer, or fell silent in the middle. What was asked may have happened.</summary>
/// <remarks>The caller finds or becomes the owner and asks again; a write with its own token, so that it happens once.</remarks>
/// <param name="innerException">What the socket said.</param>
#pragma warning disable CA1032, CA1064 // Caught in this assembly.
internal sealed class OwnerGoneException(Exception innerException)
    : Exception("The process that owns the data folder does not answer.", innerException);
#pragma warning restore CA1032, CA1064
