using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Keepsake.Protection.Redaction;

/// <summary>What 64 characters in a row are to a walk over a text: one bit each, the first character's the lowest.</summary>
/// <remarks>Most of a text holds nothing to look at, so a walk asks for the bits that are set and not for the characters.</remarks>
internal readonly struct CharBlock
{
    /// <summary>How many characters a block has.</summary>
    public const int Length = 64;

    /// <summary>A run of letters, digits and joiners counts when it is at least this long.</summary>
    public const int MinRun = 15;

    private const int Lane = 16;

    // Which of the eight rows of ASCII a character's upper half names; what is not ASCII names none.
    private static readonly Vector128<byte> Rows = Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, (byte)0);

    private static readonly Vector128<byte> WordTable = Table(CharSet.Word);
    private static readonly Vector128<byte> RunTable = Table(CharSet.Run);
    private static readonly Vector128<byte> SymbolTable = Table(CharSet.Of(SecretScan.Symbols));
    private static readonly Vector128<byte> EscapeTable = Table(CharSet.Of(SourceView.Escapes));

    private CharBlock(ulong words, ulong runs, ulong symbols) => (Words, Runs, Symbols) = (words, runs, symbols);

    /// <summary>Letters and digits.</summary>
    public ulong Words { get; }

    /// <summary>Letters, digits and what joins them in a token: <see cref="CharSet.Run"/>.</summary>
    public ulong Runs { get; }

    /// <summary>The characters that may announce a secret: <see cref="SecretScan.Symbols"/>.</summary>
    public ulong Symbols { get; }

    /// <summary>Reads the block that begins at a place. After the text's end there is nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharBlock Of(ReadOnlySpan<char> text, int from) =>
        text.Length - from >= Length ? Of(ref MemoryMarshal.GetReference(text[from..])) : OfTail(text, from);

    /// <summary>The characters that may stand for others, such as the beginning of an escape, and all that are not ASCII.</summary>
    public static ulong Escapes(ReadOnlySpan<char> text, int from) =>
        text.Length - from >= Length ? Escapes(ref MemoryMarshal.GetReference(text[from..])) : EscapesOfTail(text, from);

    /// <summary>Where words begin.</summary>
    /// <param name="before">The block before this one.</param>
    public ulong BeginsOfWords(CharBlock before) => Words & ~((Words << 1) | (before.Words >> (Length - 1)));

    /// <summary>The first characters after runs of at least <see cref="MinRun"/>.</summary>
    /// <param name="before">The block before this one.</param>
    public ulong EndsOfRuns(CharBlock before)
    {
        // Each step says of twice as many characters in a row that all are of a run: of 2, 4, 8 and 15.
        var (here, there) = (Runs, before.Runs);
        foreach (var step in (ReadOnlySpan<int>)[1, 2, 4, MinRun - 8])
        {
            here &= (here << step) | (there >> (Length - step));
            there &= there << step;
        }

        return ~Runs & ((here << 1) | (there >> (Length - 1)));
    }

    private static CharBlock Of(ref char first)
    {
        ulong words = 0, runs = 0, symbols = 0;
        for (var at = 0; at < Length; at += Lane)
        {
            var bytes = Load(ref first, at);
            var low = bytes & Vector128.Create((byte)15);
            var row = Vector128.Shuffle(Rows, bytes >>> 4);
            words |= Members(WordTable, low, row) << at;
            runs |= Members(RunTable, low, row) << at;
            symbols |= Members(SymbolTable, low, row) << at;
        }

        return new CharBlock(words, runs, symbols);
    }

    private static ulong Escapes(ref char first)
    {
        var escapes = 0UL;
        for (var at = 0; at < Length; at += Lane)
        {
            var bytes = Load(ref first, at);
            var row = Vector128.Shuffle(Rows, bytes >>> 4);
            escapes |= (Members(EscapeTable, bytes & Vector128.Create((byte)15), row) | bytes.ExtractMostSignificantBits()) << at;
        }

        return escapes;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static CharBlock OfTail(ReadOnlySpan<char> text, int from)
    {
        Span<char> padded = stackalloc char[Length];
        text[from..].CopyTo(padded);
        return Of(ref MemoryMarshal.GetReference(padded));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong EscapesOfTail(ReadOnlySpan<char> text, int from)
    {
        Span<char> padded = stackalloc char[Length];
        text[from..].CopyTo(padded);
        return Escapes(ref MemoryMarshal.GetReference(padded));
    }

    // Sixteen characters in a byte each; those that do not fit are 255, which is no ASCII either.
    private static Vector128<byte> Load(ref char first, int at)
    {
        ref var source = ref Unsafe.As<char, ushort>(ref first);
        return Vector128.NarrowWithSaturation(Vector128.LoadUnsafe(ref source, (nuint)at), Vector128.LoadUnsafe(ref source, (nuint)at + (Lane / 2)));
    }

    private static ulong Members(Vector128<byte> table, Vector128<byte> low, Vector128<byte> row) =>
        ~Vector128.Equals(Vector128.Shuffle(table, low) & row, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF;

    // For each lower half of a character the rows of ASCII in which it is a member.
    private static Vector128<byte> Table(CharSet set)
    {
        Span<byte> table = stackalloc byte[Lane];
        for (var value = '\0'; value < 128; value++)
        {
            table[value & 15] |= (byte)(set.Contains(value) ? 1 << (value >> 4) : 0);
        }

        return Vector128.Create<byte>(table);
    }
}
