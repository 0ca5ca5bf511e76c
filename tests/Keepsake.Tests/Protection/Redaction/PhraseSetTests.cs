using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

public sealed class PhraseSetTests
{
    [Fact]
    public void A_phrase_is_found_wherever_a_plain_search_finds_it()
    {
        string[] phrases = ["ab", "abc", "b-", "${", "ccc", "xy z"];
        var set = new PhraseSet(phrases);
        var random = new Random(5);
        var found = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string(random.GetItems<char>("aAbBcC-$ {xyz é\u212A", random.Next(0, 9)));
            var isIn = phrases.Any(phrase => text.Contains(phrase, StringComparison.OrdinalIgnoreCase));

            Assert.Equal(isIn, set.IsIn(text));
            found += isIn ? 1 : 0;
        }

        Assert.InRange(found, 1_000, 19_000);
    }
}
