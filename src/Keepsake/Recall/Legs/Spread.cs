namespace Keepsake.Recall.Legs;

/// <summary>Collects how cosines lie, from several threads.</summary>
internal sealed class Spread
{
    private readonly Lock _lock = new();
    private double _sum;
    private double _squares;
    private double _count;

    public float Mean => (float)(_sum / Math.Max(1, _count));

    public float Deviation => (float)Math.Sqrt(Math.Max(0, (_squares / Math.Max(1, _count)) - Math.Pow(Mean, 2)));

    public void Add(double sum, double squares, double count)
    {
        lock (_lock)
        {
            (_sum, _squares, _count) = (_sum + sum, _squares + squares, _count + count);
        }
    }
}
