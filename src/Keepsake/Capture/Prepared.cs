namespace Keepsake.Capture;

/// <summary>One item of a write, validated and redacted, or the reason why it is refused.</summary>
/// <typeparam name="T">A record or an event.</typeparam>
internal sealed class Prepared<T>
    where T : MemoryItem
{
    /// <summary>Gets or sets the item; <see langword="null"/>: it is refused.</summary>
    public T? Item { get; set; }

    /// <summary>Gets how many secrets of each kind were taken out.</summary>
    public IReadOnlyDictionary<string, int> Redactions { get; init; } = WriteOutcome.NoRedactions;

    /// <summary>What is suspicious in it; <see langword="null"/>: nothing.</summary>
    public IReadOnlyList<string>? Suspicions => Item switch
    {
        MemoryRecord record => record.Suspicions,
        MemoryEvent item => item.Suspicions,
        _ => null,
    };

    /// <summary>Gets why it is refused; <see langword="null"/>: it is not.</summary>
    public MemoryException? Error { get; init; }

    /// <summary>Prepares an item; an error that concerns only it becomes its refusal.</summary>
    public static Prepared<T> Try(Func<Prepared<T>> prepare)
    {
        try
        {
            return prepare();
        }
        catch (MemoryException e)
        {
            return new() { Error = e };
        }
    }

    /// <summary>Puts the outcomes of what was written and of what was refused into the order of the call.</summary>
    public static IReadOnlyList<WriteOutcome> Outcomes(IReadOnlyList<Prepared<T>> prepared, IReadOnlyList<WriteOutcome> written)
    {
        var outcomes = new WriteOutcome[prepared.Count];
        var next = 0;
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = prepared[i].Error is { } error
                ? WriteOutcome.Refused(error)
                : written[next++] with { Redactions = prepared[i].Redactions, Suspicions = prepared[i].Suspicions };
        }

        return outcomes;
    }
}
