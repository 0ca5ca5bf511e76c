using Keepsake.Recall;

namespace Keepsake.Tests.Recall;

public sealed class QuestionPartsTests
{
    [Theory]
    [InlineData("How many days passed between my first sailing lesson and the harbour race?", "my first sailing lesson", "the harbour race")]
    [InlineData("How long was it from when I sold the red boat until when I bought a kayak?", "I sold the red boat", "I bought a kayak")]
    [InlineData("how many weeks from the boat sale to the kayak trip", "the boat sale", "the kayak trip")]
    public void A_question_about_two_things_is_taken_apart(string question, string first, string second) =>
        Assert.Equal([first, second], QuestionParts.Of(question));

    [Theory]
    [InlineData("")]
    [InlineData("What is the name of my boat?")]
    [InlineData("What schools did John attend and how many years was he there?")]
    [InlineData("How many days between then and now?")]
    [InlineData("Who sails between the islands. And the coast is clear?")]
    [InlineData("between")]
    public void Any_other_question_stays_whole(string question) => Assert.Empty(QuestionParts.Of(question));

    [Fact]
    public void A_text_of_thousands_of_words_is_no_question() =>
        Assert.Empty(QuestionParts.Of($"between {string.Concat(Enumerable.Repeat("red boat ", 500))} and the kayak trip"));

    [Fact]
    public void What_answers_one_of_the_things_well_comes_before_what_says_a_little_of_both()
    {
        using var index = new RecallIndex();
        index.Upsert(Entries.Entry("sale", "The red boat found its buyer at last, after a month on the market by the old harbour wall."));
        index.Upsert(Entries.Entry("kayak", "A kayak trip along the coast, three of us, with tents and far too much coffee for everyone."));
        for (var i = 0; i < 40; i++)
        {
            index.Upsert(Entries.Entry($"noise{i}", $"Note {i} of the weather."));
        }

        index.Upsert(Entries.Entry("both", "Boat, kayak: sale of a trip."));
        var whole = Entries.Query("How many days passed between the sale of the red boat and the kayak trip on the coast?");
        var parts = whole with { Parts = [new("the sale of the red boat", null), new("the kayak trip on the coast", null)] };

        var before = index.Search(whole);
        var after = index.Search(parts);

        Assert.All(after, hit => Assert.True(hit.Relevance >= before.FirstOrDefault(b => b.Id == hit.Id).Relevance - 1e-9));
        Assert.True(Of(after, "sale") + Of(after, "kayak") > Of(before, "sale") + Of(before, "kayak"));
        Assert.Equal(after.OrderByDescending(hit => hit.Relevance), after);
    }

    [Fact]
    public void What_is_suspicious_stays_where_it_reaches_the_floor()
    {
        using var index = new RecallIndex();
        index.Upsert(Entries.Entry("sale", "The sale of the red boat and the kayak trip on the coast.") with { IsSuspicious = true });
        index.Upsert(Entries.Entry("other", "The weather was fine."));
        var whole = Entries.Query("How many days passed between the sale of the red boat and the kayak trip on the coast?");
        var floor = index.Search(whole with { MinRelevance = 0.01 })[0].Relevance + 0.001;
        var parts = whole with { Parts = [new("nothing of the kind", null), new("nor of this one", null)], MinRelevance = floor };

        Assert.Equal(index.Ids(parts with { Parts = [] }), index.Ids(parts));
        Assert.Equal(["sale"], index.Ids(parts));
    }

    private static double Of(IEnumerable<RankedHit> hits, string id) => hits.First(hit => hit.Id == id).Relevance;
}
