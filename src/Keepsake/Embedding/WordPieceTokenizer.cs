namespace Keepsake.Embedding;

/// <summary>Cuts text into the tokens of a BERT vocabulary.</summary>
/// <remarks>
/// Adds no markers, and reads one that is written in a text as plain text. Takes time in proportion to the text, whatever is in
/// it, and allocates nothing. Immutable, so safe for concurrent use.
/// </remarks>
internal sealed class WordPieceTokenizer
{
    /// <summary>Longest word that is cut into pieces, in characters after normalization; a longer one is unknown as a whole.</summary>
    public const int MaxWordLength = 100;

    private readonly int[] _asciiSingles = new int[128];

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="vocabulary">The entries.</param>
    /// <param name="isCased">Whether upper and lower case are different, and accents kept.</param>
    /// <exception cref="InvalidDataException">The vocabulary has no <c>[UNK]</c>.</exception>
    public WordPieceTokenizer(WordPieceVocabulary vocabulary, bool isCased = false)
    {
        Vocabulary = vocabulary;
        Characters = isCased ? WordPieceCharacters.Cased : WordPieceCharacters.Uncased;
        UnknownId = vocabulary.Find("[UNK]"u8);
        if (UnknownId < 0)
        {
            throw new InvalidDataException("The vocabulary has no [UNK] entry.");
        }

        for (var c = 0; c < _asciiSingles.Length; c++)
        {
            var id = vocabulary.Find([(byte)c]);
            _asciiSingles[c] = id < 0 ? UnknownId : id;
        }
    }

    /// <summary>The entries.</summary>
    public WordPieceVocabulary Vocabulary { get; }

    /// <summary>What becomes of each character.</summary>
    public WordPieceCharacters Characters { get; }

    /// <summary>The id of a word that the vocabulary cannot spell.</summary>
    public int UnknownId { get; }

    /// <summary>Starts to read a text.</summary>
    public WordPieceReader Read(ReadOnlySpan<char> text) => new(this, text);

    /// <summary>Cuts a whole text.</summary>
    /// <returns>All ids in order, unknown words included.</returns>
    public List<int> Encode(ReadOnlySpan<char> text)
    {
        List<int> ids = [];
        Span<int> buffer = stackalloc int[WordPieceReader.MinBufferLength * 2];
        var reader = Read(text);
        while (reader.Read(buffer) is var count and > 0)
        {
            ids.AddRange(buffer[..count]);
        }

        return ids;
    }

    /// <summary>The id of a punctuation mark that is a word of its own.</summary>
    internal int AsciiSingle(int character) => _asciiSingles[character];
}
