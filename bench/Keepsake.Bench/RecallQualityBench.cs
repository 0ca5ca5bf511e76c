using System.Diagnostics;
using Keepsake.Embedding;
using Keepsake.Recall;
using Keepsake.Recall.Analysis;

namespace Keepsake.Bench;

/// <summary>How much of what answers a question comes back, on real conversations and with the ranking everyone gets?</summary>
internal static class RecallQualityBench
{
    // A longer turn is stored in parts; 40 results hold 20 distinct turns unless most of them are parts of the same few.
    private const int MaxContent = 16_000;
    private const int Results = 40;
    private const int Turns = 20;

    public static int Run(string[] args)
    {
        var ranker = Ranker.Default;
        var lexicalOnly = false;
        List<string> files = [];
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--without" && i + 1 < args.Length)
            {
                ranker = ranker.Without(args[++i]);
            }
            else if (args[i] == "--lexical")
            {
                lexicalOnly = true;
            }
            else
            {
                files.Add(args[i]);
            }
        }

        var model = lexicalOnly ? null : StaticEmbeddingModel.Load(BuiltInModel.Folder);
        foreach (var file in files)
        {
            Measure(file, ranker, model);
        }

        return files.Count > 0 ? 0 : 2;
    }

    private static void Measure(string file, Ranker ranker, StaticEmbeddingModel? model)
    {
        var overall = new RecallScore();
        var categories = new SortedDictionary<string, RecallScore>(StringComparer.Ordinal);
        List<double> milliseconds = [];
        foreach (var conversation in ConversationReader.Read(file))
        {
            using var index = new RecallIndex(ranker);
            Store(index, conversation, model);
            foreach (var question in conversation.Questions.Where(q => q.Evidence.Count > 0))
            {
                var vector = Embed(model, question.Text);
                var started = Stopwatch.GetTimestamp();
                var hits = index.Search(new() { Text = question.Text, Vector = vector, Scope = conversation.Id, Limit = Results, Now = DateTimeOffset.UnixEpoch });
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                List<string> turns = [.. hits.Select(hit => hit.Id.Split('#')[0]).Distinct().Take(Turns)];
                overall.Add(turns, question.Evidence);
                if (!categories.TryGetValue(question.Category, out var score))
                {
                    categories.Add(question.Category, score = new());
                }

                score.Add(turns, question.Evidence);
            }
        }

        milliseconds.Sort();
        Console.WriteLine($"{Path.GetFileName(file)}  R@1  R@5  R@10  R@20  MRR");
        Console.WriteLine($"{"overall",-28}{overall}");
        foreach (var (category, score) in categories)
        {
            Console.WriteLine($"{category,-28}{score}");
        }

        Console.WriteLine($"p50 {milliseconds[milliseconds.Count / 2]:F3} ms, p95 {milliseconds[milliseconds.Count * 95 / 100]:F3} ms");
    }

    private static void Store(RecallIndex index, Conversation conversation, StaticEmbeddingModel? model)
    {
        var order = 0;
        foreach (var turn in conversation.Turns)
        {
            for (var part = 0; part == 0 || part * MaxContent < turn.Text.Length; part++)
            {
                var content = turn.Text[(part * MaxContent)..Math.Min(turn.Text.Length, (part + 1) * MaxContent)];
                index.Upsert(new()
                {
                    Id = $"{turn.Id}#{part}",
                    Version = 1,
                    Path = conversation.Id,
                    Content = content,
                    Session = turn.Session,
                    Speaker = turn.Speaker,
                    OccurredAt = turn.Time,
                    Order = order++,
                    Vectors = [.. Passages.Split(content).Select(passage => Embed(model, content[passage]) ?? [])],
                });
            }
        }
    }

    private static float[]? Embed(StaticEmbeddingModel? model, string text)
    {
        var vector = new float[model?.Dimensions ?? 0];
        return model is not null && model.TryEmbed(text, vector) ? vector : null;
    }
}
