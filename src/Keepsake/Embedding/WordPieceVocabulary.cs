using System.Numerics;
using System.Text.Unicode;

namespace Keepsake.Embedding;

/// <summary>The entries of a WordPiece vocabulary, found by their UTF-8 text.</summary>
/// <remarks>
/// The file's own bytes hold the texts; an open-addressing table of one 64-bit slot an entry (a 31-bit tag, which kind it is, its
/// id) finds them. Hashes roll from left to right, so that one pass over a word gives the hashes of all its beginnings. Immutable.
/// </remarks>
internal sealed class WordPieceVocabulary
{
    /// <summary>Largest vocabulary file accepted, in bytes.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>Most entries accepted.</summary>
    public const int MaxEntries = 2_000_000;

    /// <summary>What the rolling hash of a word's beginning starts with.</summary>
    public const ulong WordSeed = 0x9E37_79B9_7F4A_7C15;

    /// <summary>What the rolling hash of a continuation (an entry written with <c>##</c>) starts with.</summary>
    public const ulong PieceSeed = 0xC2B2_AE3D_27D4_EB4F;

    private const ulong Multiplier = 0xD6E8_FEB8_6659_FD93;

    private readonly byte[] _text;
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly ulong[] _slots;
    private readonly int _shift;

    private WordPieceVocabulary(byte[] text, int[] starts, int[] ends)
    {
        (_text, _starts, _ends) = (text, starts, ends);
        var bits = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(starts.Length, 8))) + 1;
        _slots = new ulong[1 << bits];
        _shift = 64 - bits;
        for (var id = 0; id < starts.Length; id++)
        {
            Add(id);
        }
    }

    /// <summary>How many ids there are: the lines of the file.</summary>
    public int Count => _starts.Length;

    /// <summary>Length of the longest entry that begins a word, in bytes.</summary>
    public int LongestWord { get; private set; }

    /// <summary>Length of the longest continuation without its <c>##</c>, in bytes.</summary>
    public int LongestPiece { get; private set; }

    /// <summary>Reads a vocabulary: UTF-8, one entry a line, the first line has id 0.</summary>
    /// <param name="text">The file's bytes, kept.</param>
    /// <exception cref="InvalidDataException">It is too large, empty or not UTF-8.</exception>
    public static WordPieceVocabulary Parse(byte[] text)
    {
        if (text.Length > MaxBytes)
        {
            throw new InvalidDataException($"The vocabulary has {text.Length} bytes; the most is {MaxBytes}.");
        }

        if (!Utf8.IsValid(text))
        {
            throw new InvalidDataException("The vocabulary is not UTF-8 text.");
        }

        var lines = text.AsSpan().Count((byte)'\n') + (text is [.., not (byte)'\n'] ? 1 : 0);
        if (lines is 0 or > MaxEntries)
        {
            throw new InvalidDataException($"The vocabulary has {lines} entries; it needs 1 to {MaxEntries}.");
        }

        int[] starts = new int[lines], ends = new int[lines];
        for (int line = 0, start = 0; line < lines; line++)
        {
            var length = text.AsSpan(start).IndexOf((byte)'\n');
            var next = length < 0 ? text.Length + 1 : start + length + 1;
            starts[line] = start;
            ends[line] = next - 1 > start && text[next - 2] == '\r' ? next - 2 : next - 1;
            start = next;
        }

        return new(text, starts, ends);
    }

    /// <summary>Takes one more byte into a rolling hash.</summary>
    public static ulong Roll(ulong hash, byte next) => (hash ^ next) * Multiplier;

    /// <summary>Finds an entry.</summary>
    /// <param name="text">Its text, without <c>##</c>.</param>
    /// <param name="hash">The rolling hash of that text, from <see cref="WordSeed"/> or <see cref="PieceSeed"/>.</param>
    /// <param name="piece">Whether a continuation is wanted.</param>
    /// <returns>The id, or -1 when there is no such entry.</returns>
    public int Find(ReadOnlySpan<byte> text, ulong hash, bool piece)
    {
        var mixed = Mix(hash);
        var tag = TagOf(mixed, piece);
        var mask = _slots.Length - 1;
        for (var i = (int)(mixed >> _shift); ; i = (i + 1) & mask)
        {
            var slot = _slots[i];
            if (slot == 0)
            {
                return -1;
            }

            if ((uint)(slot >> 32) == tag && TextOf((int)(uint)slot - 1, piece).SequenceEqual(text))
            {
                return (int)(uint)slot - 1;
            }
        }
    }

    /// <summary>Finds the entry that begins a word with exactly this text; -1 when there is none.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        var hash = WordSeed;
        foreach (var value in text)
        {
            hash = Roll(hash, value);
        }

        return Find(text, hash, piece: false);
    }

    private void Add(int id)
    {
        var line = TextOf(id, piece: false);
        if (line.IsEmpty)
        {
            return;
        }

        // "##" alone continues nothing; it stays a word, which no text can make because '#' stands alone.
        var piece = line.Length > 2 && line.StartsWith("##"u8);
        var text = piece ? line[2..] : line;
        var hash = piece ? PieceSeed : WordSeed;
        foreach (var value in text)
        {
            hash = Roll(hash, value);
        }

        (LongestWord, LongestPiece) = piece
            ? (LongestWord, Math.Max(LongestPiece, text.Length))
            : (Math.Max(LongestWord, text.Length), LongestPiece);

        var mixed = Mix(hash);
        var tag = TagOf(mixed, piece);
        var i = (int)(mixed >> _shift);

        // Of two equal lines the later has the last word, as in the tokenizers that such files are made with.
        while (_slots[i] != 0 && !((uint)(_slots[i] >> 32) == tag && TextOf((int)(uint)_slots[i] - 1, piece).SequenceEqual(text)))
        {
            i = (i + 1) & (_slots.Length - 1);
        }

        _slots[i] = ((ulong)tag << 32) | (uint)(id + 1);
    }

    private ReadOnlySpan<byte> TextOf(int id, bool piece)
    {
        var start = _starts[id] + (piece ? 2 : 0);
        return _text.AsSpan(start, _ends[id] - start);
    }

    // The rolling hash is weak in its low bits; the slot and the tag come from different, well mixed ones.
    private static ulong Mix(ulong hash) => (hash ^ (hash >> 32)) * Multiplier;

    private static uint TagOf(ulong mixed, bool piece) => ((uint)(mixed >> 8) & ~1u) | (piece ? 1u : 0u);
}
