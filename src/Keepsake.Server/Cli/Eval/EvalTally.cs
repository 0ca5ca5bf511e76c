namespace Keepsake.Server.Cli.Eval;

/// <summary>Scores questions one by one and adds them up.</summary>
internal sealed class EvalTally
{
    /// <summary>How many documents of an answer are looked at.</summary>
    public const int MaxRank = 20;

    private readonly SortedDictionary<string, Sum> _categories = new(StringComparer.Ordinal);
    private readonly Sum _overall = new();
    private readonly List<double> _milliseconds = [];

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
        _milliseconds.Add(elapsed.TotalMilliseconds);
    }

    /// <summary>The means so far.</summary>
    public EvalReport Report(EvalLevel level, double recordsPerSecond)
    {
        _milliseconds.Sort();
        return new()
        {
            Level = level,
            Questions = _overall.Count,
            Overall = _overall.Mean(),
            Categories = _categories.ToDictionary(c => c.Key, c => c.Value.Mean(), StringComparer.Ordinal),
            RecallMs = new(Percentile(0.5), Percentile(0.95)),
            RecordsPerSecond = Math.Round(recordsPerSecond, 1),
        };
    }

    // Nearest rank: the smallest time that so many of the calls did not exceed.
    private double Percentile(double share) => _milliseconds.Count == 0
        ? 0
        : Math.Round(_milliseconds[Math.Max(0, (int)Math.Ceiling(share * _milliseconds.Count) - 1)], 3);

    private sealed class Sum
    {
        private static readonly int[] Ranks = [1, 5, 10, MaxRank];
        private readonly double[] _recall = new double[Ranks.Length];
        private double _reciprocalRank;

        public int Count { get; private set; }

        public void Add(IReadOnlyList<string> ranked, IReadOnlySet<string> gold)
        {
            Count++;
            var found = 0;
            var firstRank = 0;
            for (int i = 0, r = 0; r < Ranks.Length; i++)
            {
                if (i < ranked.Count && i < MaxRank && gold.Contains(ranked[i]))
                {
                    found++;
                    firstRank = firstRank == 0 ? i + 1 : firstRank;
                }

                if (i + 1 == Ranks[r])
                {
                    _recall[r++] += (double)found / gold.Count;
                }
            }

            _reciprocalRank += firstRank > 0 ? 1.0 / firstRank : 0;
        }

        public EvalScores Mean() => new()
        {
            RecallAt1 = Of(_recall[0]),
            RecallAt5 = Of(_recall[1]),
            RecallAt10 = Of(_recall[2]),
            RecallAt20 = Of(_recall[3]),
            Mrr = Of(_reciprocalRank),
        };

        private double Of(double sum) => Count == 0 ? 0 : Math.Round(sum / Count, 4);
    }
}
