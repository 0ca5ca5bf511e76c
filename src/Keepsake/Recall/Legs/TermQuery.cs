using Keepsake.Recall.Signals;

namespace Keepsake.Recall.Legs;

/// <summary>One term of a question: how rare it is in the scope, and where its postings are.</summary>
internal sealed class TermQuery
{
    /// <summary>Looks a term up.</summary>
    public TermQuery(ulong term, SearchScope scope)
    {
        Term = term;
        Postings = new (int From, int To)[scope.Parts.Length];
        for (var p = 0; p < scope.Parts.Length; p++)
        {
            var part = scope.Parts[p];
            var table = part.Segment.Postings;
            var (from, to) = table.Find(term);
            if (from < to && (part.EndDocument - part.FirstDocument) < part.Segment.Count)
            {
                from = table.Seek(from, to, part.FirstPassage);
                to = table.Seek(from, to, part.EndPassage);
            }

            Postings[p] = (from, to);
            Frequency += to - from;
        }

        Worth = Bm25.InverseFrequency(Frequency, scope.Passages);
    }

    /// <summary>The term.</summary>
    public ulong Term { get; }

    /// <summary>In how many passages of the scope it is.</summary>
    public int Frequency { get; }

    /// <summary>Its inverse document frequency.</summary>
    public float Worth { get; }

    /// <summary>For each part of the scope where its postings lie in the segment's table.</summary>
    public (int From, int To)[] Postings { get; }
}
