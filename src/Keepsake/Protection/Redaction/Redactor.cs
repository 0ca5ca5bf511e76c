using System.Runtime.InteropServices;

namespace Keepsake.Protection.Redaction;

/// <summary>Replaces secrets in text by markers, before anything keeps, sends or logs the text.</summary>
/// <remarks>
/// <para>A secret of a known kind becomes <c>[REDACTED:kind]</c>, a random-looking string <c>[HIGH_ENTROPY_REDACTED]</c>. Every
/// other character stays as it was, white space included. Redacting twice gives the same as redacting once.</para>
/// <para>Safe for concurrent use: it holds no state. Time is linear in the text's length whatever the text holds, and a clean text
/// costs no allocation.</para>
/// </remarks>
public sealed class Redactor
{
    // A marker changes what its neighbours look like, so the output is scanned again until nothing is found. One more scan is the
    // rule; three are for texts made to provoke it.
    private const int MaxScans = 4;

    private readonly FormatIndex _formats = FormatIndex.BuiltIn;

    /// <summary>Replaces the secrets in a text.</summary>
    /// <param name="text">The text, of any length.</param>
    /// <returns>The text without its secrets, and what was replaced.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    public RedactedText Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        var hits = SecretScan.FindAll(text, _formats);
        if (hits is null)
        {
            return new RedactedText(text, []);
        }

        var (output, redactions) = Markers.Apply(text, hits);
        for (var scan = 1; scan < MaxScans && SecretScan.FindAll(output, _formats) is { } more; scan++)
        {
            hits = Markers.Merge(hits, redactions, more);
            (output, redactions) = Markers.Apply(text, hits);
        }

        return new RedactedText(output, redactions);
    }

    /// <summary>Tells whether an identifier holds a secret of a known format. Identifiers are refused then, not rewritten.</summary>
    /// <param name="identifier">An actor, session, namespace, key, tag or file name.</param>
    /// <param name="kind">What was found, in lower-case kebab; empty when nothing was.</param>
    /// <returns>
    /// <see langword="true"/> for known formats only: a commit hash, a UUID or ULID, an e-mail address, a ticket number and a path
    /// are good identifiers, however random they look.
    /// </returns>
    public bool HoldsKnownSecret(ReadOnlySpan<char> identifier, out string kind)
    {
        var hits = SecretScan.FindKnownFormats(identifier, _formats);
        kind = hits is null ? "" : CollectionsMarshal.AsSpan(hits)[0].Kind;
        return hits is not null;
    }
}
