using Keepsake.Recall;

namespace Keepsake.Tests.Recall;

public sealed class YieldingThreadTests
{
    [Fact]
    public async Task While_searches_are_answered_bulk_work_has_a_thread_that_gives_way()
    {
        using var search = SearchTraffic.Begin();
        var others = Niceness();
        var (thread, niceness) = ("", 0);

        await YieldingThread.Imports.Run(() => (thread, niceness) = (Thread.CurrentThread.Name ?? "", Niceness()));

        Assert.Equal("Keepsake imports", thread);
        Assert.Equal(OperatingSystem.IsLinux() ? Math.Min(others + 10, 19) : 0, niceness);
        Assert.Equal(others, Niceness());
    }

    [Fact]
    public async Task Work_goes_on_there_after_it_waited_and_what_it_answers_goes_on_where_it_was_asked_for()
    {
        using var search = SearchTraffic.Begin();
        List<string?> threads = [];

        var answer = await YieldingThread.Merges.RunAsync(async () =>
        {
            threads.Add(Thread.CurrentThread.Name);
            await Task.Delay(1, TestContext.Current.CancellationToken);
            threads.Add(Thread.CurrentThread.Name);
            return 7;
        });
        threads.Add(Thread.CurrentThread.Name);

        Assert.Equal(7, answer);
        Assert.Equal(["Keepsake merges", "Keepsake merges"], threads[..2]);
        Assert.NotEqual("Keepsake merges", threads[2]);
    }

    [Fact]
    public async Task What_fails_there_fails_for_who_asked_and_nobody_else()
    {
        using var search = SearchTraffic.Begin();

        await Assert.ThrowsAsync<InvalidOperationException>(() => YieldingThread.Imports.Run(() => throw new InvalidOperationException()));

        Assert.Equal(1, await YieldingThread.Imports.RunAsync(() => Task.FromResult(1)));
    }

    // The 19th field of the line; the second, a name, may hold anything.
    private static int Niceness()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var line = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture);
    }
}
