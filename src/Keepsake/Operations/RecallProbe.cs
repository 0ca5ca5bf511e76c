using System.Numerics.Tensors;
using Keepsake.Embedding;
using Keepsake.Engines;
using Keepsake.Recall.Analysis;

namespace Keepsake.Operations;

/// <summary>How well a store finds its own records: questions made of them, asked as anybody would, and not noted as use.</summary>
/// <remarks>
/// Two measures. The whole search: a question is three of a record's words, chosen by a hash of its id. Meaning alone: of each record the
/// first half of its words is a text and the second half a question, and only their embeddings say which belong together, so a model
/// shows what it knows and not what is written twice. The same records and words each time, as long as they are there.
/// </remarks>
/// <param name="engine">Where the records are.</param>
/// <param name="embedder">The model.</param>
/// <param name="recall">Asks the store.</param>
internal sealed class RecallProbe(
    IMemoryEngine engine, Embedder embedder, Func<RecallRequest, CancellationToken, Task<RecallAnswer>> recall)
{
    /// <summary>Most records that are asked for.</summary>
    public const int MaxProbes = 100;

    /// <summary>Most records that are looked at to choose them.</summary>
    public const int MaxScanned = 20_000;

    private const int WordsOfQuestion = 3;
    private const int MinWords = 2 * WordsOfQuestion;
    private const int HitRank = 5;
    private const int MaxRank = 20;
    private const int MinWordLength = 4;

    /// <summary>Asks.</summary>
    public async Task<ProbeReport> RunAsync(CancellationToken cancellationToken)
    {
        var probes = await ChooseAsync(cancellationToken);
        var hits = 0;
        var reciprocals = 0d;
        foreach (var (record, words) in probes)
        {
            var question = string.Join(' ', words.OrderBy(word => Hash(record.Id + word)).Take(WordsOfQuestion));
            var answer = await recall(new() { Query = question, TopK = MaxRank, MinRelevance = 0 }, cancellationToken);
            var rank = answer.Memories.Select(memory => memory.Id).ToList().IndexOf(record.Id) + 1;
            hits += rank is > 0 and <= HitRank ? 1 : 0;
            reciprocals += rank > 0 ? 1d / rank : 0;
        }

        return new()
        {
            Model = embedder.Model,
            Probes = probes.Count,
            HitRate = probes.Count == 0 ? 0 : Math.Round((double)hits / probes.Count, 3),
            Mrr = probes.Count == 0 ? 0 : Math.Round(reciprocals / probes.Count, 3),
            MeaningMrr = await MeaningAsync(probes, cancellationToken),
        };
    }

    /// <summary>Where the second half of a record finds its first half among all first halves, by embeddings alone.</summary>
    private async Task<double?> MeaningAsync(List<Probe> probes, CancellationToken cancellationToken)
    {
        if (probes.Count == 0
            || await embedder.EmbedDocumentsAsync([.. probes.Select(p => Half(p.Record.Content, first: true))], cancellationToken) is not { } texts
            || await embedder.EmbedAsync([.. probes.Select(p => Half(p.Record.Content, first: false))], cancellationToken) is not { } questions)
        {
            return null;
        }

        var reciprocals = 0d;
        for (var i = 0; i < probes.Count; i++)
        {
            if (questions[i] is not { } question || texts[i] is not { } own)
            {
                continue;
            }

            var likeness = TensorPrimitives.Dot<float>(question, own);
            reciprocals += 1d / (1 + texts.Count(text => text is not null && text != own && TensorPrimitives.Dot<float>(question, text) >= likeness));
        }

        return Math.Round(reciprocals / probes.Count, 3);
    }

    private async Task<List<Probe>> ChooseAsync(CancellationToken cancellationToken)
    {
        PriorityQueue<Probe, ulong> chosen = new();
        var scanned = 0;
        string? cursor = null;
        do
        {
            var page = await engine.ListAsync(new(), new(PageRequest.MaxLimit, cursor), cancellationToken);
            foreach (var record in page.Items.Where(record => record.SupersededBy is null))
            {
                // The smallest hashes stay: whatever is written later changes few of them.
                var words = Words(record.Content);
                if (words.Count >= MinWords)
                {
                    chosen.Enqueue(new(record, words), ulong.MaxValue - Hash(record.Id));
                    if (chosen.Count > MaxProbes)
                    {
                        chosen.Dequeue();
                    }
                }
            }

            scanned += page.Items.Count;
            cursor = page.NextCursor;
        }
        while (cursor is not null && scanned < MaxScanned);
        return [.. chosen.UnorderedItems.Select(item => item.Element).OrderBy(probe => probe.Record.Id, StringComparer.Ordinal)];
    }

    private static List<string> Words(string text) =>
    [
        .. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Trim('.', ',', ';', ':', '!', '?', '"', '\'', '(', ')', '[', ']'))
            .Where(word => word.Length >= MinWordLength && word.All(char.IsLetterOrDigit))
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    private static string Half(string text, bool first)
    {
        // Passages are what is embedded of a long record, so the halves are those of its first.
        var words = text[Passages.Split(text)[0]].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', first ? words[..(words.Length / 2)] : words[(words.Length / 2)..]);
    }

    // FNV-1a, stirred at the end: the same in every process, which a string's own hash is not.
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return (hash ^ (hash >> 29)) * 0xBF58_476D_1CE4_E5B9;
    }

    private sealed record Probe(MemoryRecord Record, List<string> Words);
}

/// <summary>How well a store found its own records.</summary>
internal sealed record ProbeReport
{
    /// <summary>Gets the model; <see langword="null"/>: there is none.</summary>
    public string? Model { get; init; }

    /// <summary>Gets how many records were asked for.</summary>
    public required int Probes { get; init; }

    /// <summary>Gets which part of them was among the first five answers, 0 to 1.</summary>
    public required double HitRate { get; init; }

    /// <summary>Gets the mean of one over the rank of the record, 0 where it is not among the first twenty.</summary>
    public required double Mrr { get; init; }

    /// <summary>Gets the same of halves of records found by embeddings alone; <see langword="null"/>: there is no model.</summary>
    public double? MeaningMrr { get; init; }
}

/// <summary>How far a store is with the model in use.</summary>
internal sealed record ModelProgress
{
    /// <summary>Gets the model, as records carry it; <see langword="null"/>: there is none.</summary>
    public string? Model { get; init; }

    /// <summary>Gets how many numbers an embedding has; zero: not known.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Gets why it cannot be used; <see langword="null"/>: it can.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets how many records and searchable events wait for an embedding of it.</summary>
    public required int Waiting { get; init; }
}
