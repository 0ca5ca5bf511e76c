using Microsoft.Extensions.Logging;

namespace Keepsake.Embedding;

/// <summary>Keeps in mind whether a model works, says so in the log when that changes, and paces the attempts to find out.</summary>
/// <remarks>Safe for concurrent use.</remarks>
/// <param name="time">The clock of the pauses.</param>
/// <param name="interval">Pause after a failure.</param>
/// <param name="logger">Where changes are told.</param>
internal sealed partial class EmbedderHealth(TimeProvider time, TimeSpan interval, ILogger logger)
{
    private readonly Lock _gate = new();
    private EmbedderState _state = new(EmbedderStatus.Loading);
    private long _triedAt;

    /// <summary>What is known now.</summary>
    public EmbedderState State => Volatile.Read(ref _state);

    /// <summary>Asks whether the model may be used. After a failure one caller an interval may, to find out; the others are spared the wait.</summary>
    public bool MayTry()
    {
        if (State.Status != EmbedderStatus.Unavailable)
        {
            return true;
        }

        lock (_gate)
        {
            if (time.GetElapsedTime(_triedAt) < interval)
            {
                return false;
            }

            _triedAt = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>The model works.</summary>
    public void Succeeded(string? model, int dimensions)
    {
        if (State.Status == EmbedderStatus.Ready)
        {
            return;
        }

        lock (_gate)
        {
            if (_state.Status != EmbedderStatus.Ready)
            {
                Volatile.Write(ref _state, new(EmbedderStatus.Ready));
                LogReady(model, dimensions);
            }
        }
    }

    /// <summary>The model does not work.</summary>
    /// <param name="reason">Why, in words that anyone may read.</param>
    /// <param name="exception">The cause, for its type. Its message may name paths, so it is not logged.</param>
    public void Failed(string reason, Exception? exception)
    {
        lock (_gate)
        {
            // A model that stays away for the same reason is news only once.
            var news = _state.Status != EmbedderStatus.Unavailable || _state.Reason != reason;
            _triedAt = time.GetTimestamp();
            Volatile.Write(ref _state, new(EmbedderStatus.Unavailable, reason));
            if (news)
            {
                LogUnavailable(reason, (exception?.InnerException ?? exception)?.GetType().Name);
            }
        }
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Information, Message = "Embedding model {Model} of {Dimensions} dimensions is ready")]
    private partial void LogReady(string? model, int dimensions);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Warning, Message = "No embeddings, so search is by words only: {Reason} ({Cause})")]
    private partial void LogUnavailable(string reason, string? cause);
}
