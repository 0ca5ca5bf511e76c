namespace Keepsake.Embedding;

/// <summary>Whether embeddings can be made.</summary>
public enum EmbedderStatus
{
    /// <summary>Not known yet: the model is being loaded, or the endpoint was not asked so far.</summary>
    Loading = 0,

    /// <summary>They can.</summary>
    Ready = 1,

    /// <summary>They cannot now; the model is looked for again from time to time.</summary>
    Unavailable = 2,

    /// <summary>They are turned off in the settings.</summary>
    Off = 3,
}

/// <summary>Whether embeddings can be made, and why not.</summary>
/// <param name="Status">Whether they can.</param>
/// <param name="Reason">What is in the way and what to do about it, for people; it names no path, key or text. <see langword="null"/>: nothing is.</param>
public sealed record EmbedderState(EmbedderStatus Status, string? Reason = null);
