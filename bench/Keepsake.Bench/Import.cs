using System.Diagnostics;

namespace Keepsake.Bench;

/// <summary>An import as the command line does it: batches in order, the next one prepared while one is written.</summary>
internal static class Import
{
    private const int BatchSize = 1_000;
    private const int InFlight = 3;

    /// <summary>Imports records of a corpus.</summary>
    /// <returns>Records a second, until the last is durable and searchable. Making up the corpus is not counted.</returns>
    public static async Task<double> RunAsync(IMemory memory, Corpus corpus, int first, int records, int namespaces)
    {
        var working = Stopwatch.StartNew();
        Queue<Task> running = new();
        foreach (var numbers in Enumerable.Range(first, records).Chunk(BatchSize * 20))
        {
            working.Stop();
            var batches = numbers.Select(i => (MemoryItem)corpus.Record(i, namespaces)).Chunk(BatchSize).ToList();
            working.Start();
            foreach (var batch in batches)
            {
                running.Enqueue(memory.ImportAsync(batch));
                if (running.Count == InFlight)
                {
                    await running.Dequeue();
                }
            }

            await Task.WhenAll(running);
            running.Clear();
        }

        return records / working.Elapsed.TotalSeconds;
    }
}
