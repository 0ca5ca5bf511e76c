using System.Text;
using Keepsake.Embedding;

namespace Keepsake.Tests.Embedding;

public sealed class WordPieceTokenizerTests
{
    private static readonly string VocabularyFile = Path.Combine(BuiltInModel.Folder, "vocab.txt");
    private static readonly WordPieceTokenizer Tokenizer = new(WordPieceVocabulary.Parse(File.ReadAllBytes(VocabularyFile)));
    private static readonly SlowWordPiece Slow = new(VocabularyFile);

    [Fact]
    public void Ids_match_the_reference_file()
    {
        var texts = ReferenceTexts.Read();

        Assert.Equal(46, texts.Count);
        Assert.All(texts, t => Assert.Equal(t.Ids, Tokenizer.Encode(t.Text)));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Random_text_is_cut_as_the_slow_reference_cuts_it(int seed)
    {
        Random random = new(seed);
        for (var i = 0; i < 3_000; i++)
        {
            var text = RandomText.Any(random, random.Next(60));

            Assert.True(Slow.Encode(text).SequenceEqual(Tokenizer.Encode(text)), $"Seed {seed}, text {i}: {Escape(text)}");
        }
    }

    [Fact]
    public void Each_single_character_is_cut_as_the_slow_reference_cuts_it()
    {
        for (var c = 0; c <= 0x2FFFF; c++)
        {
            if (Rune.IsValid(c))
            {
                var text = $"a{new Rune(c)}b";
                Assert.True(Slow.Encode(text).SequenceEqual(Tokenizer.Encode(text)), $"U+{c:X4}");
            }
        }
    }

    [Fact]
    public void Decompositions_agree_with_the_runtime()
    {
        // A character of a Unicode newer than the table may decompose in the runtime only, so the table's own are compared.
        Assert.All(CanonicalDecompositions.Listed, pair =>
            Assert.Equal(
                new Rune(pair.Key).ToString().Normalize(NormalizationForm.FormD),
                string.Concat(pair.Value.Select(p => new Rune(p).ToString()))));
        for (var c = 0xAC00; c <= 0xD7A3; c++)
        {
            Assert.Equal(
                new Rune(c).ToString().Normalize(NormalizationForm.FormD),
                string.Concat(CanonicalDecompositions.Of(c).Select(p => new Rune(p).ToString())));
        }
    }

    [Fact]
    public void A_character_that_becomes_several_is_letters_only()
    {
        for (var c = 0; c <= 0x10FFFF; c++)
        {
            if (Rune.IsValid(c) && WordPieceCharacters.Uncased.Classify(c, out _) == CharacterRole.Letters)
            {
                foreach (var part in WordPieceCharacters.Uncased.Expand(c))
                {
                    Assert.Equal(CharacterRole.Letter, WordPieceCharacters.Uncased.Classify(part, out var same));
                    Assert.Equal(part, same);
                }
            }
        }
    }

    [Fact]
    public void A_word_of_100_characters_is_cut_and_one_of_101_is_unknown()
    {
        Assert.DoesNotContain(0, Tokenizer.Encode(new string('x', 100)));
        Assert.Equal([0], Tokenizer.Encode(new string('x', 101)));
        Assert.DoesNotContain(0, Tokenizer.Encode(string.Concat(Enumerable.Repeat("가", 50))));
        Assert.Equal([0], Tokenizer.Encode(string.Concat(Enumerable.Repeat("가", 51))));
        Assert.Equal([0, .. Tokenizer.Encode("and then")], Tokenizer.Encode(new string('é', 5_000) + " and then"));
    }

    [Fact]
    public void A_million_combining_marks_vanish()
    {
        Assert.Equal(Tokenizer.Encode("memory lane"), Tokenizer.Encode($"mem{new string('\u0301', 1_000_000)}ory lane"));
        Assert.Empty(Tokenizer.Encode(new string('\u0301', 1_000_000)));
    }

    [Fact]
    public void A_million_letters_without_a_space_are_one_unknown_word() =>
        Assert.Equal([0], Tokenizer.Encode(new string('a', 1_000_000)));

    [Theory]
    [InlineData("\uD800", "")]
    [InlineData("dog\uDC00", "dog")]
    [InlineData("\uDC00\uD800dog", "dog")]
    [InlineData("d\uD83Dog bit", "dog bit")]
    public void Lone_surrogates_vanish(string text, string same) => Assert.Equal(Tokenizer.Encode(same), Tokenizer.Encode(text));

    [Fact]
    public void Next_line_and_no_break_space_end_a_word_and_control_characters_do_not()
    {
        Assert.Equal(Tokenizer.Encode("dog man bit"), Tokenizer.Encode("dog\u0085man\u00A0bit"));
        Assert.Equal(Tokenizer.Encode("dogman"), Tokenizer.Encode("dog\u000B\u0000\u200B\uFFFD\uE000man"));
    }

    [Fact]
    public void Markers_in_a_text_are_plain_text() =>
        Assert.Equal(Tokenizer.Encode("[ unk ]"), Tokenizer.Encode("[UNK]"));

    [Fact]
    public void A_long_text_is_read_in_parts_without_splitting_a_word()
    {
        var word = Tokenizer.Encode("antidisestablishmentarianism");

        Assert.Equal(
            Enumerable.Repeat(word, 1_000).SelectMany(w => w),
            Tokenizer.Encode(string.Join(' ', Enumerable.Repeat("antidisestablishmentarianism", 1_000))));
    }

    [Fact]
    public void A_buffer_too_short_for_one_word_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Read("x").Read(new int[WordPieceReader.MinBufferLength - 1]));

    private static string Escape(string text) => string.Concat(text.Select(c => c is > ' ' and < '\x7F' ? $"{c}" : $"\\u{(int)c:X4}"));
}
