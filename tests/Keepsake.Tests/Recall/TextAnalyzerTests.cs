using Keepsake.Recall.Analysis;

namespace Keepsake.Tests.Recall;

public sealed class TextAnalyzerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("the of and I'm don't it's we'll", "")]
    [InlineData("Running dogs", "run dog")]
    [InlineData("Caroline's piano", "carolin piano")]
    [InlineData("O'Brien’s", "brien")]
    [InlineData("May be", "mai")]
    [InlineData("state-of-the-art", "state art")]
    public void Words_are_lowered_stemmed_and_stripped_of_what_says_nothing(string text, string terms) => Check(text, terms);

    [Theory]
    [InlineData("1,000", "1000")]
    [InlineData("10,20", "10 20")]
    [InlineData("3.14 and 10.0.401.", "3.14 10.0.401")]
    [InlineData("8th 22nd", "8 22")]
    [InlineData("5pm 40KB", "5 pm 5pm 40 kb 40kb")]
    [InlineData("10:30", "10 30")]
    public void Numbers_mean_the_same_however_written(string text, string terms) => Check(text, terms);

    [Theory]
    [InlineData("getUserName", "getusername get user name")]
    [InlineData("HTTPServer", "httpserver http server")]
    [InlineData("user_name", "user_name user name")]
    [InlineData("MAX_RETRIES", "max_retries max retri")]
    [InlineData("_retries", "retri")]
    [InlineData("utf8", "utf8")]
    public void Identifiers_give_their_parts_and_themselves(string text, string terms) => Check(text, terms);

    [Theory]
    [InlineData("C# or F#", "c# f#")]
    [InlineData("C++ and g++", "c++ g++")]
    [InlineData("notepad++", "notepad++ notepad")]
    [InlineData(".NET", ".net net")]
    [InlineData("ASP.NET", "asp net")]
    [InlineData("x.py ...well .env", "x py well .env env")]
    [InlineData("issue #5", "issu 5")]
    public void Names_of_languages_and_files_stay_whole(string text, string terms) => Check(text, terms);

    [Theory]
    [InlineData("Café CAFÉ cafe\u0301", "cafe cafe cafe")]
    [InlineData("Ελλάδα", "ελλαδα")]
    [InlineData("東京都", "東京 京都")]
    [InlineData("猫", "猫")]
    [InlineData("a\uD800b \uDC00", "b")]
    [InlineData("\U0001F600 hello\U0001F600world", "hello world")]
    [InlineData("𠮷野", "𠮷野")]
    public void Other_scripts_and_broken_text_are_safe(string text, string terms) => Check(text, terms);

    [Theory]
    [InlineData("I went there, they go there", "go go")]
    [InlineData("She bought it for the children", "bui child")]
    [InlineData("buys children's shelves", "bui child shelf")]
    [InlineData("Went2 wentworth", "went2 wentworth")]
    [InlineData("the wént", "go")]
    public void Irregular_forms_are_those_of_their_base(string text, string terms) => Check(text, terms);

    [Theory]
    [InlineData("my mom's pics", "mother pictur")]
    [InlineData("a photo or photographs", "pictur pictur")]
    [InlineData("kids, kidding", "child kid")]
    [InlineData("repo_configs", "repo_configs repositori configur")]
    public void Everyday_short_forms_are_the_whole_word(string text, string terms) => Check(text, terms);

    [Theory]
    [InlineData("colours coloured colors", "color color color")]
    [InlineData("realised realise realizing", "realiz realiz realiz")]
    [InlineData("the centres of theatre", "center theater")]
    [InlineData("programme programming", "program program")]
    public void British_spellings_are_the_American_ones(string text, string terms) => Check(text, terms);

    [Fact]
    public void A_term_has_at_most_64_characters()
    {
        Assert.All(
            Terms.Of($"{new string('x', 500)} {new string('9', 500)} {new string('é', 500)} {new string('y', 63)}++ aB{new string('c', 200)}"),
            term => Assert.InRange(term.Length, 1, TextAnalyzer.MaxTermLength));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Random_text_gives_short_terms_without_control_characters(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var text = string.Create(random.Next(300), random, static (span, r) =>
            {
                foreach (ref var c in span)
                {
                    c = r.Next(3) == 0 ? (char)r.Next(0x10000) : (char)r.Next(0x80);
                }
            });
            Assert.All(Terms.Of(text), term =>
            {
                Assert.InRange(term.Length, 1, TextAnalyzer.MaxTermLength);
                Assert.DoesNotContain(term, char.IsControl);
            });
        }
    }

    private static void Check(string text, string terms) =>
        Assert.Equal(terms.Split(' ', StringSplitOptions.RemoveEmptyEntries), Terms.Of(text));
}
