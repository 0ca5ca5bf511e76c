namespace Keepsake.Server.Cli.Eval;

/// <summary>Stores conversations as any client would, asks their questions with the recall that a user gets, and scores the answers.</summary>
/// <param name="memory">An empty store.</param>
/// <param name="time">The clock.</param>
internal sealed class Evaluator(IMemory memory, TimeProvider time)
{
    private readonly EvalTally _tally = new();
    private TimeSpan _storing;
    private long _stored;

    /// <summary>Stores a conversation in a namespace of its own.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="number">Its place in the file, from 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoredConversation> StoreAsync(Conversation conversation, int number, CancellationToken cancellationToken)
    {
        var stored = new StoredConversation(conversation, $"conversations/{number}");
        foreach (var call in Calls(conversation, number))
        {
            var request = new RememberRequest { Namespace = stored.Namespace, Facts = [.. call.Select(c => c.Fact)] };
            var startedAt = time.GetTimestamp();
            var answer = await memory.RememberAsync(request, token: null, cancellationToken);
            _storing += time.GetElapsedTime(startedAt);
            _stored += call.Count;
            if (!answer.Success)
            {
                throw MemoryException.Invalid($"A turn of conversation '{conversation.Id}' was refused: {answer.Errors[0]}");
            }

            for (var i = 0; i < call.Count; i++)
            {
                stored.Turns[answer.Outcomes[i].Id!] = call[i].Turn;
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
        foreach (var question in stored.Conversation.Questions.Where(q => q.Evidence.Count > 0))
        {
            var request = new RecallRequest
            {
                Query = question.Text,
                Namespace = stored.Namespace,
                TopK = stored.TopK(level),
                MinRelevance = 0,
            };
            var startedAt = time.GetTimestamp();
            var answer = await memory.RecallAsync(request, cancellationToken);
            var elapsed = time.GetElapsedTime(startedAt);
            _tally.Add(question.Category, stored.Documents(answer, level), stored.Gold(question, level), elapsed);
            asked();
        }
    }

    /// <summary>The scores so far.</summary>
    public EvalReport Report(EvalLevel level) => _tally.Report(level, _storing > TimeSpan.Zero ? _stored / _storing.TotalSeconds : 0);

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
