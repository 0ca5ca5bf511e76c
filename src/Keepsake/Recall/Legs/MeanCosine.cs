namespace Keepsake.Recall.Legs;

/// <summary>Collects the mean of many cosines, from several threads.</summary>
internal sealed class MeanCosine
{
    private readonly Lock _lock = new();
    private double _sum;
    private double _count;

    /// <summary>The mean; 0 of none.</summary>
    public float Value => (float)(_sum / Math.Max(1, _count));

    /// <summary>Adds some.</summary>
    public void Add(double sum, double count)
    {
        lock (_lock)
        {
            (_sum, _count) = (_sum + sum, _count + count);
        }
    }
}
