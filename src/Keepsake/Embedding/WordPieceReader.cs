using System.Text;

namespace Keepsake.Embedding;

/// <summary>Reads one text token by token, a buffer at a time.</summary>
internal ref struct WordPieceReader
{
    /// <summary>Shortest buffer that <see cref="Read"/> takes: one word's pieces and the mark that ends it.</summary>
    public const int MinBufferLength = WordPieceTokenizer.MaxWordLength + 1;

    private const int MaxWordBytes = WordPieceTokenizer.MaxWordLength * 4;
    private const int None = -1;

    private readonly WordPieceTokenizer _tokenizer;
    private readonly ReadOnlySpan<char> _text;
    private int _next;

    internal WordPieceReader(WordPieceTokenizer tokenizer, ReadOnlySpan<char> text)
    {
        _tokenizer = tokenizer;
        _text = text;
    }

    /// <summary>Reads the next tokens.</summary>
    /// <param name="ids">Where they go; at least <see cref="MinBufferLength"/> long. Words are not split between two calls.</param>
    /// <returns>How many were read. Zero: the text is at its end.</returns>
    public int Read(scoped Span<int> ids)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ids.Length, MinBufferLength);

        Word word = new(stackalloc byte[MaxWordBytes]);
        var count = 0;
        while (_next < _text.Length && ids.Length - count >= MinBufferLength)
        {
            word.Clear();
            var single = ReadWord(_tokenizer.Characters, _text, ref _next, ref word);
            if (word.Length > 0)
            {
                count += Cut(word, ids[count..]);
            }

            if (single != None)
            {
                ids[count++] = SingleId(single);
            }
        }

        return count;
    }

    /// <summary>Reads up to the end of a word, and the punctuation or ideograph that ended it, if one did.</summary>
    private static int ReadWord(WordPieceCharacters characters, ReadOnlySpan<char> text, ref int next, ref Word word)
    {
        var ascii = characters.Ascii;
        while (next < text.Length)
        {
            int c = text[next];
            if (c < ascii.Length)
            {
                next++;
                var value = ascii[c];
                if (value > (byte)CharacterRole.Letters)
                {
                    word.Add(value);
                }
                else if (value != (byte)CharacterRole.Dropped)
                {
                    return value == (byte)CharacterRole.Single ? c : None;
                }

                continue;
            }

            // A lone surrogate is read as U+FFFD, and dropped like it.
            _ = Rune.DecodeFromUtf16(text[next..], out var rune, out var length);
            next += length;
            switch (characters.Classify(rune.Value, out var result))
            {
                case CharacterRole.Space:
                    return None;
                case CharacterRole.Single:
                    return result;
                case CharacterRole.Letter:
                    word.Add(new Rune(result));
                    break;
                case CharacterRole.Letters:
                    foreach (var part in characters.Expand(rune.Value))
                    {
                        word.Add(new Rune(part));
                    }

                    break;
                default:
                    break;
            }
        }

        return None;
    }

    private readonly int SingleId(int codePoint)
    {
        if (codePoint < 128)
        {
            return _tokenizer.AsciiSingle(codePoint);
        }

        Span<byte> text = stackalloc byte[4];
        var id = _tokenizer.Vocabulary.Find(text[..new Rune(codePoint).EncodeToUtf8(text)]);
        return id < 0 ? _tokenizer.UnknownId : id;
    }

    private readonly int Cut(scoped in Word word, scoped Span<int> ids)
    {
        if (word.Length > WordPieceTokenizer.MaxWordLength)
        {
            ids[0] = _tokenizer.UnknownId;
            return 1;
        }

        var whole = _tokenizer.Vocabulary.Find(word.Text, word.Hash, piece: false);
        if (whole >= 0)
        {
            ids[0] = whole;
            return 1;
        }

        return CutIntoPieces(word.Text, ids);
    }

    /// <summary>The longest entry from the start, then the longest continuation at each further position.</summary>
    private readonly int CutIntoPieces(scoped ReadOnlySpan<byte> word, scoped Span<int> ids)
    {
        var vocabulary = _tokenizer.Vocabulary;
        Span<ulong> hashes = stackalloc ulong[MaxWordBytes];
        var count = 0;
        while (!word.IsEmpty)
        {
            var piece = count > 0;
            var hash = piece ? WordPieceVocabulary.PieceSeed : WordPieceVocabulary.WordSeed;
            var length = Math.Min(word.Length, piece ? vocabulary.LongestPiece : vocabulary.LongestWord);
            for (var i = 0; i < length; i++)
            {
                hashes[i] = hash = WordPieceVocabulary.Roll(hash, word[i]);
            }

            // Entries are whole characters, so an end inside of one finds nothing.
            var id = None;
            while (length > 0 && (id = vocabulary.Find(word[..length], hashes[length - 1], piece)) < 0)
            {
                length--;
            }

            if (id < 0)
            {
                ids[0] = _tokenizer.UnknownId;
                return 1;
            }

            ids[count++] = id;
            word = word[length..];
        }

        return count;
    }

    /// <summary>A word under way: its UTF-8 text, its rolling hash and its length in characters, which may pass the limit.</summary>
    private ref struct Word(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;
        private int _bytes;

        public int Length { get; private set; }

        public ulong Hash { get; private set; }

        public readonly ReadOnlySpan<byte> Text => _buffer[.._bytes];

        public void Clear() => (_bytes, Length, Hash) = (0, 0, WordPieceVocabulary.WordSeed);

        public void Add(byte ascii)
        {
            if (Length++ < WordPieceTokenizer.MaxWordLength)
            {
                Append(ascii);
            }
        }

        public void Add(Rune character)
        {
            if (Length++ < WordPieceTokenizer.MaxWordLength)
            {
                Span<byte> utf8 = stackalloc byte[4];
                foreach (var value in utf8[..character.EncodeToUtf8(utf8)])
                {
                    Append(value);
                }
            }
        }

        private void Append(byte value)
        {
            _buffer[_bytes++] = value;
            Hash = WordPieceVocabulary.Roll(Hash, value);
        }
    }
}
