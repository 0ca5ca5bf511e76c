using System.Buffers;
using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>Some rows of one part of the scope: the work of one thread at a time.</summary>
/// <param name="part">The part's number.</param>
/// <param name="from">The first row.</param>
/// <param name="to">After the last row.</param>
/// <param name="signs">The question, ready for their signs; <see langword="null"/>: they are compared one by one.</param>
internal sealed class Stretch(int part, int from, int to, SignQuery? signs)
{
    /// <summary>Makes one of documents that match a filter, compared one by one.</summary>
    /// <param name="part">The part's number.</param>
    /// <param name="matching">The documents, rising.</param>
    public Stretch(int part, ReadOnlyMemory<int> matching)
        : this(part, 0, 0, signs: null) => Matching = matching;

    public int Part => part;

    public int From => from;

    public int To => to;

    public SignQuery? Signs => signs;

    /// <summary>The documents whose rows it is; <see langword="null"/>: all rows from <see cref="From"/> to <see cref="To"/>.</summary>
    public ReadOnlyMemory<int>? Matching { get; }

    /// <summary>What is estimated of each row, from the first of the block that holds <see cref="From"/>; <see langword="null"/>: nothing yet.</summary>
    public ushort[]? Estimates { get; set; }

    public void Return()
    {
        if (Estimates is not null)
        {
            ArrayPool<ushort>.Shared.Return(Estimates);
            Estimates = null;
        }
    }
}
