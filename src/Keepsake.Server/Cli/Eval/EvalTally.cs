namespace Keepsake.Server.Cli.Eval;

/// <summary>Scores questions one by one and adds them up.</summary>
internal sealed class EvalTally
{
    /// <summary>How many documents of an answer are looked at.</summary>
    public const int MaxRank = 20;

    // The depth at which two settings are compared and a floor is judged.
    private const int MainDepth = 10;

    private readonly SortedDictionary<string, Sum> _categories = new(StringComparer.Ordinal);
    private readonly Sum _overall = new();
    private readonly List<double> _milliseconds = [];
    private readonly List<double> _recallAt10 = [];
    private double _recallWithFloor;
    private int _withFloor;
    private int _surfaced;

    /// <summary>Gets the recall at 10 of each question, in the order added.</summary>
    public IReadOnlyList<double> RecallAt10 => _recallAt10;

    /// <summary>Adds one question.</summary>
    /// <param name="category">Its category.</param>
    /// <param name="ranked">The documents found, best first, each once.</param>
    /// <param name="gold">The documents that answer it, at least one.</param>
    /// <param name="elapsed">How long the recall took.</param>
    public void Add(string category, IReadOnlyList<string> ranked, IReadOnlySet<string> gold, TimeSpan elapsed)
    {
        if (!_categories.TryGetValue(category, out var sum))
        {
            _categories.Add(category, sum = new());
        }

        sum.Add(ranked, gold);
        _overall.Add(ranked, gold);
        _recallAt10.Add(RankedScore.Recall(ranked, gold, MainDepth));
        _milliseconds.Add(elapsed.TotalMilliseconds);
    }

    /// <summary>Adds a question that was asked with the default floor.</summary>
    /// <param name="ranked">The documents found where the answer is, best first, each once.</param>
    /// <param name="gold">The documents that answer it, at least one.</param>
    /// <param name="surfaced">Whether anything was found where no answer is.</param>
    public void AddWithFloor(IReadOnlyList<string> ranked, IReadOnlySet<string> gold, bool surfaced)
    {
        _withFloor++;
        _recallWithFloor += RankedScore.Recall(ranked, gold, MainDepth);
        _surfaced += surfaced ? 1 : 0;
    }

    /// <summary>The means so far.</summary>
    public EvalReport Report(EvalLevel level, double recordsPerSecond) => new()
    {
        Level = level,
        Questions = _overall.Count,
        Overall = _overall.Mean(),
        Categories = _categories.ToDictionary(c => c.Key, c => c.Value.Mean(), StringComparer.Ordinal),
        RecallMs = RankedScore.Times(_milliseconds),
        RecordsPerSecond = Math.Round(recordsPerSecond, 1),
        Abstention = _withFloor == 0 ? null : new()
        {
            Questions = _withFloor,
            Surfaced = RankedScore.Mean(_surfaced, _withFloor),
            RecallAt10WithFloor = RankedScore.Mean(_recallWithFloor, _withFloor),
            RecallAt10WithoutFloor = _overall.Mean().RecallAt10,
        },
    };

    private sealed class Sum
    {
        private static readonly int[] Ranks = [1, 5, MainDepth, MaxRank];
        private readonly double[] _recall = new double[Ranks.Length];
        private double _reciprocalRank;

        public int Count { get; private set; }

        public void Add(IReadOnlyList<string> ranked, IReadOnlySet<string> gold)
        {
            Count++;
            for (var r = 0; r < Ranks.Length; r++)
            {
                _recall[r] += RankedScore.Recall(ranked, gold, Ranks[r]);
            }

            _reciprocalRank += RankedScore.ReciprocalRank(ranked, gold, MaxRank);
        }

        public EvalScores Mean() => new()
        {
            RecallAt1 = RankedScore.Mean(_recall[0], Count),
            RecallAt5 = RankedScore.Mean(_recall[1], Count),
            RecallAt10 = RankedScore.Mean(_recall[2], Count),
            RecallAt20 = RankedScore.Mean(_recall[3], Count),
            Mrr = RankedScore.Mean(_reciprocalRank, Count),
        };
    }
}
