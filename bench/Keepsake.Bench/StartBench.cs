using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Keepsake.Embedding;

namespace Keepsake.Bench;

/// <summary>How long an agent waits for <c>keepsake mcp</c>: from the start of the process to the answer of <c>tools/list</c>, and how large that is.</summary>
internal static class StartBench
{
    private const int Seed = 20260101;

    private static readonly string[] Messages =
    [
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}""",
        """{"jsonrpc":"2.0","method":"notifications/initialized"}""",
        """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""",
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var records = Arguments.Number(args, "--records", 0);
        var times = Arguments.Number(args, "--times", 20);
        var launcher = Arguments.Text(args, "--launcher") ?? Path.Combine(Environment.CurrentDirectory, "keepsake");
        var folder = Directory.CreateTempSubdirectory("keepsake-bench-").FullName;
        try
        {
            await FillAsync(folder, records);
            var milliseconds = new double[times];
            var bytes = 0;
            for (var i = -1; i < times; i++)
            {
                // The first start warms the file cache, and sets up where that is due.
                (var elapsed, bytes) = await StartAsync(launcher, folder);
                if (i >= 0)
                {
                    milliseconds[i] = elapsed.TotalMilliseconds;
                }
            }

            var (p50, p95) = (Times.At(milliseconds, 0.5), Times.At(milliseconds, 0.95));
            Console.WriteLine(args.Contains("--json")
                ? JsonSerializer.Serialize(new { records, times, startMs = new { p50, p95 }, toolsListBytes = bytes })
                : FormattableString.Invariant($"{records} records: tools/list after {p50:F0} ms p50, {p95:F0} ms p95 of {times} starts; {bytes} bytes"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FillAsync(string folder, int records)
    {
        using var embedder = new Embedder(new EmbeddingOptions());
        await using var stores = await MemoryStores.TryOpenAsync(DataFolder.Open(folder), embedder);
        var corpus = new Corpus(Seed);
        foreach (var batch in Enumerable.Range(0, records).Select(i => (MemoryItem)corpus.Record(i)).Chunk(1_000))
        {
            await stores![MemoryStores.DefaultStore].ImportAsync(batch);
        }
    }

    private static async Task<(TimeSpan Elapsed, int Bytes)> StartAsync(string launcher, string folder)
    {
        var startedAt = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(launcher, ["mcp", "--data", folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        foreach (var message in Messages)
        {
            await process.StandardInput.WriteLineAsync(message);
        }

        await process.StandardInput.FlushAsync();
        string? answer;
        do
        {
            answer = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("It ended before it answered.");
        }
        while (!answer.Contains("\"tools\":[", StringComparison.Ordinal));

        var elapsed = Stopwatch.GetElapsedTime(startedAt);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (elapsed, Encoding.UTF8.GetByteCount(answer));
    }
}
