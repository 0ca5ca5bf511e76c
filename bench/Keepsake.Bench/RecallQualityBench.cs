using System.Diagnostics;
using System.Globalization;
using Keepsake.Embedding;
using Keepsake.Recall;
using Keepsake.Recall.Analysis;

namespace Keepsake.Bench;

/// <summary>How much of what answers a question comes back, on real conversations and with the ranking everyone gets?</summary>
internal sealed class RecallQualityBench(Ranker ranker, Embedder embedder, double floor)
{
    // A longer turn is stored in parts; 40 results hold 20 distinct turns unless most of them are parts of the same few.
    private const int MaxContent = 16_000;
    private const int Results = 40;
    private const int Turns = 20;

    private readonly QuestionEmbedder _questions = new(embedder);

    public static async Task<int> RunAsync(string[] args)
    {
        var ranker = Ranker.Default;
        var provider = EmbeddingProvider.BuiltIn;
        var floor = 0.0;
        List<string> files = [];
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--without" when i + 1 < args.Length:
                    ranker = ranker.Without(args[++i]);
                    break;
                case "--floor" when i + 1 < args.Length:
                    floor = double.Parse(args[++i], CultureInfo.InvariantCulture);
                    break;
                case "--lexical":
                    provider = EmbeddingProvider.None;
                    break;
                default:
                    files.Add(args[i]);
                    break;
            }
        }

        using var embedder = new Embedder(new EmbeddingOptions { Provider = provider });
        var bench = new RecallQualityBench(ranker, embedder, floor);
        foreach (var file in files)
        {
            await bench.MeasureAsync(file);
        }

        return files.Count > 0 ? 0 : 2;
    }

    private async Task MeasureAsync(string file)
    {
        var overall = new RecallScore();
        var categories = new SortedDictionary<string, RecallScore>(StringComparer.Ordinal);
        List<double> milliseconds = [];
        var elsewhere = 0;
        var conversations = ConversationReader.Read(file);
        using var index = new RecallIndex(ranker);
        foreach (var conversation in conversations)
        {
            await StoreAsync(index, conversation);
        }

        for (var c = 0; c < conversations.Count; c++)
        {
            foreach (var question in conversations[c].Questions.Where(q => q.Evidence.Count > 0))
            {
                var vector = await _questions.EmbedAsync(index.TextToEmbed(question.Text, conversations[c].Id), default);
                var started = Stopwatch.GetTimestamp();
                var hits = Ask(index, question.Text, vector, conversations[c].Id);
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                List<string> turns = [.. hits.Select(hit => hit.Id.Split('#')[1]).Distinct().Take(Turns)];
                categories.TryAdd(question.Category, new());
                categories[question.Category].Add(turns, question.Evidence);
                overall.Add(turns, question.Evidence);
                var other = conversations[(c + 1) % conversations.Count].Id;
                elsewhere += Ask(index, question.Text, await _questions.EmbedAsync(index.TextToEmbed(question.Text, other), default), other).Count > 0 ? 1 : 0;
            }
        }

        Print(file, overall, categories, milliseconds, elsewhere);
    }

    private void Print(string file, RecallScore overall, SortedDictionary<string, RecallScore> categories, List<double> milliseconds, int elsewhere)
    {
        Console.WriteLine($"{Path.GetFileName(file),-28}R@1    R@5    R@10   R@20   MRR");
        Console.WriteLine($"{"overall",-28}{overall}");
        foreach (var (category, score) in categories)
        {
            Console.WriteLine($"{category,-28}{score}");
        }

        milliseconds.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"p50 {milliseconds[milliseconds.Count / 2]:F3} ms, p95 {milliseconds[milliseconds.Count * 95 / 100]:F3} ms; floor {floor:F2}: another conversation's question surfaces something {(double)elsewhere / overall.Questions:P0}"));
    }

    private IReadOnlyList<RankedHit> Ask(RecallIndex index, string text, float[]? vector, string scope) =>
        index.Search(new() { Text = text, Vector = vector, Scope = scope, Limit = Results, MinRelevance = floor, Now = DateTimeOffset.UnixEpoch });

    private async Task StoreAsync(RecallIndex index, Conversation conversation)
    {
        var order = 0;
        foreach (var turn in conversation.Turns)
        {
            for (var part = 0; part == 0 || part * MaxContent < turn.Text.Length; part++)
            {
                var content = turn.Text[(part * MaxContent)..Math.Min(turn.Text.Length, (part + 1) * MaxContent)];
                var vectors = await embedder.EmbedDocumentsAsync([.. Passages.Split(content).Select(passage => content[passage])]);
                index.Upsert(new()
                {
                    Id = $"{conversation.Id}#{turn.Id}#{part}",
                    Version = 1,
                    Path = conversation.Id,
                    Content = content,
                    Session = turn.Session,
                    Speaker = turn.Speaker,
                    OccurredAt = turn.Time,
                    Order = order++,
                    Vectors = [.. vectors?.Select(vector => vector ?? []) ?? []],
                });
            }
        }
    }
}
