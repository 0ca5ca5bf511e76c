using System.Text;
using Keepsake.Embedding;

namespace Keepsake.Tests.Durability;

/// <summary>The process that is killed while it writes memories and, over and over, snapshots of the index.</summary>
internal static class IndexWriter
{
    public const string Verb = "index-writer";
    public const string Plain = MemoryStores.DefaultStore;
    public const string Sealed = "sealed";

    private const int Keys = 200;
    private const int WritesPerSnapshot = 4;

    /// <summary>Says a line for each snapshot that was asked for.</summary>
    public static async Task<int> RunAsync(string folder, int round)
    {
        await using var output = Console.OpenStandardOutput();
        using var embedder = new Embedder(new EmbeddingOptions());
        await using var stores = await MemoryStores.TryOpenAsync(DataFolder.Open(folder), embedder)
            ?? throw new InvalidOperationException("Another process has the folder.");
        var memory = stores.Own((await stores.ListAsync()).Any(store => store.Name == Sealed) ? Sealed : Plain);

        // From here on the index follows each write.
        await memory.IndexAsync(CancellationToken.None);
        var random = new Random(round);
        Queue<string> ids = [];
        for (var n = round; ; n++)
        {
            // All ways in which files come to be, are replaced and go, while writes go on.
            var saving = n % 12 == 11 ? memory.CleanIndexAsync(all: true) : n % 3 == 2 ? memory.CleanIndexAsync(all: false) : memory.SaveIndexAsync();
            for (var i = 0; i < WritesPerSnapshot; i++)
            {
                await WriteAsync(memory, random, ids, $"round{round}x", (n * WritesPerSnapshot) + i);
            }

            await saving;
            output.Write(Encoding.UTF8.GetBytes($"{n} .\n"));
            output.Flush();
        }
    }

    private static async Task WriteAsync(MemoryStore memory, Random random, Queue<string> ids, string round, int n)
    {
        var answer = await memory.RememberAsync(new()
        {
            Namespace = $"n{n % 3}",
            Facts =
            [
                new() { Content = $"{round} said{n}x of word{random.Next(100)}x" },
                new() { Content = $"{round} keeps{n}x in mind", Key = $"key {random.Next(Keys)}" },
            ],
        });
        ids.Enqueue(answer.Outcomes[0].Id!);
        if (n % 3 == 0)
        {
            await memory.AppendEventAsync(new() { ActorId = "a", SessionId = round, Namespace = "events", Content = $"{round} heard{n}x" });
        }

        if (n % 2 == 0)
        {
            await memory.ForgetAsync([ids.Dequeue()], hard: n % 4 == 0);
        }
    }
}
