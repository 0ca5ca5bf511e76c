using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

#pragma warning disable MCP9006 // Resumable streams belong to the revisions with sessions, which are served too.
namespace Keepsake.Server.Mcp.Transport;

/// <summary>What one session was sent, so that a client whose connection broke can have the rest of a stream: <c>Last-Event-ID</c>.</summary>
/// <param name="sessionId">The session. Ids of its events mean nothing in another.</param>
/// <param name="time">The clock.</param>
internal sealed class EventStreams(string sessionId, TimeProvider time) : ISseEventStreamStore
{
    /// <summary>Most streams that are kept; the oldest goes first.</summary>
    public const int MaxStreams = 16;

    /// <summary>Most events that are kept of one stream; the oldest go first.</summary>
    public const int MaxEvents = 64;

    private readonly Lock _lock = new();
    private readonly List<EventStream> _streams = [];

    /// <summary>Gets how long a stream is kept after its last event: as long as a client may need to come back.</summary>
    public static TimeSpan KeepTime { get; } = TimeSpan.FromMinutes(5);

    public ValueTask<ISseEventStreamWriter> CreateStreamAsync(SseEventStreamOptions options, CancellationToken cancellationToken = default)
    {
        var stream = new EventStream(options.StreamId, options.Mode, time);
        lock (_lock)
        {
            _streams.RemoveAll(other => other.Id == options.StreamId);
            _streams.Add(stream);
            if (_streams.Count > MaxStreams)
            {
                _streams.RemoveAt(0);
            }
        }

        return new(stream);
    }

    /// <summary>Lets go of streams that nobody will come back for.</summary>
    public void ForgetOld()
    {
        lock (_lock)
        {
            _streams.RemoveAll(stream => stream.HasEndedFor(KeepTime));
        }
    }

    public ValueTask<ISseEventStreamReader?> GetStreamReaderAsync(string lastEventId, CancellationToken cancellationToken = default)
    {
        var end = lastEventId.LastIndexOf('/');
        if (end < 0 || !long.TryParse(lastEventId.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return new((ISseEventStreamReader?)null);
        }

        lock (_lock)
        {
            return new(_streams.Find(stream => stream.Id == lastEventId[..end]) is { } stream ? new Reader(sessionId, stream, number) : null);
        }
    }

    private sealed class EventStream(string id, SseEventStreamMode mode, TimeProvider time) : ISseEventStreamWriter
    {
        private readonly Lock _lock = new();
        private readonly Queue<(long Number, SseItem<JsonRpcMessage?> Item)> _events = [];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private SseEventStreamMode _mode = mode;
        private long _last;
        private long? _endedAt;

        public string Id => id;

        public ValueTask SetModeAsync(SseEventStreamMode mode, CancellationToken cancellationToken = default)
        {
            Change(() => _mode = mode);
            return default;
        }

        public ValueTask<SseItem<JsonRpcMessage?>> WriteEventAsync(
            SseItem<JsonRpcMessage?> sseItem, CancellationToken cancellationToken = default)
        {
            // An event that has an id is kept already.
            if (sseItem.EventId is not null)
            {
                return new(sseItem);
            }

            var kept = default(SseItem<JsonRpcMessage?>);
            Change(() =>
            {
                kept = new SseItem<JsonRpcMessage?>(sseItem.Data, sseItem.EventType)
                {
                    EventId = string.Create(CultureInfo.InvariantCulture, $"{id}/{++_last}"),
                    ReconnectionInterval = sseItem.ReconnectionInterval,
                };
                _events.Enqueue((_last, kept));
                if (_events.Count > MaxEvents)
                {
                    _events.Dequeue();
                }
            });
            return new(kept);
        }

        public ValueTask DisposeAsync()
        {
            Change(() => _endedAt ??= time.GetTimestamp());
            return default;
        }

        public bool HasEndedFor(TimeSpan age)
        {
            lock (_lock)
            {
                return _endedAt is { } ended && time.GetElapsedTime(ended) > age;
            }
        }

        /// <summary>What came after an event, whether more may come, and a task that ends when something did.</summary>
        public (IReadOnlyList<(long Number, SseItem<JsonRpcMessage?> Item)> Events, bool IsComplete, Task Changed) After(long number)
        {
            lock (_lock)
            {
                // A client that polls is sent what there is, and asks again.
                return ([.. _events.Where(e => e.Number > number)], _endedAt is not null || _mode == SseEventStreamMode.Polling, _changed.Task);
            }
        }

        private void Change(Action change)
        {
            lock (_lock)
            {
                change();
                _changed.SetResult();
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private sealed class Reader(string sessionId, EventStream stream, long lastNumber) : ISseEventStreamReader
    {
        public string SessionId => sessionId;

        public string StreamId => stream.Id;

        public async IAsyncEnumerable<SseItem<JsonRpcMessage?>> ReadEventsAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var (events, isComplete, changed) = stream.After(lastNumber);
                foreach (var (number, item) in events)
                {
                    lastNumber = number;
                    yield return item;
                }

                if (isComplete)
                {
                    yield break;
                }

                await changed.WaitAsync(cancellationToken);
            }
        }
    }
}
