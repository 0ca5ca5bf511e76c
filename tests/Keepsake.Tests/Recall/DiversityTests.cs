using Keepsake.Recall;

namespace Keepsake.Tests.Recall;

public sealed class DiversityTests : IDisposable
{
    private readonly RecallIndex _index = new();

    public void Dispose() => _index.Dispose();

    [Fact]
    public void Of_ten_that_say_the_same_two_come_before_what_says_something_else()
    {
        for (var i = 0; i < 10; i++)
        {
            _index.Upsert(Entries.Entry($"same{i}", "the kite is red") with { Vectors = [[1, 0.001f * i, 0]], Order = i });
        }

        _index.Upsert(Entries.Entry("other", "a red kite flew off") with { Vectors = [[0.8f, 0.6f, 0]], Order = 10 });

        var ids = _index.Ids(Entries.Query("red kite") with { Vector = [1, 0.1f, 0] });

        Assert.Equal(11, ids.Count);
        Assert.Equal(2, ids.IndexOf("other"));
    }

    [Fact]
    public void Relevance_falls_within_an_answer_with_repetitions_too()
    {
        for (var i = 0; i < 20; i++)
        {
            _index.Upsert(Entries.Entry($"{i}", $"the kite is red {i % 3}") with { Vectors = [[1, i % 3, 0]], Order = i });
        }

        var relevances = _index.Search(Entries.Query("red kite") with { Vector = [1, 0.1f, 0] }).Select(hit => hit.Relevance).ToList();

        Assert.Equal(relevances.OrderDescending(), relevances);
    }
}
