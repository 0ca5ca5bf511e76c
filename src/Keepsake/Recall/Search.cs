using System.Buffers;
using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>One search under way: the question as read, the partitions searched as if they were one, and scratch memory.</summary>
/// <remarks>
/// Documents, passages and sessions of all partitions are numbered through: a partition's first number is in
/// <see cref="FirstDocument"/> and its companions. Statistics are taken over exactly what is searched, so a term that is
/// rare in one namespace weighs there what it would if that namespace were alone.
/// </remarks>
internal sealed class Search : IDisposable
{
    private readonly List<float[]> _rented = [];
    private readonly HashSet<int> _excluded = [];
    private float[]? _similarities;

    /// <summary>Reads the question and lays out the partitions.</summary>
    public Search(RecallQuery query, Partition[] partitions, TermDictionary terms, ReadOnlySpan<string> speakers)
    {
        Query = query;
        Partitions = partitions;
        FirstDocument = new int[partitions.Length];
        FirstPassage = new int[partitions.Length];
        FirstSession = new int[partitions.Length];
        for (var p = 0; p < partitions.Length; p++)
        {
            (FirstDocument[p], FirstPassage[p], FirstSession[p]) = (Documents, Passages, Sessions);
            Documents += partitions[p].Rows.Length;
            Passages += partitions[p].PassageDocuments.Length;
            Sessions += partitions[p].Sessions.Rows.Length;
        }

        ReadRows();
        Question = QuestionReader.Read(query.Text, SpeakersIn(partitions, speakers), query.Now);
        Terms = QuestionTerms.Read(Question, terms, out var unknown);
        UnknownTerms = unknown;
        UnknownNames = ShareOfUnknown(terms);
    }

    /// <summary>The speakers by number, those without an entry in some partitions as empty names.</summary>
    public static string[] SpeakersIn(Partition[] partitions, ReadOnlySpan<string> speakers)
    {
        var present = new string[speakers.Length];
        Array.Fill(present, "");
        foreach (var partition in partitions)
        {
            foreach (ref readonly var row in partition.Rows)
            {
                if (row.IsLive && row.Speaker != DocumentRow.None)
                {
                    present[row.Speaker] = speakers[row.Speaker];
                }
            }
        }

        return present;
    }

    /// <summary>The query.</summary>
    public RecallQuery Query { get; }

    /// <summary>The numbers of the question's terms that the index holds.</summary>
    public int[] Terms { get; }

    /// <summary>How many further terms of the question are nowhere in the index.</summary>
    public int UnknownTerms { get; }

    /// <summary>The share of the question's names, but for those of speakers, that are nowhere in what is searched.</summary>
    public float UnknownNames { get; }

    /// <summary>Whether the question has any term at all, known or not: "what is it?" has none.</summary>
    public bool HasTerms => Terms.Length + UnknownTerms > 0;

    /// <summary>Who and when the question is about.</summary>
    public Question Question { get; }

    /// <summary>The partitions searched.</summary>
    public Partition[] Partitions { get; }

    /// <summary>The number of each partition's first document.</summary>
    public int[] FirstDocument { get; }

    /// <summary>The number of each partition's first passage.</summary>
    public int[] FirstPassage { get; }

    /// <summary>The number of each partition's first session.</summary>
    public int[] FirstSession { get; }

    /// <summary>How many document numbers there are.</summary>
    public int Documents { get; }

    /// <summary>How many passage numbers there are.</summary>
    public int Passages { get; }

    /// <summary>How many session numbers there are.</summary>
    public int Sessions { get; }

    /// <summary>How many of the documents are removed.</summary>
    public int Removed { get; private set; }

    /// <summary>Each document's cosine with the question, measured at the first call. Empty: the question has no vector, or no document has.</summary>
    public ReadOnlySpan<float> MeasureSimilarities()
    {
        if (_similarities is null && Query.Vector is { } question && Partitions.Any(p => p.LiveVectors > 0))
        {
            _similarities = Rent(Documents);
            for (var p = 0; p < Partitions.Length; p++)
            {
                Partitions[p].Vectors.Score(question, _similarities.AsSpan(FirstDocument[p]));
            }

        }

        return _similarities is null ? [] : _similarities.AsSpan(0, Documents);
    }

    /// <summary>Whether a document is neither removed nor expired, and the caller accepts it.</summary>
    public bool CanReturn(Partition partition, int document)
    {
        ref readonly var row = ref partition.Rows[document];
        return row.IsLive && row.ExpiresAt > Query.Now.UtcTicks
            && (Query.Accept is null || Query.Accept(partition.Identity(document).Id));
    }

    /// <summary>The id of a document by its number in this search.</summary>
    public string IdOf(int document)
    {
        var p = Array.BinarySearch(FirstDocument, document);
        if (p < 0)
        {
            p = ~p - 1;
        }

        // Empty partitions share their first number with the next one, which holds the document.
        while (p + 1 < Partitions.Length && FirstDocument[p + 1] <= document)
        {
            p++;
        }

        return Partitions[p].Identity(document - FirstDocument[p]).Id;
    }

    /// <summary>Zeroed numbers, given back when the search ends. The array may be longer than asked.</summary>
    public float[] Rent(int length)
    {
        var array = ArrayPool<float>.Shared.Rent(length);
        array.AsSpan(0, length).Clear();
        _rented.Add(array);
        return array;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rented.ForEach(array => ArrayPool<float>.Shared.Return(array));
        _rented.Clear();
    }

    /// <summary>Whether a document is removed or has expired.</summary>
    public bool IsExcluded(int document) => _excluded.Contains(document);

    private float ShareOfUnknown(TermDictionary terms)
    {
        var (names, unknown) = (Question.NamesSpeaker ? 1 : 0, 0);
        foreach (var name in Question.Names)
        {
            var known = QuestionTerms.Read(new() { Subject = name }, terms, out var missing);
            if (known.Length + missing > 0)
            {
                names++;
                unknown += Array.Exists(known, term => Partitions.Any(p => p.Postings(term).Length > 0)) ? 0 : 1;
            }
        }

        return names == 0 ? 0 : (float)unknown / names;
    }

    private void ReadRows()
    {
        var now = Query.Now.UtcTicks;
        for (var p = 0; p < Partitions.Length; p++)
        {
            var rows = Partitions[p].Rows;
            Removed += rows.Length - Partitions[p].LiveDocuments;
            for (var i = 0; i < rows.Length; i++)
            {
                if (!rows[i].IsLive || rows[i].ExpiresAt <= now)
                {
                    _excluded.Add(FirstDocument[p] + i);
                }
            }
        }
    }
}
