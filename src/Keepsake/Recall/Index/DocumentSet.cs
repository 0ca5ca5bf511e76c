namespace Keepsake.Recall.Index;

/// <summary>Some documents of a segment: one after another, and as bits to ask for one of them.</summary>
internal sealed class DocumentSet
{
    // Bits come in pieces of 512 bytes, and none where no document is: a whole row of bits for a million documents would be a large object for each search.
    private const int PieceShift = 12;
    private const int WordMask = (1 << (PieceShift - 6)) - 1;

    private readonly ulong[]?[] _pieces;

    /// <summary>Makes a set.</summary>
    /// <param name="documents">The documents, rising.</param>
    /// <param name="count">How many the segment has.</param>
    public DocumentSet(ReadOnlyMemory<int> documents, int count)
    {
        Documents = documents;
        _pieces = new ulong[(count >> PieceShift) + 1][];
        foreach (var document in documents.Span)
        {
            (_pieces[document >> PieceShift] ??= new ulong[WordMask + 1])[(document >> 6) & WordMask] |= 1UL << document;
        }
    }

    /// <summary>The documents, rising.</summary>
    public ReadOnlyMemory<int> Documents { get; }

    /// <summary>Whether a document is one of them.</summary>
    public bool Contains(int document) =>
        _pieces[document >> PieceShift] is { } piece && (piece[(document >> 6) & WordMask] >> document & 1) != 0;

    /// <summary>Those in a stretch of the segment.</summary>
    /// <param name="first">The stretch's first document.</param>
    /// <param name="end">After its last.</param>
    public ReadOnlyMemory<int> Within(int first, int end) => Within(Documents, first, end);

    /// <summary>Those of some rising documents in a stretch of the segment.</summary>
    /// <inheritdoc cref="Within(int, int)"/>
    public static ReadOnlyMemory<int> Within(ReadOnlyMemory<int> documents, int first, int end)
    {
        var from = documents.Span.BinarySearch(first);
        var to = documents.Span.BinarySearch(end);
        return documents[(from < 0 ? ~from : from)..(to < 0 ? ~to : to)];
    }
}
