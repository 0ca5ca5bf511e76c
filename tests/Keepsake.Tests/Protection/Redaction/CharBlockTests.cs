using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>The bits of a block against the plain reading of each character.</summary>
public sealed class CharBlockTests
{
    private const string Alphabet = "aZ09_-+/ \n[\\%~$:=>,.\"'&\0\u007Fé記\uD83D\u8141\uFFFF";

    [Fact]
    public void Each_bit_says_what_its_character_is()
    {
        foreach (var text in Texts())
        {
            for (var from = 0; from <= text.Length; from += CharBlock.Length)
            {
                var block = CharBlock.Of(text, from);
                var escapes = CharBlock.Escapes(text, from);
                for (var i = 0; i < CharBlock.Length; i++)
                {
                    var value = from + i < text.Length ? text[from + i] : '\0';
                    Assert.Equal(char.IsAsciiLetterOrDigit(value), Bit(block.Words, i));
                    Assert.Equal(char.IsAsciiLetterOrDigit(value) || IsJoiner(value), Bit(block.Runs, i));
                    Assert.Equal(SecretScan.Symbols.Contains(value, StringComparison.Ordinal), Bit(block.Symbols, i));
                    Assert.Equal(value > 127 || SourceView.Escapes.Contains(value, StringComparison.Ordinal), Bit(escapes, i));
                }
            }
        }
    }

    [Fact]
    public void Words_begin_and_long_runs_end_across_blocks_too()
    {
        foreach (var text in Texts())
        {
            var before = default(CharBlock);
            for (var from = 0; from <= text.Length; from += CharBlock.Length)
            {
                var block = CharBlock.Of(text, from);
                for (var i = 0; i < CharBlock.Length && from + i <= text.Length; i++)
                {
                    var at = from + i;
                    var begins = at < text.Length && IsWord(text[at]) && (at == 0 || !IsWord(text[at - 1]));
                    var run = at - 1;
                    while (run >= 0 && IsRun(text[run]))
                    {
                        run--;
                    }

                    Assert.Equal(begins, Bit(block.BeginsOfWords(before), i));
                    Assert.Equal(at - 1 - run >= CharBlock.MinRun && (at == text.Length || !IsRun(text[at])), Bit(block.EndsOfRuns(before), i));
                }

                before = block;
            }
        }
    }

    private static bool IsWord(char value) => char.IsAsciiLetterOrDigit(value);

    private static bool IsRun(char value) => IsWord(value) || IsJoiner(value);

    private static bool IsJoiner(char value) => value is '_' or '-' or '+' or '/';

    private static bool Bit(ulong bits, int at) => ((bits >> at) & 1) != 0;

    // Runs of one character, so that long ones and their ends fall on every place of a block; every character of the first plane once.
    private static IEnumerable<string> Texts()
    {
        var random = new Random(11);
        for (var length = 0; length < 200; length += random.Next(1, 4))
        {
            var text = "";
            while (text.Length < length)
            {
                text += new string(Alphabet[random.Next(Alphabet.Length)], random.Next(1, random.Next(1, 40)));
            }

            yield return text[..length];
        }

        yield return string.Concat(Enumerable.Range(0, 65_536).Select(code => (char)code));
    }
}
