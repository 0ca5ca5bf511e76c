namespace Keepsake.Server.Cli.Eval;

/// <summary>Stores conversations as any client would, asks their questions with the recall that a user gets, and scores the answers.</summary>
/// <param name="store">An empty store.</param>
/// <param name="time">The clock.</param>
internal sealed class Evaluator(IEvalStore store, TimeProvider time)
{
    private readonly EvalTally _tally = new();
    private TimeSpan _storing;
    private long _stored;

    /// <summary>Gets the recall at 10 of each question so far, in their order.</summary>
    public IReadOnlyList<double> RecallAt10 => _tally.RecallAt10;

    /// <summary>Stores a conversation in a namespace of its own.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="number">Its place in the file, from 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoredConversation> StoreAsync(Conversation conversation, int number, CancellationToken cancellationToken)
    {
        var stored = new StoredConversation(conversation, $"conversations/{number}");
        foreach (var call in Calls(conversation, number))
        {
            var startedAt = time.GetTimestamp();
            var ids = await store.StoreAsync(stored.Namespace, [.. call.Select(c => c.Fact)], cancellationToken);
            _storing += time.GetElapsedTime(startedAt);
            _stored += call.Count;
            for (var i = 0; i < call.Count; i++)
            {
                stored.Turns[ids[i]] = call[i].Turn;
            }
        }

        return stored;
    }

    /// <summary>Asks the questions of a conversation that have evidence.</summary>
    /// <param name="stored">The conversation.</param>
    /// <param name="level">What counts as one document.</param>
    /// <param name="asked">Told of each question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AskAsync(StoredConversation stored, EvalLevel level, Action asked, CancellationToken cancellationToken)
    {
        foreach (var question in stored.Asked)
        {
            var request = Request(question, stored, level) with { MinRelevance = 0 };
            var startedAt = time.GetTimestamp();
            var found = await store.AskAsync(request, cancellationToken);
            var elapsed = time.GetElapsedTime(startedAt);
            _tally.Add(question.Category, stored.Documents(found, level), stored.Gold(question, level), elapsed);
            asked();
        }
    }

    /// <summary>Asks the questions of a conversation again with the floor that a client gets who names none, of its own and of another.</summary>
    /// <param name="stored">The conversation.</param>
    /// <param name="other">Another conversation, which knows no answer.</param>
    /// <param name="level">What counts as one document.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AskWithFloorAsync(
        StoredConversation stored, StoredConversation other, EvalLevel level, CancellationToken cancellationToken)
    {
        foreach (var question in stored.Asked)
        {
            var request = Request(question, stored, level);
            var found = await store.AskAsync(request, cancellationToken);
            var elsewhere = await store.AskAsync(request with { Namespace = other.Namespace, TopK = 1 }, cancellationToken);
            _tally.AddWithFloor(stored.Documents(found, level), stored.Gold(question, level), elsewhere.Count > 0);
        }
    }

    /// <summary>The scores so far.</summary>
    public EvalReport Report(EvalLevel level) => _tally.Report(level, _storing > TimeSpan.Zero ? _stored / _storing.TotalSeconds : 0);

    private static RecallRequest Request(Question question, StoredConversation stored, EvalLevel level) =>
        new() { Query = question.Text, Namespace = stored.Namespace, TopK = stored.TopK(level) };

    // One call a session, as a client that remembers a session when it ends; more only where one call cannot hold it.
    private static IEnumerable<List<(Turn Turn, MemoryFact Fact)>> Calls(Conversation conversation, int number)
    {
        List<(Turn Turn, MemoryFact Fact)> call = [];
        var sessions = 0;
        string? session = null;
        foreach (var turn in conversation.Turns)
        {
            if (call.Count > 0 && (turn.Session != session || call.Count >= RememberRequest.MaxFacts - 1))
            {
                yield return call;
                call = [];
            }

            sessions += turn.Session != session ? 1 : 0;
            session = turn.Session;
            foreach (var (part, text) in TurnParts.Of(turn.Text, MemoryRecord.MaxContentLength).Index())
            {
                call.Add((turn, new()
                {
                    Content = text,
                    // Said twice is said twice: a key keeps two equal turns from being one record.
                    Key = part == 0 ? turn.Id : $"{turn.Id}/{part + 1}",
                    SessionId = $"conversation-{number}-session-{sessions}",
                    Speaker = turn.Speaker,
                    OccurredAt = turn.Time,
                }));
            }
        }

        if (call.Count > 0)
        {
            yield return call;
        }
    }
}
