using System.Text;
using Keepsake.Embedding;

namespace Keepsake.Tests.Durability;

/// <summary>The process that is killed: several writers on one store, each saying on standard output what was acknowledged to it.</summary>
internal static class DurableWriter
{
    public const string Verb = "durable-writer";
    public const int Writers = 4;

    /// <summary>What it says when the stores are open.</summary>
    public const string Ready = "ready .";

    /// <summary>What it says instead when they cannot be opened, followed by the error's code and message.</summary>
    public const string Refused = "refused ";

    private static readonly Lock Output = new();

    public static async Task<int> RunAsync(string folder, int round)
    {
        await using var output = Console.OpenStandardOutput();
        MemoryStores? stores;
        using var embedder = new Embedder(new EmbeddingOptions());
        try
        {
            stores = await MemoryStores.TryOpenAsync(DataFolder.Open(folder), embedder);
        }
        catch (MemoryException e)
        {
            Say(output, $"{Refused}{e.Code.WireName} {e.Message} .");
            return 1;
        }

        await using var open = stores ?? throw new InvalidOperationException("Another process has the folder.");
        Say(output, Ready);
        var memory = stores[MemoryStores.DefaultStore];
        using var ended = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(memory, round, writer, output, ended.Token))).ToList();

        // An end of input asks for an orderly end; most rounds end otherwise.
        await Console.In.ReadToEndAsync();
        await ended.CancelAsync();
        await Task.WhenAll(writers);
        return 0;
    }

    private static async Task WriteAsync(IMemory memory, int round, int writer, Stream output, CancellationToken ended)
    {
        List<IReadOnlyList<string>> ids = [];
        for (var n = 0; !ended.IsCancellationRequested; n++)
        {
            var written = await new WriterStep(round, writer, n).RunAsync(memory, ids);
            ids.Add(written);
            Say(output, $"{writer} {n} {string.Join(',', written)} .");
        }
    }

    // One write, shorter than a pipe's buffer: a line arrives whole or not at all.
    private static void Say(Stream output, string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (Output)
        {
            output.Write(bytes);
            output.Flush();
        }
    }
}
