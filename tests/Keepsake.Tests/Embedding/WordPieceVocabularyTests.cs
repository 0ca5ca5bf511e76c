using Keepsake.Embedding;

namespace Keepsake.Tests.Embedding;

public sealed class WordPieceVocabularyTests
{
    [Fact]
    public void Every_line_of_the_built_in_vocabulary_is_found_by_its_text()
    {
        var file = File.ReadAllBytes(Path.Combine(BuiltInModel.Folder, "vocab.txt"));
        var vocabulary = WordPieceVocabulary.Parse(file);
        var lines = File.ReadAllLines(Path.Combine(BuiltInModel.Folder, "vocab.txt"));

        Assert.Equal(51_486, vocabulary.Count);
        for (var id = 0; id < lines.Length; id++)
        {
            var piece = lines[id].Length > 2 && lines[id].StartsWith("##", StringComparison.Ordinal);
            var text = System.Text.Encoding.UTF8.GetBytes(piece ? lines[id][2..] : lines[id]);
            var hash = text.Aggregate(piece ? WordPieceVocabulary.PieceSeed : WordPieceVocabulary.WordSeed, WordPieceVocabulary.Roll);
            Assert.Equal(id, vocabulary.Find(text, hash, piece));
        }
    }

    [Fact]
    public void Lines_may_end_in_carriage_return_and_the_last_in_nothing()
    {
        var vocabulary = WordPieceVocabulary.Parse([.. "[UNK]\r\ndog\r\n\r\nman"u8]);

        Assert.Equal(4, vocabulary.Count);
        Assert.Equal(1, vocabulary.Find("dog"u8));
        Assert.Equal(3, vocabulary.Find("man"u8));
        Assert.Equal(-1, vocabulary.Find(""u8));
        Assert.Equal(-1, vocabulary.Find("do"u8));
    }

    [Fact]
    public void Of_two_equal_lines_the_later_counts() =>
        Assert.Equal(2, WordPieceVocabulary.Parse([.. "[UNK]\ndog\ndog\n"u8]).Find("dog"u8));

    [Fact]
    public void A_file_that_is_empty_or_not_text_is_refused()
    {
        Assert.Contains("0 entries", Assert.Throws<InvalidDataException>(() => WordPieceVocabulary.Parse([])).Message, StringComparison.Ordinal);
        Assert.Contains("UTF-8", Assert.Throws<InvalidDataException>(() => WordPieceVocabulary.Parse([0xC3, 0x28])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_without_unknown_makes_no_tokenizer() =>
        Assert.Contains(
            "[UNK]",
            Assert.Throws<InvalidDataException>(() => new WordPieceTokenizer(WordPieceVocabulary.Parse([.. "dog\n"u8]))).Message,
            StringComparison.Ordinal);
}
