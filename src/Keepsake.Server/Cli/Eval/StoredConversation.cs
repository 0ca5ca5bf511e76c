namespace Keepsake.Server.Cli.Eval;

/// <summary>A conversation in the store: which record is which turn.</summary>
/// <param name="conversation">The conversation.</param>
/// <param name="namespace">Where it is stored, alone.</param>
internal sealed class StoredConversation(Conversation conversation, string @namespace)
{
    public Conversation Conversation { get; } = conversation;

    public string Namespace { get; } = @namespace;

    /// <summary>Gets the questions that are asked: those with evidence.</summary>
    public IEnumerable<Question> Asked => Conversation.Questions.Where(q => q.Evidence.Count > 0);

    /// <summary>Gets the turn of each record, by the record's id.</summary>
    public Dictionary<string, Turn> Turns { get; } = new(StringComparer.Ordinal);

    /// <summary>How many records to ask for, so that enough distinct documents remain when those of one document are joined.</summary>
    public int TopK(EvalLevel level)
    {
        // Sessions have many turns each, so the best turns of 20 sessions may be far down.
        var records = level == EvalLevel.Session
            ? RecallRequest.MaxTopK
            : EvalTally.MaxRank + Turns.Count - Turns.Values.Distinct().Count();
        return Math.Min(records, RecallRequest.MaxTopK);
    }

    /// <summary>The documents of the records found, best first, each once.</summary>
    public IReadOnlyList<string> Documents(IReadOnlyList<string> found, EvalLevel level)
    {
        List<string> documents = [];
        foreach (var id in found)
        {
            if (Turns.TryGetValue(id, out var turn))
            {
                documents.Add(Document(turn, level));
            }
        }

        return [.. documents.Distinct(StringComparer.Ordinal).Take(EvalTally.MaxRank)];
    }

    /// <summary>The documents that answer a question.</summary>
    public IReadOnlySet<string> Gold(Question question, EvalLevel level)
    {
        var evidence = question.Evidence.ToHashSet(StringComparer.Ordinal);
        return Conversation.Turns.Where(t => evidence.Contains(t.Id)).Select(t => Document(t, level)).ToHashSet(StringComparer.Ordinal);
    }

    private static string Document(Turn turn, EvalLevel level) => level == EvalLevel.Turn ? turn.Id : turn.Session;
}
