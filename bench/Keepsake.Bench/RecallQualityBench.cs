using System.Diagnostics;
using Keepsake.Recall;

namespace Keepsake.Bench;

/// <summary>How much of what answers a question comes back, on real conversations and with the ranking everyone gets?</summary>
internal static class RecallQualityBench
{
    private static readonly ScratchModel Model = new("/work/shared/embedding/keepsake-en-1");
    private static readonly Dictionary<string, float[]> Cache = [];
    private static float[] Emb(string t) { if (!Cache.TryGetValue(t, out var v)) { Cache[t] = v = Model.Embed(t); } return v; }
    private const int MaxContent = 16_000;

    public static int Run(string[] args)
    {
        var ranker = Scratch.Ranker();
        List<string> files = [];
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--without" && i + 1 < args.Length)
            {
                ranker = ranker.Without(args[++i]);
            }
            else
            {
                files.Add(args[i]);
            }
        }

        foreach (var file in files)
        {
            Measure(file, ranker);
        }

        return files.Count > 0 ? 0 : 2;
    }

    private static void Measure(string file, Ranker ranker)
    {
        var overall = new RecallScore();
        var categories = new SortedDictionary<string, RecallScore>(StringComparer.Ordinal);
        List<double> milliseconds = [];
        foreach (var conversation in ConversationReader.Read(file))
        {
            using var index = new RecallIndex(ranker);
            Store(index, conversation);
            foreach (var question in conversation.Questions.Where(q => q.Evidence.Count > 0))
            {
                var started = Stopwatch.GetTimestamp();
                var hits = index.Search(new() { Text = question.Text, Vector = Emb(question.Text), Scope = conversation.Id, Limit = 40, Now = DateTimeOffset.UnixEpoch });
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                List<string> turns = [.. hits.Select(hit => hit.Id.Split('#')[0]).Distinct().Take(20)];
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

    private static void Store(RecallIndex index, Conversation conversation)
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
                    Vectors = [.. Keepsake.Recall.Analysis.Passages.Split(content).Select(r => Emb(content[r]))],
                });
            }
        }
    }
}
