using Keepsake.Embedding;
using Keepsake.Embedding.Bert;

namespace Keepsake.Tests.Embedding.Bert;

public sealed class BertTextTests : IDisposable
{
    private const int Begin = 2;
    private const int End = 3;

    private readonly TinyBert _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void Markers_are_put_around_a_text_and_those_in_it_are_plain_text()
    {
        var tokens = Assert.Single(Cutter().Cut("dog [SEP] [CLS]", EmbeddingRole.Document));

        Assert.Equal((Begin, End), (tokens[0], tokens[^1]));
        Assert.DoesNotContain(Begin, tokens[1..]);
        Assert.DoesNotContain(End, tokens[..^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n\u200B")]
    public void A_text_without_a_token_is_not_read(string text) => Assert.Empty(Cutter().Cut(text, EmbeddingRole.Query));

    [Theory]
    [InlineData(62, 1)]
    [InlineData(63, 2)]
    [InlineData(117, 2)]
    [InlineData(118, 3)]
    [InlineData(1_000, 19)]
    public void A_longer_text_is_read_in_windows_of_one_length_that_overlap_and_cover_it(int words, int windows)
    {
        string[] vocabulary = ["the", "and", "in", "to", "as", "on", "with", "you", "this", "when", "we"];
        var text = string.Join(' ', new Random(words).GetItems(vocabulary, words));
        WordPieceTokenizer tokenizer = new(WordPieceVocabulary.Parse(ModelFile.Read(_tiny.Copy, "vocab.txt")));
        var all = tokenizer.Encode(text).ToArray();
        Assert.Equal(words, all.Length);

        var cut = Cutter().Cut(text, EmbeddingRole.Document);

        Assert.Equal(windows, cut.Count);
        var reached = 0;
        var from = 0;
        foreach (var window in cut)
        {
            var body = window[1..^1];
            Assert.Equal(Math.Min(62, words), body.Length);
            while (!all.AsSpan(from).StartsWith(body) || from + body.Length <= reached)
            {
                from++;
                Assert.True(from <= reached, "There is a hole between two windows.");
            }

            reached = from + body.Length;
        }

        Assert.Equal(words, reached);
    }

    [Fact]
    public void Of_an_endless_text_the_windows_are_counted()
    {
        var cut = Cutter().Cut(string.Concat(Enumerable.Repeat("dog ", 100_000)), EmbeddingRole.Document);

        Assert.Equal(BertText.MaxWindows, cut.Count);
    }

    [Fact]
    public void Each_role_has_its_prompt_before_every_window()
    {
        _tiny.Write(BertFolder.PromptsFile, "{\"prompts\":{\"query\":\"dog \",\"document\":\"man \"}}");
        var cutter = Cutter();
        var (dog, man) = (Assert.Single(cutter.Cut("man", EmbeddingRole.Query))[1], Assert.Single(cutter.Cut("dog", EmbeddingRole.Document))[1]);

        Assert.Equal([Begin, dog, man, End], Assert.Single(cutter.Cut("man", EmbeddingRole.Query)));
        Assert.Equal([Begin, man, dog, End], Assert.Single(cutter.Cut("dog", EmbeddingRole.Document)));
        Assert.All(cutter.Cut(string.Concat(Enumerable.Repeat("we ", 200)), EmbeddingRole.Document), window => Assert.Equal(man, window[1]));
    }

    [Fact]
    public void A_cased_model_tells_upper_from_lower_case_and_keeps_accents()
    {
        _tiny.Write(BertFolder.TokenizerFile, "{\"do_lower_case\":false}");
        Assert.True(BertFolder.Read(_tiny.Copy).IsCased);
        WordPieceTokenizer cased = new(WordPieceVocabulary.Parse([.. "[UNK]\nDog\ndog\ncafé\ncafe\n"u8]), isCased: true);
        WordPieceTokenizer uncased = new(WordPieceVocabulary.Parse([.. "[UNK]\nDog\ndog\ncafé\ncafe\n"u8]));

        Assert.Equal([1, 2, 3, 4], cased.Encode("Dog dog café cafe"));
        Assert.Equal([2, 2, 4, 4], uncased.Encode("Dog dog café cafe"));
    }

    private BertText Cutter() => new(new(WordPieceVocabulary.Parse(ModelFile.Read(_tiny.Copy, "vocab.txt"))), BertFolder.Read(_tiny.Copy));
}
