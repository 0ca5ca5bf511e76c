using System.Globalization;
using Keepsake.Recall;
using Keepsake.Recall.Legs;
using static Keepsake.Tests.Recall.Entries;

namespace Keepsake.Tests.Recall.Legs;

public sealed class StandingRulesTests : IDisposable
{
    private const string Rule = "Always answer in metric units.";
    private const string Question = "How tall is the tower?";

    private readonly RecallIndex _index = new();

    public void Dispose() => _index.Dispose();

    [Theory]
    [InlineData(Question, true)]
    [InlineData("What did I say about the tower?", false)]
    [InlineData("Summarize what I know of the tower", false)]
    public void A_rule_is_a_candidate_where_neither_leg_brings_it_unless_the_question_is_about_what_was_said(string question, bool isFound)
    {
        Fill(300);

        Assert.Equal(isFound, IsCandidate(question, "rule"));
    }

    [Fact]
    public void What_an_assistant_says_what_is_gone_and_what_is_elsewhere_is_no_rule()
    {
        Fill(300);
        Put([Entry("said", "Never answer in feet.") with { Speaker = "assistant", Vectors = [Unlike] }, Entry("elsewhere", "Never use inches.", "other") with { Vectors = [Unlike] }]);

        Assert.False(IsCandidate(Question, "said"));
        Assert.False(IsCandidate(Question, "elsewhere"));
        Assert.True(IsCandidate(Question, "rule"));
        _index.Apply([], new HashSet<string> { "rule" });
        Assert.False(IsCandidate(Question, "rule"));
    }

    [Fact]
    public void Of_many_rules_the_nearest_are_found_and_of_too_many_none()
    {
        Fill(300);
        Put([.. Enumerable.Range(0, 200).Select(i => Entry(Name("far", i), $"Never use the number {i}.") with { Vectors = [Away] })]);
        Assert.True(IsCandidate(Question, "rule"));

        Put([.. Enumerable.Range(0, StandingRules.MaxCompared).Select(i => Entry(Name("more", i), $"Never use the letter {i}.") with { Vectors = [Away] })]);
        Assert.False(IsCandidate(Question, "rule"));
    }

    private static float[] Asked { get; } = [1, 0, 0, 0];

    private static float[] Unlike { get; } = [0.1f, 0.995f, 0, 0];

    private static float[] Away { get; } = [0, 0, 0, 1];

    // More that is like the question, by words and by meaning, than both legs bring.
    private void Fill(int count)
    {
        Put([
            .. Enumerable.Range(0, count).Select(i => Entry(Name("tower", i), $"The tower number {i} is tall.") with { Speaker = "user", Vectors = [Asked] }),
            Entry("rule", Rule) with { Vectors = [Unlike] },
        ]);
    }

    private void Put(IEnumerable<IndexEntry> entries) =>
        _index.Apply([.. entries.Select(Keepsake.Recall.Index.AnalyzedEntry.Of)], new HashSet<string>());

    private bool IsCandidate(string question, string id)
    {
        var search = new Search(Query(question, "notes") with { Vector = Asked, Limit = 10 }, _index.Views);
        return Enumerable.Range(0, search.Candidates.Candidates.Length).Any(candidate => search.IdOf(candidate) == id);
    }

    private static string Name(string kind, int number) => kind + number.ToString(CultureInfo.InvariantCulture);
}
