using System.Runtime.InteropServices;
using Keepsake.Recall.Analysis;

namespace Keepsake.Recall.Index;

/// <summary>All entries of one namespace: rows, passages, postings, vectors, sessions.</summary>
/// <remarks>
/// Not safe for concurrent use; <see cref="RecallIndex"/> locks. A removed document leaves its row, postings and vectors
/// behind, marked, until they outnumber the living and <see cref="Compact"/> copies those. 0.8 to 1.2 KB a record of
/// 40 words, and 4 bytes a dimension for its vector.
/// </remarks>
internal sealed class Partition
{
    // Below this many removed documents a copy costs more than it frees.
    private const int MinRemovedToCompact = 64;

    private readonly TermDictionary _terms;
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);
    private readonly Column<DocumentIdentity> _identities = new();
    private readonly Column<DocumentRow> _rows = new();
    private readonly Column<int> _passageDocuments = new();
    private readonly Column<int> _passageLengths = new();
    private readonly SessionTable _sessions;
    private readonly List<int> _occurrences = [];
    private PostingTable _postings;

    /// <summary>Makes an empty partition.</summary>
    public Partition(TermDictionary terms)
    {
        _terms = terms;
        _postings = new(terms);
        _sessions = new(_rows);
    }

    /// <summary>How many documents are not removed.</summary>
    public int LiveDocuments => _byId.Count;

    /// <summary>How many passages they have.</summary>
    public int LivePassages { get; private set; }

    /// <summary>How many vectors they have.</summary>
    public int LiveVectors { get; private set; }

    /// <summary>The terms in them.</summary>
    public long LiveLength { get; private set; }

    /// <summary>Whether removed documents are still about.</summary>
    public bool HasRemoved => _rows.Count > _byId.Count;

    /// <summary>Whether it is time to <see cref="Compact"/>.</summary>
    public bool NeedsCompaction => _rows.Count - _byId.Count > Math.Max(MinRemovedToCompact, _byId.Count);

    /// <summary>The documents by number, removed ones too.</summary>
    public ReadOnlySpan<DocumentRow> Rows => _rows.Items;

    /// <summary>Each passage's document.</summary>
    public ReadOnlySpan<int> PassageDocuments => _passageDocuments.Items;

    /// <summary>Each passage's number of terms.</summary>
    public ReadOnlySpan<int> PassageLengths => _passageLengths.Items;

    /// <summary>The sessions.</summary>
    public SessionTable Sessions => _sessions;

    /// <summary>The vectors.</summary>
    public VectorTable Vectors { get; } = new();

    /// <summary>The passages that hold a term, those of removed documents too.</summary>
    public ReadOnlySpan<Posting> Postings(int term) => _postings.Find(term);

    /// <summary>A document's id and version.</summary>
    public DocumentIdentity Identity(int document) => _identities[document];

    /// <summary>The version held of an id, or <see langword="null"/>.</summary>
    public long? VersionOf(string id) => _byId.TryGetValue(id, out var document) ? _identities[document].Version : null;

    /// <summary>Adds an entry whose id is not here.</summary>
    public void Add(IndexEntry entry, int speaker)
    {
        var document = _rows.Count;
        _identities.Add(new(entry.Id, entry.Version, entry.Session));
        _rows.Add(new()
        {
            IsLive = true,
            Traits = Traits.Of(entry.Content),
            FirstPersonShare = Voice.FirstPersonShare(entry.Content),
            FirstPassage = _passageDocuments.Count,
            FirstVector = Vectors.Count,
            Speaker = speaker,
            Importance = (float)entry.Importance,
            OccurredAt = entry.OccurredAt,
            LastRecalledAt = entry.LastRecalledAt ?? default,
            Tier = entry.Tier,
            Order = entry.Order,
            ExpiresAt = entry.ExpiresAt?.UtcTicks ?? long.MaxValue,
        });
        AddPassages(entry, ref _rows[document], document);
        foreach (var vector in entry.Vectors)
        {
            _rows[document].VectorCount += Vectors.Add(vector) ? 1 : 0;
        }

        Vectors.Assign(document, _rows[document].FirstVector);

        _sessions.Add(document, entry.Session);
        _byId.Add(entry.Id, document);
        Count(_rows[document], sign: 1);
    }

    /// <summary>Removes an entry.</summary>
    /// <returns>Whether it was here.</returns>
    public bool Remove(string id)
    {
        if (!_byId.Remove(id, out var document))
        {
            return false;
        }

        _sessions.Remove(document, _identities[document].Session);
        _rows[document].IsLive = false;
        Count(_rows[document], sign: -1);
        return true;
    }

    /// <summary>A copy without what was removed. This one gives up its terms and is not used afterwards.</summary>
    public Partition Compact()
    {
        var copy = new Partition(_terms);
        var renumbered = new int[_passageDocuments.Count];
        Array.Fill(renumbered, -1);
        for (var document = 0; document < _rows.Count; document++)
        {
            if (_rows[document].IsLive)
            {
                copy.CopyFrom(this, document, renumbered);
            }
        }

        copy._postings = _postings.Compact(renumbered);
        return copy;
    }

    /// <summary>Gives up the terms; the partition is not used afterwards.</summary>
    public void ReleaseTerms() => _postings.ReleaseTerms();

    private void AddPassages(IndexEntry entry, ref DocumentRow row, int document)
    {
        var occurrences = _occurrences;
        foreach (var passage in Passages.Split(entry.Content))
        {
            occurrences.Clear();
            var sink = new NumberingSink(_terms, occurrences);
            TextAnalyzer.Analyze(entry.Speaker, ref sink);
            TextAnalyzer.Analyze(entry.Content.AsSpan(passage), ref sink);

            // The date is known of the entry, not said in it, so it does not make the passage longer.
            var length = occurrences.Count;
            DateTerms.Add(entry.OccurredAt, ref sink);
            _postings.Add(_passageDocuments.Count, CollectionsMarshal.AsSpan(occurrences));
            _passageDocuments.Add(document);
            _passageLengths.Add(length);
            row.PassageCount++;
            row.Length += length;
        }
    }

    private void CopyFrom(Partition other, int document, Span<int> renumbered)
    {
        var target = _rows.Count;
        var identity = other._identities[document];
        var row = other._rows[document];
        for (var i = 0; i < row.PassageCount; i++)
        {
            renumbered[row.FirstPassage + i] = _passageDocuments.Count + i;
        }

        for (var i = row.FirstPassage; i < row.FirstPassage + row.PassageCount; i++)
        {
            _passageDocuments.Add(target);
            _passageLengths.Add(other._passageLengths[i]);
        }

        var firstVector = Vectors.Count;
        for (var i = row.FirstVector; i < row.FirstVector + row.VectorCount; i++)
        {
            Vectors.AddRow(other.Vectors, i);
        }

        Vectors.Assign(target, firstVector);

        row.FirstPassage = _passageDocuments.Count - row.PassageCount;
        row.FirstVector = firstVector;
        _identities.Add(identity);
        _rows.Add(row);
        _sessions.Add(target, identity.Session);
        _byId.Add(identity.Id, target);
        Count(row, sign: 1);
    }

    private void Count(in DocumentRow row, int sign)
    {
        LivePassages += sign * row.PassageCount;
        LiveVectors += sign * row.VectorCount;
        LiveLength += sign * row.Length;
    }

    private readonly struct NumberingSink(TermDictionary terms, List<int> occurrences) : ITermSink
    {
        public void Add(scoped ReadOnlySpan<char> term) => occurrences.Add(terms.FindOrAdd(term));
    }
}
