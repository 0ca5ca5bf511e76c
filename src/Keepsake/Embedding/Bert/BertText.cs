namespace Keepsake.Embedding.Bert;

/// <summary>Cuts texts into what the encoder reads at once: markers, the prompt, and as many tokens as fit.</summary>
/// <remarks>
/// A longer text becomes several windows of nearly equal length that overlap, so that what stands at the end of one is read with
/// what follows. Its vector is the mean of theirs, each weighted by its tokens: no part of a text counts for more than its length.
/// </remarks>
internal sealed class BertText
{
    /// <summary>Most windows of a text; what is beyond them is left out.</summary>
    public const int MaxWindows = 64;

    /// <summary>How many tokens of a window its neighbour begins with, as a part of the window.</summary>
    private const int OverlapPart = 8;

    private readonly WordPieceTokenizer _tokenizer;
    private readonly int _begin;
    private readonly int _end;
    private readonly int _maxLength;
    private readonly int[] _query;
    private readonly int[] _document;

    /// <exception cref="InvalidDataException">The vocabulary has no markers, or a prompt leaves no room for a text.</exception>
    public BertText(WordPieceTokenizer tokenizer, BertConfig config)
    {
        _tokenizer = tokenizer;
        _begin = Marker(tokenizer, "[CLS]"u8);
        _end = Marker(tokenizer, "[SEP]"u8);
        _maxLength = config.MaxLength;
        _query = [.. tokenizer.Encode(config.QueryPrompt)];
        _document = [.. tokenizer.Encode(config.DocumentPrompt)];
        if (Math.Max(_query.Length, _document.Length) > (_maxLength - 2) / 2)
        {
            throw new InvalidDataException(
                $"A prompt of {BertFolder.PromptsFile} takes more than half of the {_maxLength} tokens that the model reads at once.");
        }
    }

    /// <summary>Cuts a text.</summary>
    /// <returns>The tokens of each window. Empty: there is no token in the text.</returns>
    public List<int[]> Cut(string text, EmbeddingRole role)
    {
        var prompt = role == EmbeddingRole.Query ? _query : _document;
        var room = _maxLength - 2 - prompt.Length;
        var overlap = room / OverlapPart;
        var tokens = Read(text, overlap + (MaxWindows * (room - overlap)));
        if (tokens.Length == 0)
        {
            return [];
        }

        var windows = tokens.Length <= room ? 1 : ((tokens.Length - overlap - 1) / (room - overlap)) + 1;
        List<int[]> cut = new(windows);
        for (var i = 0; i < windows; i++)
        {
            // Spread evenly: a last window of a few tokens would say little and count as a whole sentence.
            var length = Math.Min(room, tokens.Length);
            var start = windows == 1 ? 0 : (int)((long)(tokens.Length - length) * i / (windows - 1));
            cut.Add([_begin, .. prompt, .. tokens[start..(start + length)], _end]);
        }

        return cut;
    }

    private ReadOnlySpan<int> Read(string text, int most)
    {
        List<int> ids = [];
        Span<int> buffer = stackalloc int[WordPieceReader.MinBufferLength * 2];
        var reader = _tokenizer.Read(text);
        while (ids.Count < most && reader.Read(buffer) is var count and > 0)
        {
            ids.AddRange(buffer[..count]);
        }

        return ids.ToArray().AsSpan(0, Math.Min(ids.Count, most));
    }

    private static int Marker(WordPieceTokenizer tokenizer, ReadOnlySpan<byte> text) => tokenizer.Vocabulary.Find(text) is >= 0 and var id
        ? id
        : throw new InvalidDataException("The vocabulary has no [CLS] or no [SEP] entry.");
}
