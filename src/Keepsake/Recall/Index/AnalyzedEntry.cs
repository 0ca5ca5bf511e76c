using System.Runtime.InteropServices;
using Keepsake.Recall.Analysis;

namespace Keepsake.Recall.Index;

/// <summary>An entry as the index keeps it: terms counted by passage, no text.</summary>
internal sealed class AnalyzedEntry
{
    private AnalyzedEntry(IndexEntry entry, DocumentRow row)
    {
        (Entry, Row) = (entry, row);
        Metadata = entry.Metadata is { Count: > 0 } metadata ? [.. metadata.Select(pair => MetadataHash.Of(pair.Key, pair.Value)).Distinct()] : [];
        Metadata = row.Traits.HasFlag(Trait.Standing) ? [.. Metadata, MetadataHash.Standing] : Metadata;
        SessionKey = entry.Session is null ? 0 : SessionDirectory.Key(entry.Path, entry.Session);
    }

    /// <summary>Where it comes from.</summary>
    public IndexEntry Entry { get; }

    /// <summary>What is known of it beside words and vectors.</summary>
    public DocumentRow Row { get; }

    /// <summary>The session by <see cref="SessionDirectory.Key"/>; 0: it stands alone.</summary>
    public ulong SessionKey { get; }

    /// <summary>The distinct pairs of its metadata, by <see cref="MetadataHash"/>, and <see cref="MetadataHash.Standing"/> where it is that.</summary>
    public ulong[] Metadata { get; }

    /// <summary>Each passage's number of terms, up to 255.</summary>
    public required byte[] Lengths { get; init; }

    /// <summary>The distinct terms of all passages, passage by passage.</summary>
    public required ulong[] Terms { get; init; }

    /// <summary>How often each occurs in its passage.</summary>
    public required byte[] Frequencies { get; init; }

    /// <summary>Where each passage's terms end.</summary>
    public required int[] TermEnds { get; init; }

    /// <summary>Reads an entry. Needs nothing but the entry, so many may be read at a time.</summary>
    public static AnalyzedEntry Of(IndexEntry entry)
    {
        var passages = Passages.Split(entry.Content);
        List<ulong> occurrences = [];
        List<ulong> terms = [];
        List<byte> frequencies = [];
        var lengths = new byte[passages.Length];
        var ends = new int[passages.Length];
        var total = 0;
        for (var p = 0; p < passages.Length; p++)
        {
            occurrences.Clear();
            var sink = new HashingSink(occurrences);
            TextAnalyzer.Analyze(entry.Speaker, ref sink);
            TextAnalyzer.Analyze(entry.Content.AsSpan(passages[p]), ref sink);

            // The date is known of the entry, not said in it, so it does not make the passage longer.
            total += occurrences.Count;
            lengths[p] = (byte)Math.Min(byte.MaxValue, occurrences.Count);
            DateTerms.Add(entry.OccurredAt, ref sink);
            Count(CollectionsMarshal.AsSpan(occurrences), terms, frequencies);
            ends[p] = terms.Count;
        }

        return new(entry, RowOf(entry, total)) { Lengths = lengths, Terms = [.. terms], Frequencies = [.. frequencies], TermEnds = ends };
    }

    private static DocumentRow RowOf(IndexEntry entry, int length) => new()
    {
        Order = entry.Order,
        Version = entry.Version,
        IsEvent = entry.IsEvent,
        ExpiresAt = entry.ExpiresAt?.UtcTicks ?? long.MaxValue,
        OccurredAt = entry.OccurredAt.UtcTicks,
        OffsetMinutes = (short)entry.OccurredAt.TotalOffsetMinutes,
        Length = length,
        Traits = Analysis.Traits.Of(entry.Content) | (entry.IsSuspicious ? Trait.Suspicious : Trait.None),
        FirstPersonShare = Voice.FirstPersonShare(entry.Content),
        QuestionShare = Voice.QuestionShare(entry.Content),
        Importance = (float)entry.Importance,
        LastRecalledAt = entry.LastRecalledAt ?? default,
        Tier = entry.Tier,
        IsEmbedded = entry.IsEmbedded,
    };

    private static void Count(Span<ulong> occurrences, List<ulong> terms, List<byte> frequencies)
    {
        occurrences.Sort();
        for (var i = 0; i < occurrences.Length;)
        {
            var first = i;
            while (i < occurrences.Length && occurrences[i] == occurrences[first])
            {
                i++;
            }

            terms.Add(occurrences[first]);
            frequencies.Add((byte)Math.Min(byte.MaxValue, i - first));
        }
    }

    private readonly struct HashingSink(List<ulong> occurrences) : ITermSink
    {
        public void Add(scoped ReadOnlySpan<char> term) => occurrences.Add(TermHash.Of(term));
    }
}
