namespace Keepsake.Recall.Index;

/// <summary>A part of the index that never changes: some documents with their words, vectors and links.</summary>
/// <remarks>
/// Documents are in the order of namespace (ordinal), session and appending, so that a namespace is one run of documents, passages, postings and
/// vectors, and a session one within it. What was removed since is known to the <see cref="SegmentView"/>.
/// </remarks>
internal sealed class Segment
{
    /// <summary>The namespaces, in ordinal order.</summary>
    public required NamespaceRun[] Runs { get; init; }

    /// <summary>The documents.</summary>
    public required DocumentRow[] Rows { get; init; }

    /// <summary>Their ids.</summary>
    public required IdTable Ids { get; init; }

    /// <summary>The speakers by number.</summary>
    public required string[] Speakers { get; init; }

    /// <summary>Each passage's document.</summary>
    public required int[] PassageDocuments { get; init; }

    /// <summary>Each passage's number of terms, up to 255.</summary>
    public required byte[] PassageLengths { get; init; }

    /// <summary>The metadata.</summary>
    public required MetadataTable Metadata { get; init; }

    /// <summary>The sessions.</summary>
    public required SessionDirectory Sessions { get; init; }

    /// <summary>The words.</summary>
    public required PostingTable Postings { get; init; }

    /// <summary>The vectors, one a passage.</summary>
    public required VectorTable Vectors { get; init; }

    /// <summary>How many documents there are, removed ones too.</summary>
    public int Count => Rows.Length;

    /// <summary>A document's first passage; after the last document, the number of passages.</summary>
    public int FirstPassage(int document) => document == Rows.Length ? PassageDocuments.Length : Rows[document].FirstPassage;

    /// <summary>The run that holds a document.</summary>
    public NamespaceRun RunOf(int document)
    {
        int low = 0, high = Runs.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >> 1;
            (low, high) = Runs[middle].FirstDocument <= document ? (middle, high) : (low, middle - 1);
        }

        return Runs[low];
    }

    /// <summary>The runs at a scope and under it, by segment of the path. The empty scope is everything.</summary>
    public IEnumerable<NamespaceRun> Under(string scope)
    {
        if (scope.Length == 0)
        {
            return Runs;
        }

        // What lies under "a/b" begins with "a/b/", and ordinally all that does lies before "a/b0": '0' is '/' + 1.
        var own = FirstAtOrAfter(scope);
        var under = Runs[FirstAtOrAfter(scope + '/')..FirstAtOrAfter(scope + '0')];
        return own < Runs.Length && Runs[own].Path == scope ? under.Prepend(Runs[own]) : under;
    }

    private int FirstAtOrAfter(string path)
    {
        int low = 0, high = Runs.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            (low, high) = string.CompareOrdinal(Runs[middle].Path, path) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
