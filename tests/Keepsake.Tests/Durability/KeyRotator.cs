using System.Text;
using Keepsake.Embedding;

namespace Keepsake.Tests.Durability;

/// <summary>The process that is killed while it rotates, encrypts, decrypts and writes: it says what it was told was done.</summary>
internal static class KeyRotator
{
    public const string Verb = "key-rotator";
    public const string Store = "rotated";
    public const int Facts = 40;

    public static async Task<int> RunAsync(string folder, int round)
    {
        await using var output = Console.OpenStandardOutput();
        using var embedder = new Embedder(new EmbeddingOptions { Provider = EmbeddingProvider.None });
        await using var stores = await MemoryStores.TryOpenAsync(DataFolder.Open(folder), embedder)
            ?? throw new InvalidOperationException("Another process has the folder.");
        if (!(await stores.ListAsync()).Any(store => store.Name == Store))
        {
            await stores.CreateEncryptedAsync(Store);
        }

        var memory = stores[Store];
        var writing = Task.Run(async () =>
        {
            for (var n = 0; ; n++)
            {
                var content = $"round {round} fact {n}";
                var answer = await memory.RememberAsync(new()
                {
                    Namespace = $"n{n % 3}",
                    Facts = [new() { Content = content, ActorId = $"a{n % 2}", Key = n % Facts < 10 ? $"key {n % 10}" : null }],
                });
                Assert.True(answer.Success, string.Join('\n', answer.Errors));
                Say(output, $"{answer.Outcomes[0].Id} {content}");
            }
        });
        var rotating = Task.Run(async () =>
        {
            for (var n = round; ; n++)
            {
                if (await SettledAsync(stores) == "plain")
                {
                    await stores.ConvertAsync(Store, encrypted: true);
                }
                else if (n % 5 == 4)
                {
                    await stores.ConvertAsync(Store, encrypted: false);
                }
                else if ((await memory.ListAsync(new() { Namespace = "n1" })).Items.Count > 0)
                {
                    await stores.RotateKeysAsync(Store, n % 3 == 0 ? "n1" : null, compromised: n % 2 == 0);
                }
            }
        });
        await await Task.WhenAny(writing, rotating);
        return 1;
    }

    private static async Task<string> SettledAsync(MemoryStores stores)
    {
        while (true)
        {
            if ((await stores.SealingProgressAsync(Store)).State is ("encrypted" or "plain") and var state)
            {
                return state;
            }

            await Task.Delay(1);
        }
    }

    private static void Say(Stream output, string line)
    {
        output.Write(Encoding.UTF8.GetBytes(line + " .\n"));
        output.Flush();
    }
}
