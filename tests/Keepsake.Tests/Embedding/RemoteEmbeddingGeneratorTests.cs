using Keepsake.Embedding;
using Keepsake.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Keepsake.Tests.Embedding;

public sealed class RemoteEmbeddingGeneratorTests : IAsyncLifetime
{
    private const string Key = "sk-verysecret";

    private readonly SkippingTime _time = new();
    private EmbeddingServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EmbeddingServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Texts_come_back_in_order_and_at_unit_length()
    {
        using var generator = Make();

        var embeddings = await generator.GenerateAsync(["alpha", "be", "gamma"], cancellationToken: Token);

        Assert.Equal(["alpha", "be", "gamma"], embeddings.Select((e, i) => new[] { "alpha", "be", "gamma" }.Single(t => IsOf(e, t))));
        Assert.All(embeddings, e => Assert.Equal(1, e.Vector.ToArray().Sum(v => v * v), 1e-5f));
        Assert.All(embeddings, e => Assert.Equal("test-model", e.ModelId));
        Assert.Equal(4, generator.Dimensions);
    }

    [Fact]
    public async Task An_openai_request_names_the_model_and_carries_the_key()
    {
        using var generator = Make(o => (o.Dimensions, o.RequestDimensions) = (4, true));

        await generator.GenerateAsync(["alpha"], cancellationToken: Token);

        var request = Assert.Single(_server.Requests);
        Assert.Equal("test-model", request["model"]!.GetValue<string>());
        Assert.Equal("float", request["encoding_format"]!.GetValue<string>());
        Assert.Equal(4, request["dimensions"]!.GetValue<int>());
        Assert.Equal(("/v1/embeddings", $"Bearer {Key}"), Assert.Single(_server.Headers));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task An_embed_endpoint_gets_one_text_at_a_time_and_may_answer_with_a_bare_array(bool bare)
    {
        _server.Behaviour = (context, request) => bare
            ? context.Response.WriteAsJsonAsync(EmbeddingServer.VectorOf(request["text"]!.GetValue<string>()))
            : EmbeddingServer.Answer(context, request);
        using var generator = Make(o => (o.Provider, o.Model, o.Key) = (EmbeddingProvider.Embed, null, null));

        var embeddings = await generator.GenerateAsync(["alpha", "be"], cancellationToken: Token);

        Assert.True(IsOf(embeddings[0], "alpha") && IsOf(embeddings[1], "be"));
        Assert.Equal(2, _server.Requests.Count);
        Assert.All(_server.Headers, h => Assert.Equal(("/embed", null), h));
        Assert.Equal("embed", generator.Model);
    }

    [Theory]
    [InlineData(EmbeddingProvider.OpenAI, "http://h", "http://h/v1/embeddings")]
    [InlineData(EmbeddingProvider.OpenAI, "http://h/v1", "http://h/v1/embeddings")]
    [InlineData(EmbeddingProvider.OpenAI, "http://h/api/v1/", "http://h/api/v1/embeddings")]
    [InlineData(EmbeddingProvider.OpenAI, "http://h/v1/embeddings?version=1", "http://h/v1/embeddings?version=1")]
    [InlineData(EmbeddingProvider.Embed, "http://h:81", "http://h:81/embed")]
    [InlineData(EmbeddingProvider.Embed, "http://h/x/embed", "http://h/x/embed")]
    public void An_endpoint_may_be_given_with_or_without_the_end_of_its_path(EmbeddingProvider provider, string given, string address) =>
        Assert.Equal(new Uri(address), EmbeddingEndpoint.AddressOf(new() { Provider = provider, Endpoint = new(given) }));

    [Fact]
    public async Task Many_texts_are_sent_in_batches_and_no_more_than_allowed_at_once()
    {
        _server.Behaviour = async (context, request) =>
        {
            await Task.Delay(20, context.RequestAborted);
            await EmbeddingServer.Answer(context, request);
        };
        using var generator = Make(o => (o.MaxBatchSize, o.MaxConcurrency) = (3, 2));
        string[] texts = [.. Enumerable.Range(0, 20).Select(i => $"text {i}")];

        var calls = await Task.WhenAll(Enumerable.Range(0, 3).Select(c => generator.GenerateAsync(texts[(c * 5)..(c * 5 + 10)], cancellationToken: Token)));

        Assert.All(calls.SelectMany((c, n) => c.Zip(texts[(n * 5)..])), pair => Assert.True(IsOf(pair.First, pair.Second)));
        Assert.All(_server.Requests, r => Assert.InRange(r["input"]!.AsArray().Count, 1, 3));
        Assert.InRange(_server.MostAtOnce, 1, 2);
    }

    [Fact]
    public async Task A_text_is_asked_for_once_and_blank_text_never()
    {
        using var generator = Make();

        await generator.GenerateAsync(["alpha", "alpha", " \n"], cancellationToken: Token);
        var again = await generator.GenerateAsync(["alpha", ""], cancellationToken: Token);

        Assert.Equal(["alpha"], Assert.Single(_server.Requests)["input"]!.AsArray().Select(t => t!.GetValue<string>()));
        Assert.True(IsOf(again[0], "alpha"));
        Assert.Equal(new float[4], again[1].Vector.ToArray());
    }

    [Fact]
    public async Task A_long_text_is_cut_before_it_is_sent_and_never_inside_of_a_character()
    {
        using var generator = Make(o => o.MaxTextLength = 64);

        await generator.GenerateAsync([new string('x', 63) + "😀😀"], cancellationToken: Token);

        Assert.Equal(new string('x', 63), Assert.Single(_server.Requests)["input"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task A_lone_surrogate_does_not_fail()
    {
        using var generator = Make();

        Assert.Equal(4, (await generator.GenerateAsync(["a\uD800b"], cancellationToken: Token))[0].Dimensions);
    }

    [Theory]
    [InlineData("not json", "not JSON")]
    [InlineData("", "not JSON")]
    [InlineData("{}", "without a list")]
    [InlineData("{\"data\":[]}", "with 0 embeddings for 1 texts")]
    [InlineData("{\"data\":[{\"index\":0}]}", "has no embedding")]
    [InlineData("{\"data\":[{\"index\":1,\"embedding\":[1,2,3,4]}]}", "numbered wrongly")]
    [InlineData("{\"data\":[{\"index\":0,\"embedding\":[1,2,3,1e999]}]}", "finite numbers")]
    [InlineData("{\"data\":[{\"index\":0,\"embedding\":[1,2,3,null]}]}", "finite numbers")]
    [InlineData("{\"data\":[{\"index\":0,\"embedding\":\"AAAA\"}]}", "not a list of 1 to 8192 numbers")]
    [InlineData("{\"data\":[{\"index\":0,\"embedding\":[]}]}", "not a list of 1 to 8192 numbers")]
    [InlineData("{\"data\":[{\"index\":0,\"embedding\":[1,2,3]}]}", "of 3 numbers where 4 are expected")]
    public async Task A_wrong_answer_is_told_and_not_used(string body, string reason)
    {
        _server.Behaviour = EmbeddingServer.Text(body);
        using var generator = Make(o => o.Dimensions = 4);

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["alpha"], cancellationToken: Token));

        Assert.Equal(EmbeddingFailure.BadAnswer, error.Failure);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Embeddings_of_different_lengths_in_one_answer_are_not_used()
    {
        _server.Behaviour = EmbeddingServer.Text("{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":1,\"embedding\":[1,2,3]}]}");
        using var generator = Make();

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["a", "b"], cancellationToken: Token));
        Assert.Contains("differ in length", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_answer_decides_the_dimensions()
    {
        using var generator = Make();
        await generator.GenerateAsync(["alpha"], cancellationToken: Token);
        _server.Behaviour = EmbeddingServer.Text("{\"data\":[{\"index\":0,\"embedding\":[1,2,3,4,5]}]}");

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["beta"], cancellationToken: Token));
        Assert.Contains("of 5 numbers where 4 are expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        _server.Behaviour = async (context, _) =>
        {
            var chunk = new byte[1024 * 1024];
            Array.Fill(chunk, (byte)' ');
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        };
        using var generator = Make();

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["alpha"], cancellationToken: Token));
        Assert.Contains("more than", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, EmbeddingFailure.Unauthorized, 1)]
    [InlineData(403, EmbeddingFailure.Unauthorized, 1)]
    [InlineData(400, EmbeddingFailure.Refused, 1)]
    [InlineData(413, EmbeddingFailure.Refused, 1)]
    [InlineData(404, EmbeddingFailure.BadAnswer, 1)]
    [InlineData(302, EmbeddingFailure.BadAnswer, 1)]
    [InlineData(429, EmbeddingFailure.Overloaded, 2)]
    [InlineData(503, EmbeddingFailure.Overloaded, 2)]
    public async Task Only_a_passing_failure_is_tried_again(int status, EmbeddingFailure failure, int requests)
    {
        _server.Behaviour = EmbeddingServer.Status(status);
        using var generator = Make(o => o.MaxRetries = 1);

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["alpha memory"], cancellationToken: Token));

        Assert.Equal(failure, error.Failure);
        Assert.Equal(requests, _server.Requests.Count);
        Assert.Contains($"{status}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_fails_once_succeeds_on_the_second_try()
    {
        var failed = 0;
        _server.Behaviour = (context, request) => Interlocked.Exchange(ref failed, 1) == 0
            ? EmbeddingServer.Status(503)(context, request)
            : EmbeddingServer.Answer(context, request);
        using var generator = Make();

        Assert.True(IsOf((await generator.GenerateAsync(["alpha"], cancellationToken: Token))[0], "alpha"));
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task A_slow_endpoint_is_given_up_and_not_asked_again()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Behaviour = (context, _) =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        ManualTime time = new();
        using var generator = Make(o => o.Timeout = TimeSpan.FromSeconds(0.2), time);

        var asking = generator.GenerateAsync(["alpha"], cancellationToken: Token);
        await asked.Task;
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => asking);
        Assert.Equal(EmbeddingFailure.TimedOut, error.Failure);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_left_alone_and_found_again_when_it_is_back()
    {
        using var generator = Make(o => o.MaxRetries = 0);
        await _server.StopAsync();
        for (var i = 0; i < 4; i++)
        {
            var down = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["alpha"], cancellationToken: Token));
            Assert.Equal(EmbeddingFailure.Unreachable, down.Failure);
        }

        await _server.RestartAsync();
        var held = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["alpha"], cancellationToken: Token));
        Assert.Contains("left alone", held.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);

        _time.Skip(TimeSpan.FromSeconds(5));
        Assert.True(IsOf((await generator.GenerateAsync(["alpha"], cancellationToken: Token))[0], "alpha"));
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_a_failure_like_any_other()
    {
        _server.Behaviour = (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        using var generator = Make(o => o.MaxRetries = 0);

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["alpha"], cancellationToken: Token));
        Assert.Equal(EmbeddingFailure.Unreachable, error.Failure);
    }

    [Fact]
    public async Task The_callers_cancellation_stays_a_cancellation()
    {
        using CancellationTokenSource cancel = new();
        _server.Behaviour = async (context, _) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var generator = Make();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(["alpha"], cancellationToken: cancel.Token));
    }

    [Theory]
    [InlineData(400), InlineData(401), InlineData(500)]
    public async Task No_message_repeats_the_text_or_the_key_or_the_answer(int status)
    {
        _server.Behaviour = EmbeddingServer.Status(status);
        using var generator = Make(o => o.MaxRetries = 0);

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["private matter"], cancellationToken: Token));

        var told = error.ToString();
        Assert.DoesNotContain("private matter", told, StringComparison.Ordinal);
        Assert.DoesNotContain("secret memory", told, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_is_no_endpoint_is_refused() =>
        Assert.Throws<ArgumentException>(() => new RemoteEmbeddingGenerator(new EmbeddingOptions()));

    [Fact]
    public async Task Metadata_names_the_model_and_its_dimensions()
    {
        using var generator = Make();
        Assert.Null(generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
        await generator.GenerateAsync(["alpha"], cancellationToken: Token);

        var metadata = generator.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal("test-model", metadata.DefaultModelId);
        Assert.Equal(4, metadata.DefaultModelDimensions);
        Assert.Same(generator, generator.GetService<RemoteEmbeddingGenerator>());
    }

    private RemoteEmbeddingGenerator Make(Action<EmbeddingOptions>? change = null, TimeProvider? time = null)
    {
        // The longest time-out: a machine that stalls is no slow endpoint.
        EmbeddingOptions options = new()
        {
            Provider = EmbeddingProvider.OpenAI,
            Endpoint = _server.Address,
            Model = "test-model",
            Key = Key,
            Timeout = TimeSpan.FromMinutes(5),
        };
        change?.Invoke(options);
        return new(options, time ?? _time);
    }

    private static bool IsOf(Embedding<float> embedding, string text)
    {
        var vector = EmbeddingServer.VectorOf(text);
        UnitLength.TryScale(vector);
        return vector.Zip(embedding.Vector.ToArray()).All(p => Math.Abs(p.First - p.Second) < 1e-6);
    }
}
