using Keepsake.Embedding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Keepsake.Tests.Embedding;

public sealed class EmbedderTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly SkippingTime _time = new();
    private readonly KeptLog _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_built_in_model_is_loaded_when_it_is_first_used()
    {
        using Embedder embedder = new(new(), _time, _log);
        Assert.Equal((BuiltInModel.Name, BuiltInModel.Dimensions), (embedder.Model, embedder.Dimensions));

        var vectors = await embedder.EmbedAsync(["a memory", "", "another"], Token);

        Assert.NotNull(vectors);
        Assert.Null(vectors[1]);
        Assert.Equal(new EmbedderState(EmbedderStatus.Ready), embedder.State);
        var now = new float[embedder.Dimensions];
        Assert.True(embedder.TryEmbedNow("a memory", now));
        Assert.Equal(vectors[0], now);
        Assert.Contains(_log.Lines, l => l.Contains("keepsake-en-1 of 256 dimensions is ready", StringComparison.Ordinal));
    }

    [Fact]
    public void Asking_for_the_state_waits_for_nothing_and_starts_the_load()
    {
        using Embedder embedder = new(new(), _time);

        Assert.Contains(embedder.State.Status, new[] { EmbedderStatus.Loading, EmbedderStatus.Ready });
        Assert.True(SpinWait.SpinUntil(() => embedder.State.Status == EmbedderStatus.Ready, TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData("model.safetensors"), InlineData("vocab.txt"), InlineData("model.json")]
    public async Task A_missing_file_is_told_without_its_path_and_the_model_is_picked_up_when_it_is_back(string file)
    {
        using ModelCopy copy = new();
        copy.Delete(file);
        using Embedder embedder = new(new() { ModelFolder = copy.Folder }, _time, _log);

        Assert.Null(await embedder.EmbedAsync(["a memory"], Token));
        Assert.Equal(EmbedderStatus.Unavailable, embedder.State.Status);
        Assert.Equal("The embedding model's files are missing. Reinstall it, add it again, or name another with 'keepsake model use'.", embedder.State.Reason);
        Assert.False(embedder.TryEmbedNow("a memory", new float[256]));

        copy.Restore();
        Assert.Null(await embedder.EmbedAsync(["a memory"], Token));
        _time.Skip(Interval);
        Assert.NotNull(await embedder.EmbedAsync(["a memory"], Token));
        Assert.Equal(EmbedderStatus.Ready, embedder.State.Status);
        Assert.DoesNotContain(_log.Lines, l => l.Contains(copy.Folder, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_model_is_told_and_picked_up_when_it_is_replaced()
    {
        using ModelCopy copy = new();
        copy.Flip("model.safetensors", 0.4);
        using Embedder embedder = new(new() { ModelFolder = copy.Folder }, _time, _log);

        Assert.Null(await embedder.EmbedAsync(["a memory"], Token));
        Assert.Equal("The embedding model is damaged: model.safetensors is damaged: its checksum is wrong. Reinstall it, or remove it and add it again.", embedder.State.Reason);

        copy.Restore();
        File.SetLastWriteTimeUtc(Path.Combine(copy.Folder, "model.safetensors"), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _time.Skip(Interval);
        Assert.NotNull(await embedder.EmbedAsync(["a memory"], Token));
    }

    [Fact]
    public async Task Files_that_stay_damaged_are_read_again_only_now_and_then_and_told_once()
    {
        using ModelCopy copy = new();
        copy.Flip("vocab.txt", 0.4);
        using Embedder embedder = new(new() { ModelFolder = copy.Folder }, _time, _log);
        Assert.Null(await embedder.EmbedAsync(["a memory"], Token));

        // The content comes right while length and time stay, which only a reading can see.
        var path = Path.Combine(copy.Folder, "vocab.txt");
        var changed = File.GetLastWriteTimeUtc(path);
        copy.Flip("vocab.txt", 0.4);
        File.SetLastWriteTimeUtc(path, changed);
        for (var i = 0; i < 5; i++)
        {
            _time.Skip(Interval);
            Assert.Null(await embedder.EmbedAsync(["a memory"], Token));
        }

        Assert.Single(_log.Lines);
        _time.Skip(LocalEmbeddingSource.Distrust);
        Assert.NotNull(await embedder.EmbedAsync(["a memory"], Token));
    }

    [Fact]
    public async Task Many_first_users_at_once_load_one_model()
    {
        using Embedder embedder = new(new(), _time, _log);

        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await embedder.EmbedAsync(["a memory"], Token), Token)));

        Assert.All(all, Assert.NotNull);
        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task A_cancelled_batch_stops()
    {
        using Embedder embedder = new(new(), _time);
        await embedder.EmbedAsync([""], Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await embedder.EmbedAsync(["a"], new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Turned_off_there_are_no_embeddings_and_the_state_says_why()
    {
        using Embedder embedder = new(new EmbeddingOptions { Provider = EmbeddingProvider.None });

        Assert.Null(await embedder.EmbedAsync(["a memory"], Token));
        Assert.False(embedder.TryEmbedNow("a memory", []));
        Assert.Null(embedder.Model);
        Assert.Equal(0, embedder.Dimensions);
        Assert.Equal(EmbedderStatus.Off, embedder.State.Status);
        Assert.Contains("turned off", embedder.State.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_goes_down_costs_one_caller_an_attempt_and_is_found_again()
    {
        await using var server = await EmbeddingServer.StartAsync();
        using var embedder = Remote(server);
        Assert.Single((await embedder.EmbedAsync(["alpha"], Token))!);
        Assert.Equal((EmbedderStatus.Ready, 4, "test-model"), (embedder.State.Status, embedder.Dimensions, embedder.Model));

        await server.StopAsync();
        Assert.Null(await embedder.EmbedAsync(["beta"], Token));
        Assert.Equal(EmbedderStatus.Unavailable, embedder.State.Status);
        Assert.Contains("cannot be reached", embedder.State.Reason, StringComparison.Ordinal);

        await server.RestartAsync();
        Assert.Null(await embedder.EmbedAsync(["beta"], Token));
        _time.Skip(Interval);
        Assert.NotNull(await embedder.EmbedAsync(["beta"], Token));
        Assert.Equal(EmbedderStatus.Ready, embedder.State.Status);
        Assert.Equal(3, _log.Lines.Count);
        Assert.DoesNotContain(_log.Lines, l => l.Contains("alpha", StringComparison.Ordinal) || l.Contains("beta", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Asking_for_the_state_finds_an_endpoint_that_nobody_uses()
    {
        await using var server = await EmbeddingServer.StartAsync();
        await server.StopAsync();
        using var embedder = Remote(server);
        Assert.Null(await embedder.EmbedAsync(["alpha"], Token));

        await server.RestartAsync();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _time.Skip(Interval);
                return embedder.State.Status == EmbedderStatus.Ready;
            },
            TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task One_text_that_the_endpoint_refuses_does_not_cost_the_others_theirs()
    {
        await using var server = await EmbeddingServer.StartAsync();
        server.Behaviour = (context, request) => request["input"]!.AsArray().Any(t => t!.GetValue<string>() == "poison")
            ? EmbeddingServer.Status(400)(context, request)
            : EmbeddingServer.Answer(context, request);
        using var embedder = Remote(server);

        var vectors = await embedder.EmbedAsync(["alpha", "poison", "gamma"], Token);

        Assert.NotNull(vectors);
        Assert.Equal([true, false, true], vectors.Select(v => v is not null));
        Assert.Null(Assert.Single((await embedder.EmbedAsync(["poison"], Token))!));
        Assert.Equal(EmbedderStatus.Ready, embedder.State.Status);
    }

    [Fact]
    public async Task An_endpoint_that_refuses_everything_is_unavailable()
    {
        await using var server = await EmbeddingServer.StartAsync();
        server.Behaviour = EmbeddingServer.Status(400);
        using var embedder = Remote(server);

        Assert.Null(await embedder.EmbedAsync(["alpha", "beta"], Token));
        Assert.Contains("Check Embedding:Model", embedder.State.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_without_words_have_no_vector_at_an_endpoint_either()
    {
        await using var server = await EmbeddingServer.StartAsync();
        server.Behaviour = (context, _) => context.Response.WriteAsync("{\"data\":[{\"index\":0,\"embedding\":[0,0,0,0]}]}");
        using var embedder = Remote(server);

        Assert.Equal([null, null], (await embedder.EmbedAsync([" ", "zeros"], Token))!);
        Assert.Empty((await embedder.EmbedAsync([], Token))!);
    }

    [Fact]
    public async Task A_generator_of_the_hosts_own_is_checked_and_kept_from_throwing()
    {
        using BadGenerator generator = new();
        using Embedder embedder = new(generator, time: _time, logger: _log);

        Assert.Null(await embedder.EmbedAsync(["alpha"], Token));
        Assert.Equal("The embedding generator failed (InvalidOperationException).", embedder.State.Reason);
        Assert.DoesNotContain(_log.Lines, l => l.Contains("alpha", StringComparison.Ordinal));

        generator.Vectors = [[3, 4]];
        _time.Skip(Interval);
        var vectors = await embedder.EmbedAsync(["alpha"], Token);
        Assert.Equal([0.6f, 0.8f], Assert.Single(vectors!)!);

        generator.Vectors = [[3, 4], [1, 0]];
        Assert.Null(await embedder.EmbedAsync(["alpha"], Token));
        Assert.Equal("The embedding generator made 2 embeddings of 1 texts.", embedder.State.Reason);

        generator.Vectors = [[1, 2, 3]];
        _time.Skip(Interval);
        Assert.Null(await embedder.EmbedAsync(["alpha"], Token));
        Assert.Equal("The embedding generator made embeddings of 3 numbers where 2 are expected.", embedder.State.Reason);
    }

    [Fact]
    public void Wrong_settings_are_refused_at_once() =>
        Assert.Throws<ArgumentException>(() => new Embedder(new EmbeddingOptions { Provider = EmbeddingProvider.OpenAI }));

    private Embedder Remote(EmbeddingServer server) => new(
        new() { Provider = EmbeddingProvider.OpenAI, Endpoint = server.Address, Model = "test-model", MaxRetries = 0, RetryInterval = Interval, Timeout = TimeSpan.FromMinutes(5) }, _time, _log);

    private sealed class BadGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        public float[][]? Vectors { get; set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Vectors is null
                ? throw new InvalidOperationException($"Cannot embed {string.Join(", ", values)}")
                : Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(Vectors.Select(v => new Embedding<float>(v))));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class KeptLog : ILogger<Embedder>
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add(formatter(state, exception) + exception);
            }
        }
    }
}
