namespace Keepsake.Protection.Redaction;

/// <summary>One marker that stands where a secret stood.</summary>
/// <param name="Kind">What the secret was, in lower-case kebab.</param>
/// <param name="Start">Where the marker starts, in UTF-16 characters.</param>
/// <param name="Length">How long the marker is, in UTF-16 characters.</param>
public readonly record struct Redaction(string Kind, int Start, int Length);
