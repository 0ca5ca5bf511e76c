namespace Keepsake.Server.Cli.Eval;

/// <summary>Stores documents as any client would, asks questions with the recall that a user gets, and scores the answers.</summary>
/// <param name="store">An empty store.</param>
/// <param name="time">The clock.</param>
internal sealed class BeirEvaluator(IEvalStore store, TimeProvider time)
{
    private const string Namespace = "documents";
    private const int FactsACall = 200;
    private const int MainDepth = 10;
    private const int MaxRank = RecallRequest.MaxTopK;
    private static readonly int[] Depths = [1, 5, MainDepth, 20, MaxRank];

    private readonly Dictionary<string, string> _documentOf = new(StringComparer.Ordinal);
    private readonly double[] _recall = new double[Depths.Length];
    private readonly List<double> _recallAt10 = [];
    private readonly List<double> _milliseconds = [];
    private double _ndcg;
    private double _reciprocalRank;
    private TimeSpan _storing;

    /// <summary>Gets the recall at 10 of each question so far, in their order.</summary>
    public IReadOnlyList<double> RecallAt10 => _recallAt10;

    /// <summary>Stores documents, those longer than a record in parts.</summary>
    public async Task StoreAsync(IReadOnlyList<BeirText> documents, Action stored, CancellationToken cancellationToken)
    {
        foreach (var call in documents.Index().SelectMany(d => Facts(d.Index, d.Item)).Chunk(FactsACall))
        {
            var startedAt = time.GetTimestamp();
            var ids = await store.StoreAsync(Namespace, [.. call.Select(c => c.Fact)], cancellationToken);
            _storing += time.GetElapsedTime(startedAt);
            for (var i = 0; i < call.Length; i++)
            {
                _documentOf[ids[i]] = call[i].Document;
                if (call[i].IsFirst)
                {
                    stored();
                }
            }
        }
    }

    /// <summary>Asks questions.</summary>
    public async Task AskAsync(IReadOnlyList<BeirQuestion> questions, Action asked, CancellationToken cancellationToken)
    {
        foreach (var question in questions)
        {
            var request = new RecallRequest { Query = question.Text, Namespace = Namespace, TopK = MaxRank, MinRelevance = 0 };
            var startedAt = time.GetTimestamp();
            var found = await store.AskAsync(request, cancellationToken);
            _milliseconds.Add(time.GetElapsedTime(startedAt).TotalMilliseconds);

            // Some collections ask with a document; that it finds itself says nothing, and BEIR leaves it out too.
            Score(question, [.. found.Where(_documentOf.ContainsKey).Select(id => _documentOf[id]).Where(d => d != question.Id).Distinct(StringComparer.Ordinal)]);
            asked();
        }
    }

    /// <summary>The scores so far.</summary>
    public BeirReport Report(int documents) => new()
    {
        Documents = documents,
        Questions = _recallAt10.Count,
        Overall = new()
        {
            NdcgAt10 = Mean(_ndcg),
            RecallAt1 = Mean(_recall[0]),
            RecallAt5 = Mean(_recall[1]),
            RecallAt10 = Mean(_recall[2]),
            RecallAt20 = Mean(_recall[3]),
            RecallAt100 = Mean(_recall[4]),
            Mrr = Mean(_reciprocalRank),
        },
        Anchors = new Dictionary<string, BeirScores>(),
        RecallMs = RankedScore.Times(_milliseconds),
        RecordsPerSecond = _storing > TimeSpan.Zero ? Math.Round(_documentOf.Count / _storing.TotalSeconds, 1) : 0,
    };

    private void Score(BeirQuestion question, List<string> ranked)
    {
        var wanted = question.Grades.Keys.ToHashSet(StringComparer.Ordinal);
        for (var d = 0; d < Depths.Length; d++)
        {
            _recall[d] += RankedScore.Recall(ranked, wanted, Depths[d]);
        }

        _recallAt10.Add(RankedScore.Recall(ranked, wanted, MainDepth));
        _reciprocalRank += RankedScore.ReciprocalRank(ranked, wanted, MaxRank);
        _ndcg += RankedScore.Ndcg(ranked, question.Grades, MainDepth);
    }

    private double Mean(double sum) => RankedScore.Mean(sum, _recallAt10.Count);

    // Keys keep two documents with equal text from being one record.
    private static IEnumerable<(string Document, bool IsFirst, MemoryFact Fact)> Facts(int number, BeirText document) =>
        TurnParts.Of(document.Text, MemoryRecord.MaxContentLength).Index().Select(part => (
            document.Id,
            part.Index == 0,
            new MemoryFact { Content = part.Item, Key = part.Index == 0 ? $"document-{number + 1}" : $"document-{number + 1}/{part.Index + 1}" }));
}
