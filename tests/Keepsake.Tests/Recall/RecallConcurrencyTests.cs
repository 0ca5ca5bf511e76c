using Keepsake.Recall;

namespace Keepsake.Tests.Recall;

public sealed class RecallConcurrencyTests
{
    [Fact]
    public async Task Searches_beside_a_writer_see_every_write_that_returned_before()
    {
        using var index = new RecallIndex();
        var written = 0;
        var writer = Task.Run(
            () =>
            {
                for (var i = 1; i <= 3_000; i++)
                {
                    index.Upsert(Entries.Entry($"{i}", $"number{i}x shared", $"n/{i % 7}") with { Session = $"s{i % 5}", Order = i, Vectors = [[1, 0]] });
                    if (i % 3 == 0)
                    {
                        index.Remove($"{i - 1}");
                    }

                    Volatile.Write(ref written, i);
                }
            },
            TestContext.Current.CancellationToken);
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Run(
            () =>
            {
                var random = new Random(seed);
                while (Volatile.Read(ref written) is var until && until < 3_000)
                {
                    // Of each three the second is removed soon; the first stays.
                    var stays = (random.Next(0, until / 3) * 3) + 1;
                    if (stays <= until)
                    {
                        Assert.Equal($"{stays}", index.Search(Entries.Query($"number{stays}x") with { Vector = [1, 0] })[0].Id);
                    }
                }
            },
            TestContext.Current.CancellationToken));

        await Task.WhenAll([writer, .. readers]);

        Assert.Equal(2_000, index.Statistics.Entries);
    }
}
