using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Keepsake.Embedding;

/// <summary>The entries of a WordPiece vocabulary, found by their UTF-8 text.</summary>
/// <remarks>
/// The file's own bytes hold the texts; an open-addressing table with a tag of 31 bits and the kind of each entry finds them. Hashes roll from left to right, so that one pass over a word gives the hashes of all its beginnings. Immutable.
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
    private readonly Slot[] _slots;
    private readonly int _shift;

    private WordPieceVocabulary(byte[] text, int count)
    {
        // Two to four slots an entry: most searches look at one.
        var bits = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, 8))) + 1;
        (_text, Count, _slots, _shift) = (text, count, new Slot[1 << bits], 64 - bits);
        Fill();
    }

    /// <summary>How many ids there are: the lines of the file.</summary>
    public int Count { get; }

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

        return new(text, lines);
    }

    /// <summary>Takes one more byte into a rolling hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Roll(ulong hash, byte next) => (hash ^ next) * Multiplier;

    /// <summary>Finds an entry.</summary>
    /// <param name="text">Its text, without <c>##</c>.</param>
    /// <param name="hash">The rolling hash of that text, from <see cref="WordSeed"/> or <see cref="PieceSeed"/>.</param>
    /// <param name="piece">Whether a continuation is wanted.</param>
    /// <returns>The id, or -1 when there is no such entry.</returns>
    public int Find(ReadOnlySpan<byte> text, ulong hash, bool piece)
    {
        ref var slot = ref SlotOf(text, hash, piece);
        return slot.Length == 0 ? -1 : slot.Id;
    }

    /// <summary>Finds the entry that begins a word with exactly this text; -1 when there is none.</summary>
    public int Find(ReadOnlySpan<byte> text) => Find(text, Hash(text, WordSeed), piece: false);

    // Compiled at its best at once: at a start-up it runs once, for tens of thousands of lines.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill()
    {
        for (int id = 0, start = 0; id < Count; id++)
        {
            var length = _text.AsSpan(start).IndexOf((byte)'\n');
            var end = length < 0 ? _text.Length : start + length;
            var line = _text.AsSpan(start, end - start);
            if (line is [.., (byte)'\r'])
            {
                line = line[..^1];
            }

            // "##" alone continues nothing; it stays a word, which no text can make because '#' stands alone.
            var piece = line is [(byte)'#', (byte)'#', _, ..];
            var text = piece ? line[2..] : line;
            if (!text.IsEmpty)
            {
                (LongestWord, LongestPiece) = piece
                    ? (LongestWord, Math.Max(LongestPiece, text.Length))
                    : (Math.Max(LongestWord, text.Length), LongestPiece);

                // Of two equal lines the later has the last word, as in the tokenizers that such files are made with.
                var hash = Hash(text, piece ? PieceSeed : WordSeed);
                ref var slot = ref SlotOf(text, hash, piece);
                slot = new(TagOf(Mix(hash), piece), id, start + (piece ? 2 : 0), text.Length);
            }

            start = end + 1;
        }
    }

    /// <summary>The slot that holds an entry, or the empty one where it would be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot SlotOf(ReadOnlySpan<byte> text, ulong hash, bool piece)
    {
        var mixed = Mix(hash);
        var tag = TagOf(mixed, piece);
        var slots = _slots;
        var i = (int)(mixed >> _shift);
        while (true)
        {
            ref var slot = ref slots[i & (slots.Length - 1)];
            if (slot.Length == 0 || (slot.Tag == tag && _text.AsSpan(slot.Start, slot.Length).SequenceEqual(text)))
            {
                return ref slot;
            }

            i++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hash(ReadOnlySpan<byte> text, ulong seed)
    {
        foreach (var value in text)
        {
            seed = Roll(seed, value);
        }

        return seed;
    }

    // The rolling hash is weak in its low bits; the slot and the tag come from different, well mixed ones.
    private static ulong Mix(ulong hash) => (hash ^ (hash >> 32)) * Multiplier;

    private static uint TagOf(ulong mixed, bool piece) => ((uint)(mixed >> 8) & ~1u) | (piece ? 1u : 0u);

    /// <summary>One entry, or nothing while <see cref="Length"/> is 0. It says where its text is, so that a search reads two places only.</summary>
    private readonly record struct Slot(uint Tag, int Id, int Start, int Length);
}
