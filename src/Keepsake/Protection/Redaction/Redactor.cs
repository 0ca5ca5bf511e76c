using System.Runtime.InteropServices;

namespace Keepsake.Protection.Redaction;

/// <summary>Replaces secrets in text by markers, before anything keeps, sends or logs the text.</summary>
/// <remarks>
/// <para>A secret of a known kind becomes <c>[REDACTED:kind]</c>, a random-looking string <c>[HIGH_ENTROPY_REDACTED]</c>. Every
/// other character stays as it was, white space included. Redacting twice gives the same as redacting once.</para>
/// <para>Safe for concurrent use: nothing in it changes. Time is linear in the text's length whatever the text holds, and a clean text
/// costs no allocation.</para>
/// </remarks>
public sealed class Redactor
{
    // A marker changes what its neighbours look like, so the output is scanned again until nothing is found. One more scan is the
    // rule; three are for texts made to provoke it.
    private const int MaxScans = 4;

    private readonly FormatIndex _formats;
    private readonly RedactionPolicy _policy;
    private readonly Lazy<string> _digest;
    private readonly RedactionPolicy? _personalData;

    /// <summary>Makes a redactor.</summary>
    /// <param name="options">Settings; <see langword="null"/>: the defaults.</param>
    public Redactor(RedactionOptions? options = null)
    {
        _policy = options?.Policy ?? RedactionPolicy.Redact;
        _personalData = options?.PersonalData;
        _formats = options is { Rules.Count: > 0 }
            ? FormatIndex.With(options.Rules.Select(rule => new KnownFormat(rule.Kind, rule.Pattern, FormatCheck.None)))
            : FormatIndex.BuiltIn;
        _digest = new((options ?? new()).Digest);
    }

    /// <summary>Gets what differs where another redactor may find, or do, something else: by its settings, or because it is of another version.</summary>
    internal string Digest => _digest.Value;

    /// <summary>Replaces the secrets in a text.</summary>
    /// <param name="text">The text, of any length.</param>
    /// <returns>The text without its secrets, and what was replaced. What is only to be flagged stays in the text and is listed too.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    public RedactedText Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Redact(text, null);
    }

    /// <summary>Replaces the secrets in a text, and parts of it that are known to be secret from elsewhere.</summary>
    internal RedactedText Redact(string text, List<Hit>? known)
    {
        var hits = Find(text);
        hits = known is null ? hits : AddTo(text, hits, known);
        if (hits is null)
        {
            return new RedactedText(text, []);
        }

        var (output, redactions) = Markers.Apply(text, hits, Flags);
        for (var scan = 1; scan < MaxScans && Find(output) is { } more; scan++)
        {
            more.RemoveAll(hit => Flags(hit.Kind));
            if (more.Count == 0)
            {
                break;
            }

            hits = Markers.Merge(hits, redactions, output, more);
            (output, redactions) = Markers.Apply(text, hits, Flags);
        }

        return new RedactedText(output, redactions);
    }

    /// <summary>Finds secrets that texts of one call hold only together.</summary>
    internal List<Hit>?[] FindSplit(IReadOnlyList<string?> texts) => SplitSecrets.Find(texts, _formats);

    /// <summary>Tells whether an item that holds something of a kind is refused.</summary>
    internal bool Refuses(string kind) => PolicyOf(kind) == RedactionPolicy.Refuse;

    /// <summary>Tells whether something of a kind stays where it is and is only noted.</summary>
    internal bool Flags(string kind) => PolicyOf(kind) == RedactionPolicy.Flag;

    private RedactionPolicy PolicyOf(string kind) => _personalData is { } personal && PersonalData.IsKind(kind) ? personal : _policy;

    private List<Hit>? Find(string text)
    {
        var hits = SecretScan.FindAll(text, _formats, out var encoded);
        hits = Decoded.AddTo(text, _formats, encoded, hits, Decoded.MaxDepth);
        return _personalData is not null && PersonalData.Find(text) is { Count: > 0 } personal ? AddTo(text, hits, personal) : hits;
    }

    private static List<Hit>? AddTo(ReadOnlySpan<char> text, List<Hit>? hits, List<Hit> more)
    {
        List<Hit>? around = null;
        more.Sort((left, right) => left.Start.CompareTo(right.Start));
        foreach (var hit in more)
        {
            Markers.AddAround(text, hit, ref around);
        }

        return around is null ? hits : Decoded.Together(hits ?? [], around);
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
