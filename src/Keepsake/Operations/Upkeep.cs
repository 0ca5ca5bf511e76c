using Keepsake.Capture;
using Keepsake.Embedding;
using Keepsake.Engines;
using Keepsake.Recall;
using Microsoft.Extensions.Logging;

namespace Keepsake.Operations;

/// <summary>What a store does beside its callers: writes usage down, embeds what has no embedding yet, erases what is due.</summary>
internal sealed partial class Upkeep : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenPurges = TimeSpan.FromHours(1);

    /// <summary>How far the wall clock may run from the monotonic one before nothing is erased: a jump must not expire a store.</summary>
    private static readonly TimeSpan MaxClockDrift = TimeSpan.FromMinutes(30);

    private const int EmbeddingBatch = 100;

    private readonly IMemoryEngine _engine;
    private readonly IndexFeed _feed;
    private readonly Embedder _embedder;
    private readonly ContentEmbedder _contents;
    private readonly UsageLog _usage;
    private readonly MemoryStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<bool>? _isReadOnly;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    public Upkeep(
        IMemoryEngine engine, IndexFeed feed, Embedder embedder, UsageLog usage, MemoryStoreOptions options, TimeProvider time, ILogger logger,
        Func<bool>? isReadOnly = null)
    {
        _isReadOnly = isReadOnly;
        _engine = engine;
        _feed = feed;
        _embedder = embedder;
        _contents = new(embedder);
        _usage = usage;
        _options = options;
        _time = time;
        _logger = logger;

        // The work outlives the call that opens the store, so nothing of that call flows into it.
        using (ExecutionContext.SuppressFlow())
        {
            _work = Task.Run(RunAsync);
        }
    }

    /// <summary>Embeds what has no embedding of the present model, as far as a model is usable.</summary>
    public async Task EmbedMissingAsync(CancellationToken cancellationToken)
    {
        while (_embedder.State.Status == EmbedderStatus.Ready && _feed.TakeUnembedded(EmbeddingBatch) is { Count: > 0 } ids)
        {
            var items = (await GivenAsync([.. ids.Where(id => !Ids.IsEvent(id))], _engine.GetAsync, cancellationToken))
                .Select(r => (r.Id, r.Version, r.Content))
                .Concat((await GivenAsync([.. ids.Where(Ids.IsEvent)], _engine.GetEventsAsync, cancellationToken))
                    .Select(e => (e.Id, Version: 1L, e.Content))).ToList();
            _feed.SetAside(ids.Except(items.Select(item => item.Id), StringComparer.Ordinal));
            if (items.Count == 0)
            {
                continue;
            }

            if (await _contents.EmbedAsync([.. items.Select(i => i.Content)], cancellationToken) is not { } embeddings)
            {
                return;
            }

            var set = await _engine.SetEmbeddingsAsync(
                [.. items.Select((item, i) => new NewEmbedding(item.Id, item.Version, _embedder.Model!, embeddings[i]))], cancellationToken);
            if (set == 0)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    // What is gone, damaged or in quarantine is not given; of one alone the engine says why.
    private static async Task<IEnumerable<T>> GivenAsync<T>(
        List<string> ids, Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<T?>>> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return ids.Count == 0 ? [] : (await read(ids, cancellationToken)).OfType<T>();
        }
        catch (MemoryException e) when (ids.Count == 1 && e.Code is MemoryErrorCode.Corrupt or MemoryErrorCode.Unavailable)
        {
            return [];
        }
    }

    private async Task RunAsync()
    {
        var (startedAt, monotonic) = (_time.GetUtcNow(), _time.GetTimestamp());
        var purgedAt = monotonic;
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (_isReadOnly?.Invoke() == true)
                {
                    // What was recalled meanwhile is not noted later either.
                    _usage.Forget();
                    continue;
                }

                await TryAsync(_usage.FlushAsync);
                await TryAsync(EmbedMissingAsync);
                await TryAsync(_ => _feed.SaveAsync(always: false));
                var drift = _time.GetUtcNow() - startedAt - _time.GetElapsedTime(monotonic);
                if (_time.GetElapsedTime(purgedAt) >= BetweenPurges && drift.Duration() <= MaxClockDrift)
                {
                    purgedAt = _time.GetTimestamp();
                    await TryAsync(PurgeAsync);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The store is closing; what is known of usage is still written.
            if (_isReadOnly?.Invoke() != true)
            {
                await TryAsync(_ => _usage.FlushAsync(CancellationToken.None));
            }
        }
    }

    private async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var limits = new PurgeLimits(now - _options.DeletedRetention, now, now - _options.TokenRetention);
        while (await _engine.PurgeAsync(limits, cancellationToken) > 0)
        {
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stop.Token);
        }
        catch (MemoryException e)
        {
            LogPostponed(e.Code.WireName);
        }
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "Upkeep was put off: {Code}")]
    private partial void LogPostponed(string code);
}
