namespace Keepsake.Recall.Index;

/// <summary>One session of a partition, or one document that belongs to none.</summary>
internal struct SessionRow
{
    /// <summary>How many documents it has. 0: it is gone.</summary>
    public int Documents;

    /// <summary>The terms in all of them.</summary>
    public int Length;
}

/// <summary>The sessions of one partition and the order of documents in them.</summary>
internal sealed class SessionTable(Column<DocumentRow> documents)
{
    private readonly Dictionary<string, Session> _byId = new(StringComparer.Ordinal);
    private readonly Column<SessionRow> _rows = new();

    /// <summary>All sessions, those that are gone too.</summary>
    public ReadOnlySpan<SessionRow> Rows => _rows.Items;

    /// <summary>How many sessions have documents.</summary>
    public int LiveCount { get; private set; }

    /// <summary>Puts a document, already in its column, into its session between its neighbours.</summary>
    public void Add(int document, string? sessionId)
    {
        ref var row = ref documents[document];
        row.Previous = row.Next = DocumentRow.None;
        if (sessionId is null)
        {
            row.Session = NewRow();
        }
        else
        {
            if (!_byId.TryGetValue(sessionId, out var session))
            {
                session = new(NewRow(), []);
                _byId.Add(sessionId, session);
            }

            row.Session = session.Row;
            Insert(session.Members, document, row.Order);
        }

        ref var totals = ref _rows[row.Session];
        totals.Documents++;
        totals.Length += row.Length;
        LiveCount += totals.Documents == 1 ? 1 : 0;
    }

    /// <summary>Takes a document out; its neighbours become each other's.</summary>
    public void Remove(int document, string? sessionId)
    {
        ref var row = ref documents[document];
        if (sessionId is not null && _byId.TryGetValue(sessionId, out var session))
        {
            session.Members.RemoveAt(Place(session.Members, row.Order, document));
            Link(row.Previous, row.Next);
            if (session.Members.Count == 0)
            {
                _byId.Remove(sessionId);
            }
        }

        ref var totals = ref _rows[row.Session];
        totals.Documents--;
        totals.Length -= row.Length;
        LiveCount -= totals.Documents == 0 ? 1 : 0;
    }

    private int NewRow()
    {
        _rows.Add(default);
        return _rows.Count - 1;
    }

    private void Insert(List<int> members, int document, long order)
    {
        var place = Place(members, order, document);
        var previous = place > 0 ? members[place - 1] : DocumentRow.None;
        var next = place < members.Count ? members[place] : DocumentRow.None;
        members.Insert(place, document);
        Link(previous, document);
        Link(document, next);
    }

    private void Link(int previous, int next)
    {
        if (previous >= 0)
        {
            documents[previous].Next = next;
        }

        if (next >= 0)
        {
            documents[next].Previous = previous;
        }
    }

    // Where a document is or belongs: by append order, equal orders by document number.
    private int Place(List<int> members, long order, int document)
    {
        var low = 0;
        var high = members.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var other = members[middle];
            if (documents[other].Order < order || (documents[other].Order == order && other < document))
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

    private sealed record Session(int Row, List<int> Members);
}
