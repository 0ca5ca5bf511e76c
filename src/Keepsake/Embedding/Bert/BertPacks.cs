namespace Keepsake.Embedding.Bert;

/// <summary>The texts of one call, cut into windows that are packed for the encoder, several threads taking one pack after another.</summary>
internal sealed class BertPacks
{
    private readonly List<BertWindow>[] _texts;
    private readonly List<List<BertWindow>> _packs = [];
    private int _next = -1;

    /// <param name="texts">The texts.</param>
    /// <param name="cutter">Cuts them.</param>
    /// <param name="role">What they are to a search.</param>
    /// <param name="tokens">How many tokens make a pack; one window may have more.</param>
    public BertPacks(IReadOnlyList<string> texts, BertText cutter, EmbeddingRole role, int tokens)
    {
        _texts = new List<BertWindow>[texts.Count];
        for (var i = 0; i < _texts.Length; i++)
        {
            _texts[i] = [.. cutter.Cut(texts[i], role).Select(window => new BertWindow(window))];
        }

        // The longest first: the threads then end at about the same time, and the last pack is filled up with short ones.
        var left = tokens;
        foreach (var window in _texts.SelectMany(windows => windows).OrderByDescending(window => window.Tokens.Length))
        {
            left -= window.Tokens.Length;
            if (left < 0 || _packs.Count == 0)
            {
                _packs.Add([]);
                left = tokens - window.Tokens.Length;
            }

            _packs[^1].Add(window);
        }
    }

    /// <summary>How many packs there are.</summary>
    public int Count => _packs.Count;

    /// <summary>Takes a pack that nobody took; <see langword="null"/>: there is none left.</summary>
    public List<BertWindow>? Next() => Interlocked.Increment(ref _next) is var next && next < _packs.Count ? _packs[next] : null;

    /// <summary>Makes one vector a text of the vectors of its windows.</summary>
    public float[]?[] Join(int dimensions) => Array.ConvertAll(_texts, windows => Join(windows, dimensions));

    private static float[]? Join(List<BertWindow> windows, int dimensions)
    {
        if (windows is [{ Vector: { } only }])
        {
            return UnitLength.TryScale(only) ? only : null;
        }

        var sum = new float[dimensions];
        foreach (var window in windows)
        {
            if (UnitLength.TryScale(window.Vector))
            {
                for (var i = 0; i < dimensions; i++)
                {
                    sum[i] += window.Vector![i] * window.Tokens.Length;
                }
            }
        }

        return UnitLength.TryScale(sum) ? sum : null;
    }
}

/// <summary>What is read at once of a text.</summary>
/// <param name="tokens">Its tokens, markers included.</param>
internal sealed class BertWindow(int[] tokens)
{
    public int[] Tokens { get; } = tokens;

    /// <summary>What the encoder made of it.</summary>
    public float[]? Vector { get; set; }
}
