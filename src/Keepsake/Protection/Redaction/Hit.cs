namespace Keepsake.Protection.Redaction;

/// <summary>A secret in a text: from <paramref name="Start"/> up to, but not including, <paramref name="End"/>.</summary>
internal readonly record struct Hit(int Start, int End, string Kind);
