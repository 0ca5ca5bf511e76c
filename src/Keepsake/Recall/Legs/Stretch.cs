using System.Buffers;

namespace Keepsake.Recall.Legs;

/// <summary>Some rows of one part of the scope: the work of one thread at a time.</summary>
/// <param name="part">The part's number.</param>
/// <param name="from">The first row.</param>
/// <param name="to">After the last row.</param>
/// <param name="isSigned">Whether their signs are kept.</param>
internal sealed class Stretch(int part, int from, int to, bool isSigned)
{
    public int Part => part;

    public int From => from;

    public int To => to;

    public bool IsSigned => isSigned;

    public ushort[]? Sums { get; set; }

    public void Return()
    {
        if (Sums is not null)
        {
            ArrayPool<ushort>.Shared.Return(Sums);
            Sums = null;
        }
    }
}
