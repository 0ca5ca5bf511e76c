using Keepsake.Embedding;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>A process that replaces keys, encrypts and decrypts is killed, at every step and at any moment: everything that was acknowledged opens, and what was cut off goes on.</summary>
public sealed class RotationKillTests
{
    private const int KillsAtRandom = 100;
    private const int KillsPerFolder = 10;

    public static TheoryData<string> Points =>
    [
        "keys.replace", "keys.made", "rotate.master-made", "rotate.ring-sealed", "rotate.master-placed", "rotate.created", "rotate.verified", "rotate.active",
        "rotate.rewrapped", "rotate.rewritten", "rotate.verifying", "rotate.destroyed", "rotate.ended", "encrypt.keys-made", "encrypt.rows-done", "decrypt.rows-done", "decrypt.keys-gone", "seal.state",
    ];

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Nothing_is_lost_to_a_kill_at_a_step(string point)
    {
        using var folder = new TemporaryFolder();
        Dictionary<string, string> told = new(StringComparer.Ordinal);
        for (var round = 0; round < 6; round++)
        {
            // The n-th time, so that each kind of work meets it.
            await using var process = KilledProcess.Rotator(folder.Path, round, $"{point}:{1 + (round % 3)}");
            await process.SaidAsync(400);
            await process.KillAsync();
            Take(told, process.Lines);
            await CheckAsync(folder.Path, told, process);
        }
    }

    [Fact]
    public async Task Nothing_is_lost_to_a_kill_at_any_moment()
    {
        var random = new Random(5);
        for (var kill = 0; kill < KillsAtRandom;)
        {
            using var folder = new TemporaryFolder();
            Dictionary<string, string> told = new(StringComparer.Ordinal);
            for (var i = 0; i < KillsPerFolder && kill < KillsAtRandom; i++, kill++)
            {
                await using var process = KilledProcess.Rotator(folder.Path, kill);
                await process.SaidAsync(random.Next(60));
                await Task.Delay(random.Next(30), TestContext.Current.CancellationToken);
                await process.KillAsync();
                Take(told, process.Lines);
                await CheckAsync(folder.Path, told, process);
            }

            Assert.True(told.Count > KillsPerFolder, $"Only {told.Count} writes were acknowledged.");
        }
    }

    private static void Take(Dictionary<string, string> told, IEnumerable<string> lines)
    {
        foreach (var line in lines.Where(line => line.EndsWith(" .", StringComparison.Ordinal)))
        {
            var content = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..^2];
            told[line[..line.IndexOf(' ', StringComparison.Ordinal)]] = content;
        }
    }

    private static async Task CheckAsync(string folder, Dictionary<string, string> told, KilledProcess process)
    {
        using var embedder = new Embedder(new EmbeddingOptions { Provider = EmbeddingProvider.None });
        await using var stores = (await MemoryStores.TryOpenAsync(DataFolder.Open(folder), embedder))!;
        if (!(await stores.ListAsync()).Any(store => store.Name == KeyRotator.Store))
        {
            Assert.Empty(told);
            return;
        }

        var memory = stores[KeyRotator.Store];
        Dictionary<string, string> found = new(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var page = await memory.ListAsync(new() { Page = new(1_000, cursor) });
            foreach (var record in page.Items)
            {
                found[record.Id] = record.Content;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.DoesNotContain((await memory.StatusAsync()).Warnings, warning => !warning.StartsWith("Search is lexical only", StringComparison.Ordinal));
        foreach (var (id, content) in told)
        {
            // A keyed record may have been written once more, and nobody was told.
            Assert.True(found.TryGetValue(id, out var there), $"{content} is gone. {await process.Errors}");
            Assert.True(Number(there) >= Number(content), $"{there} in the place of {content}");
        }

        foreach (var (id, content) in found)
        {
            told[id] = content;
        }

        while ((await stores.SealingProgressAsync(KeyRotator.Store)).State is not ("encrypted" or "plain"))
        {
            await Task.Delay(1);
        }

        static long Number(string content)
        {
            var words = content.Split(' ');
            return (long.Parse(words[1], null) * 1_000_000) + long.Parse(words[3], null);
        }
    }
}
