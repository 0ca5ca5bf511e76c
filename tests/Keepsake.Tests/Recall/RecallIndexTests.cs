using Keepsake.Recall;

namespace Keepsake.Tests.Recall;

public sealed class RecallIndexTests : IDisposable
{
    private readonly RecallIndex _index = new();

    public void Dispose() => _index.Dispose();

    [Fact]
    public void An_empty_index_finds_nothing()
    {
        Assert.Empty(_index.Search(Entries.Query("anything") with { Vector = [1, 0] }));
        Assert.False(_index.Remove("none"));
        Assert.Equal(default, _index.Statistics);
    }

    [Theory]
    [InlineData("", "a,a/b,a/b/c,a/bc,a0,b")]
    [InlineData("a", "a,a/b,a/b/c,a/bc")]
    [InlineData("a/b", "a/b,a/b/c")]
    [InlineData("a/b/c", "a/b/c")]
    [InlineData("a/", "")]
    [InlineData("A", "")]
    [InlineData("none", "")]
    public void A_scope_contains_its_namespace_and_those_under_it_by_segment(string scope, string expected)
    {
        foreach (var path in (string[])["a", "a/b", "a/b/c", "a/bc", "a0", "b"])
        {
            _index.Upsert(Entries.Entry(path, "shared words", path));
        }

        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), _index.Ids(Entries.Query("shared words", scope)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_older_version_never_replaces_a_newer_one()
    {
        _index.Upsert(Entries.Entry("1", "newer apples", version: 5));
        _index.Upsert(Entries.Entry("1", "older pears", path: "elsewhere", version: 4));

        Assert.Equal(["1"], _index.Ids(Entries.Query("apples")));
        Assert.Empty(_index.Ids(Entries.Query("pears")));
    }

    [Fact]
    public void The_same_version_again_brings_vectors_that_came_later()
    {
        _index.Upsert(Entries.Entry("1", "apples"));
        _index.Upsert(Entries.Entry("1", "apples") with { Vectors = [[1, 0]] });

        Assert.Equal(["1"], _index.Ids(Entries.Query("fruit") with { Vector = [1, 0] }));
        Assert.Equal(1, _index.Statistics.Vectors);
    }

    [Fact]
    public void An_entry_moves_to_another_namespace()
    {
        _index.Upsert(Entries.Entry("1", "apples", "old"));
        _index.Upsert(Entries.Entry("1", "apples", "new", version: 2));

        Assert.Empty(_index.Ids(Entries.Query("apples", "old")));
        Assert.Equal(["1"], _index.Ids(Entries.Query("apples", "new")));
        Assert.Equal(1, _index.Statistics.Namespaces);
    }

    [Fact]
    public void What_has_expired_is_not_returned()
    {
        _index.Upsert(Entries.Entry("past", "apples") with { ExpiresAt = Entries.Now });
        _index.Upsert(Entries.Entry("future", "apples") with { ExpiresAt = Entries.Now.AddTicks(1) });

        Assert.Equal(["future"], _index.Ids(Entries.Query("apples")));
        Assert.Equal(["future", "past"], _index.Ids(Entries.Query("apples") with { Now = Entries.Now.AddDays(-1) }).Order());
    }

    [Theory]
    [InlineData("ERR1042")]
    [InlineData("what does err_1042x mean?")]
    [InlineData("where is settings1042.json read")]
    public void An_identifier_finds_the_place_where_it_stands_and_not_what_was_said_beside_it(string question)
    {
        string[] turns = ["never deploy on a Friday", "ERR1042 err_1042x settings1042.json", "I always prefer short answers", "we met 3 times in May"];
        foreach (var (i, turn) in turns.Index())
        {
            _index.Upsert(Entries.Entry($"{i}", turn) with { Session = "s", Speaker = "user", Order = i, Vectors = [[1, 0.1f * Math.Abs(i - 2)]] });
        }

        Assert.Equal("1", _index.Ids(Entries.Query(question) with { Vector = [1, 0] })[0]);
    }

    [Fact]
    public void One_identifier_among_many_words_is_one_word_of_them()
    {
        _index.Upsert(Entries.Entry("about", "the settings reader merges defaults, environment and command line before validation"));
        _index.Upsert(Entries.Entry("beside", "err_1042x"));

        Assert.Equal("about", _index.Ids(Entries.Query("how the settings reader merges environment and command line before err_1042x is thrown by validation"))[0]);
    }

    [Fact]
    public void Removing_everything_leaves_nothing_behind()
    {
        for (var i = 0; i < 500; i++)
        {
            _index.Upsert(Entries.Entry($"{i}", $"word{i} shared", $"n/{i % 3}") with { Vectors = [[1, 0]] });
        }

        for (var i = 0; i < 500; i++)
        {
            Assert.True(_index.Remove($"{i}"));
        }

        Assert.Equal(default, _index.Statistics);
        Assert.Empty(_index.Ids(Entries.Query("shared")));
    }

    [Fact]
    public void Relevance_falls_within_an_answer_and_lies_between_0_and_1()
    {
        for (var i = 0; i < 50; i++)
        {
            _index.Upsert(Entries.Entry($"{i}", string.Join(' ', Enumerable.Range(0, i + 1).Select(n => $"word{n}"))));
        }

        var hits = _index.Search(Entries.Query("word0 word7 word30 word49"));

        Assert.Equal(hits.OrderByDescending(hit => hit.Relevance).Select(hit => hit.Id), hits.Select(hit => hit.Id));
        Assert.All(hits, hit => Assert.InRange(hit.Relevance, 0, 1));
        Assert.All(hits, hit => Assert.All(hit.Explanation!.Signals.Values, value => Assert.InRange(value, 0, 1.00001)));
        Assert.All(hits, hit => Assert.Equal(1, hit.Explanation!.Shares.Values.Sum(), 1e-5));
    }

    [Fact]
    public void An_unrelated_question_stays_under_the_default_floor()
    {
        _index.Upsert(Entries.Entry("1", "The build runs with dotnet build and warnings are errors.") with { Vectors = [[1, 0]] });
        _index.Upsert(Entries.Entry("2", "Deploy from the main branch on Fridays.") with { Vectors = [[0.8f, 0.6f]] });

        var unrelated = Entries.Query("What is the capital of France on maps?") with { Vector = [0.2f, -0.98f], MinRelevance = Relevance.DefaultFloor };
        var related = Entries.Query("How does the dotnet build run?") with { Vector = [0.9f, -0.43f], MinRelevance = Relevance.DefaultFloor };

        Assert.Empty(_index.Ids(unrelated));
        Assert.Contains("1", _index.Ids(related));
    }

    [Theory]
    [InlineData(null, "1,2")]
    [InlineData("s", "2,1")]
    public void Of_texts_that_stand_alone_one_with_all_the_words_comes_before_one_that_is_more_like_them(string? session, string expected)
    {
        _index.Upsert(Entries.Entry("1", "A red kite flew over the hill.") with { Vectors = [[0.6f, 0.8f]], Session = session, Order = 1 });
        _index.Upsert(Entries.Entry("2", "A red balloon flew over the sea.") with { Vectors = [[1, 0]], Session = session, Order = 2 });
        _index.Upsert(Entries.Entry("3", "Bread is baked in the morning.") with { Vectors = [[0, 1]], Order = 3 });

        Assert.Equal(expected.Split(','), _index.Ids(Entries.Query("red kite") with { Vector = [1, 0] }).Take(2));
    }

    [Theory]
    [InlineData("kite", "long")]
    [InlineData("red kite over the quiet hill", "short")]
    public void Of_texts_that_stand_alone_meaning_decides_between_such_that_have_the_only_word(string question, string expected)
    {
        _index.Upsert(Entries.Entry("short", "A red kite over the quiet hill.") with { Vectors = [[0.6f, 0.8f]], Order = 1 });
        _index.Upsert(Entries.Entry("long", "How a kite is built: red paper, two sticks, glue, and patience on a quiet day; then over the hill it goes.") with { Vectors = [[1, 0]], Order = 2 });
        _index.Upsert(Entries.Entry("other", "Bread is baked in the morning.") with { Vectors = [[0, 1]], Order = 3 });

        Assert.Equal(expected, _index.Ids(Entries.Query(question) with { Vector = [1, 0] })[0]);
    }

    [Fact]
    public void Equal_entries_are_returned_later_first()
    {
        for (var i = 0; i < 5; i++)
        {
            _index.Upsert(Entries.Entry($"{i}", "apples") with { Order = i });
        }

        Assert.Equal(["4", "3"], _index.Ids(Entries.Query("apples") with { Limit = 2 }));
    }

    [Fact]
    public void A_date_in_the_question_brings_what_happened_then()
    {
        _index.Upsert(Entries.Entry("june", "We went hiking.") with { OccurredAt = new(2023, 6, 3, 0, 0, 0, TimeSpan.Zero) });
        _index.Upsert(Entries.Entry("may", "We went hiking.") with { OccurredAt = new(2023, 5, 8, 0, 0, 0, TimeSpan.Zero) });
        _index.Upsert(Entries.Entry("july", "We went hiking.") with { OccurredAt = new(2024, 7, 9, 0, 0, 0, TimeSpan.Zero) });

        Assert.Equal("may", _index.Ids(Entries.Query("Where did we go hiking in May 2023?"))[0]);
    }

    [Theory]
    [InlineData("What does Ada like to cook?", "ada")]
    [InlineData("What does Grace like to cook?", "grace")]
    [InlineData("What do I like to cook?", "user")]
    public void Who_is_asked_about_speaks_first(string question, string expected)
    {
        foreach (var speaker in (string[])["Ada", "Grace", "user", "assistant"])
        {
            _index.Upsert(Entries.Entry(speaker.ToLowerInvariant(), "Soup is what to cook.") with { Speaker = speaker });
        }

        Assert.Equal(expected, _index.Ids(Entries.Query(question))[0]);
    }

    [Fact]
    public void The_more_important_of_equals_comes_first()
    {
        _index.Upsert(Entries.Entry("minor", "apples") with { Importance = 0.2, Order = 2 });
        _index.Upsert(Entries.Entry("major", "apples") with { Importance = 0.9, Order = 1 });

        Assert.Equal(["major", "minor"], _index.Ids(Entries.Query("apples")));
    }

    [Theory]
    [InlineData(0), InlineData(RecallQuery.MaxLimit + 1)]
    public void A_limit_out_of_range_is_refused(int limit) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _index.Search(Entries.Query("apples") with { Limit = limit }));
}
