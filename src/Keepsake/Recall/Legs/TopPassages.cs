namespace Keepsake.Recall.Legs;

/// <summary>The best passages so far: a heap of fixed size with the worst on top.</summary>
/// <param name="capacity">Most passages.</param>
/// <param name="floor">What a passage must exceed even while there are fewer.</param>
internal sealed class TopPassages(int capacity, float floor = float.NegativeInfinity)
{
    private readonly PassageHit[] _heap = new PassageHit[capacity];
    private readonly float _floor = floor;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>What a passage must exceed to be among the best.</summary>
    public float Threshold { get; private set; } = floor;

    /// <summary>The best, in no order.</summary>
    public ReadOnlySpan<PassageHit> Items => _heap.AsSpan(0, Count);

    /// <summary>Offers a passage.</summary>
    public void Offer(int part, int passage, float score)
    {
        if (score <= Threshold)
        {
            return;
        }

        if (Count < capacity)
        {
            var at = Count++;
            while (at > 0 && _heap[(at - 1) / 2].Score > score)
            {
                _heap[at] = _heap[(at - 1) / 2];
                at = (at - 1) / 2;
            }

            _heap[at] = new(part, passage, score);
        }
        else
        {
            Replace(new(part, passage, score));
        }

        Threshold = Count == capacity ? Math.Max(_floor, _heap[0].Score) : _floor;
    }

    private void Replace(PassageHit hit)
    {
        var at = 0;
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= Count)
            {
                break;
            }

            child += child + 1 < Count && _heap[child + 1].Score < _heap[child].Score ? 1 : 0;
            if (_heap[child].Score >= hit.Score)
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = hit;
    }
}
