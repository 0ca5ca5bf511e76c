namespace Keepsake.Protection.Redaction;

/// <summary>A text without its secrets.</summary>
/// <param name="Text">The text, with a marker in place of each secret; the very instance that went in when there was none.</param>
/// <param name="Redactions">What was replaced, in the order of the text, none overlapping. Empty when nothing was.</param>
/// <remarks>
/// Only <paramref name="Redactions"/> says which markers are ours. A text may bring markers of its own: they stay, and are not counted.
/// </remarks>
public readonly record struct RedactedText(string Text, IReadOnlyList<Redaction> Redactions);
