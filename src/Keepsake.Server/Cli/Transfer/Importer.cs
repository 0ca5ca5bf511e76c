namespace Keepsake.Server.Cli.Transfer;

/// <summary>Writes JSON Lines into a store.</summary>
/// <remarks>
/// The store commits batches in the order in which they are given, so the next one is prepared while one is written: the order of writing is part
/// of what a store lists, and two lines may name one record, of which the later must win.
/// </remarks>
internal sealed class Importer(IMemory memory, TimeProvider time)
{
    /// <summary>Most reasons that the answer lists. All are counted.</summary>
    public const int MaxErrors = 100;

    // One is prepared, one written, one indexed.
    private const int MaxInFlight = 8;
    private static readonly TimeSpan NoteInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, long> _outcomes = [];
    private readonly Dictionary<string, int> _redactions = [];
    private readonly List<string> _errors = [];
    private long _failed;

    /// <summary>Gets where the place is noted; <see langword="null"/>: nowhere.</summary>
    public string? PlaceFile { get; init; }

    /// <summary>Gets what is told of each refusal: its code, and its line with the reason.</summary>
    public required Action<WriteError> Refused { get; init; }

    /// <summary>Gets what is told after each batch: lines and bytes that are done.</summary>
    public required Action<long, long> Report { get; init; }

    /// <summary>Imports lines to their end.</summary>
    /// <param name="lines">The lines from <paramref name="place"/> on.</param>
    /// <param name="place">Where to go on.</param>
    /// <param name="cancellationToken">Stops between batches; the place is noted.</param>
    public async Task<ImportAnswer> ImportAsync(ReadAhead lines, TransferPlace place, CancellationToken cancellationToken)
    {
        _failed = place.Failed;
        var notedAt = time.GetTimestamp();
        Queue<(ImportBatch Batch, Task<IReadOnlyList<WriteOutcome>> Outcomes)> inFlight = new();
        try
        {
            await foreach (var batch in lines.Batches.ReadAllAsync(cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                inFlight.Enqueue((batch, batch.Items.Count == 0 ? NoOutcomes : memory.ImportAsync(batch.Items, cancellationToken)));
                if (inFlight.Count == MaxInFlight)
                {
                    await FinishAsync();
                }
            }

            while (inFlight.Count > 0)
            {
                await FinishAsync();
            }
        }
        catch
        {
            // What was done before the one that failed is done; what was begun after it is imported again, which changes nothing.
            await Task.WhenAll(inFlight.Select(batch => (Task)batch.Outcomes)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (inFlight.TryPeek(out var first) && first.Outcomes.IsCompletedSuccessfully)
            {
                await FinishAsync();
            }

            Note(place);
            throw;
        }

        return new()
        {
            Success = _failed == 0,
            Lines = place.Lines,
            Outcomes = _outcomes,
            Failed = _failed,
            Errors = _errors,
            Redactions = _redactions,
        };

        async Task FinishAsync()
        {
            var (batch, outcomes) = inFlight.Peek();
            Count(batch, await outcomes);
            inFlight.Dequeue();
            place = place with { Bytes = batch.EndOffset, Lines = batch.EndLine, Failed = _failed, At = time.GetUtcNow() };
            Report(place.Lines, place.Bytes);
            if (time.GetElapsedTime(notedAt) >= NoteInterval)
            {
                Note(place);
                notedAt = time.GetTimestamp();
            }
        }
    }

    private static Task<IReadOnlyList<WriteOutcome>> NoOutcomes => Task.FromResult<IReadOnlyList<WriteOutcome>>([]);

    private void Count(ImportBatch batch, IReadOnlyList<WriteOutcome> outcomes)
    {
        foreach (var (line, reason) in batch.Unreadable)
        {
            Refuse(line, new("invalid_request", reason));
        }

        for (var i = 0; i < outcomes.Count; i++)
        {
            Count(outcomes[i], batch.Lines[i]);
        }
    }

    private void Count(WriteOutcome outcome, long line)
    {
        var word = OutcomeText.Word(outcome.Outcome);
        _outcomes[word] = _outcomes.GetValueOrDefault(word) + 1;
        foreach (var (kind, count) in outcome.Redactions)
        {
            _redactions[kind] = _redactions.GetValueOrDefault(kind) + count;
        }

        if (outcome.Error is { } error)
        {
            Refuse(line, error);
        }
    }

    private void Refuse(long line, WriteError error)
    {
        _failed++;
        var reason = $"line {line}: {error.Message}";
        if (_errors.Count < MaxErrors)
        {
            _errors.Add(reason);
        }

        Refused(new(error.Code, reason));
    }

    private void Note(TransferPlace place)
    {
        if (PlaceFile is not null && place.Lines > 0)
        {
            place.Save(PlaceFile);
        }
    }
}
