namespace Keepsake.Recall.Index;

/// <summary>The inverted index of a segment: for each term the passages that hold it, in rising order.</summary>
/// <remarks>
/// 4 bytes a posting, and 12 a term. Each run of <see cref="BlockSize"/> postings knows the most frequent occurrence and the shortest passage in
/// it, from which follows what any of them can be worth at most, whatever the average length is at the time of asking.
/// </remarks>
internal sealed class PostingTable
{
    /// <summary>Postings that share one bound. Blocks are counted through the whole table, across terms.</summary>
    public const int BlockSize = 1 << BlockShift;

    /// <summary>Most passages of a segment.</summary>
    public const int MaxPassages = 1 << (32 - FrequencyBits);

    /// <summary>Highest frequency that is told apart; more occurrences in one passage count as this many.</summary>
    public const int MaxFrequency = (1 << FrequencyBits) - 1;

    private const int BlockShift = 7;
    private const int FrequencyBits = 6;

    private readonly int[] _buckets;
    private readonly int _bucketShift;
    private readonly byte[] _mostFrequent;
    private readonly byte[] _shortest;

    /// <summary>Takes terms in rising order, where each one's postings begin, the postings, and the passages' lengths.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="starts">One more than terms; the last is the number of postings.</param>
    /// <param name="postings">By <see cref="Pack"/>, rising within a term.</param>
    /// <param name="lengths">Each passage's number of terms, up to 255.</param>
    public PostingTable(ulong[] terms, int[] starts, uint[] postings, byte[] lengths)
    {
        (Terms, Starts, Postings) = (terms, starts, postings);

        // Numbers of terms are spread evenly, so their first bits say nearly where a term is.
        var bits = Math.Max(1, System.Numerics.BitOperations.Log2((uint)terms.Length + 1) - 1);
        _bucketShift = 64 - bits;
        _buckets = new int[(1 << bits) + 1];
        for (int bucket = 0, term = 0; bucket < _buckets.Length - 1; bucket++)
        {
            _buckets[bucket] = term;
            while (term < terms.Length && terms[term] >> _bucketShift == (ulong)bucket)
            {
                term++;
            }
        }

        _buckets[^1] = terms.Length;
        _mostFrequent = new byte[(postings.Length + BlockSize - 1) >> BlockShift];
        _shortest = new byte[_mostFrequent.Length];
        Array.Fill(_shortest, byte.MaxValue);
        for (var i = 0; i < postings.Length; i++)
        {
            _mostFrequent[i >> BlockShift] = Math.Max(_mostFrequent[i >> BlockShift], (byte)FrequencyOf(postings[i]));
            _shortest[i >> BlockShift] = Math.Min(_shortest[i >> BlockShift], lengths[PassageOf(postings[i])]);
        }
    }

    /// <summary>The terms, rising.</summary>
    public ulong[] Terms { get; }

    /// <summary>Where each term's postings begin, and the end.</summary>
    public int[] Starts { get; }

    /// <summary>All postings.</summary>
    public uint[] Postings { get; }

    /// <summary>One posting.</summary>
    public static uint Pack(int passage, int frequency) => ((uint)passage << FrequencyBits) | (uint)Math.Min(frequency, MaxFrequency);

    /// <summary>The passage of a posting.</summary>
    public static int PassageOf(uint posting) => (int)(posting >> FrequencyBits);

    /// <summary>How often the term is in the passage.</summary>
    public static int FrequencyOf(uint posting) => (int)(posting & MaxFrequency);

    /// <summary>Where the postings of a term are. Empty: there are none.</summary>
    public (int From, int To) Find(ulong term)
    {
        var bucket = (int)(term >> _bucketShift);
        for (var i = _buckets[bucket]; i < _buckets[bucket + 1]; i++)
        {
            if (Terms[i] == term)
            {
                return (Starts[i], Starts[i + 1]);
            }
        }

        return (0, 0);
    }

    /// <summary>The first posting from a place on whose passage is not before another.</summary>
    /// <param name="from">The place, in <see cref="Postings"/>.</param>
    /// <param name="to">Where the term's postings end; the answer when all are before.</param>
    /// <param name="passage">The passage.</param>
    public int Seek(int from, int to, int passage)
    {
        // Steps that double, then halves: near is quick and far is not slow.
        var least = (uint)passage << FrequencyBits;
        var postings = Postings;
        var step = 1;
        var low = from;
        while (low + step < to && postings[low + step] < least)
        {
            low += step;
            step <<= 1;
        }

        var high = Math.Min(to, low + step + 1);
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (postings[middle] < least)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The most frequent occurrence and the shortest passage among some postings, or better than any of them.</summary>
    public (int Frequency, int Length) Bound(int from, int to)
    {
        var frequency = 0;
        var length = (int)byte.MaxValue;
        for (var block = from >> BlockShift; block < (to + BlockSize - 1) >> BlockShift; block++)
        {
            frequency = Math.Max(frequency, _mostFrequent[block]);
            length = Math.Min(length, _shortest[block]);
        }

        return (frequency, length);
    }
}
