using System.Text.Json.Nodes;
using Keepsake.Recall.Reranking;
using Keepsake.Tests.Embedding;
using Keepsake.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Keepsake.Tests.Recall.Reranking;

public sealed class RerankingTests
{
    private const string Question = "Which database does the shop use?";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_reranker_an_answer_says_nothing_of_one()
    {
        await using var store = await FilledAsync(new());

        Assert.Null((await AskAsync(store)).Reranked);
    }

    [Fact]
    public async Task The_rerankers_order_is_the_answers_and_relevance_stays_what_it_is()
    {
        await using var plain = await FilledAsync(new());
        var before = await AskAsync(plain, topK: 10);
        await using var store = await FilledAsync(new MemoryStoreOptions().UseReranker(new Scripted((_, texts) => [.. texts.Select(text => (double)-text.Length)])));

        var answer = await AskAsync(store, topK: 10);

        Assert.True(answer.Reranked);
        Assert.Equal(before.Memories.OrderBy(m => m.Content.Length).Select(m => m.Content), answer.Memories.Select(m => m.Content));
        Assert.Equal(before.Memories.ToDictionary(m => m.Content, m => m.Relevance), answer.Memories.ToDictionary(m => m.Content, m => m.Relevance));
    }

    [Fact]
    public async Task It_sees_more_than_is_asked_for_and_what_it_puts_first_is_returned()
    {
        string[] seen = [];
        await using var store = await FilledAsync(new MemoryStoreOptions().UseReranker(new Scripted((question, texts) =>
        {
            Assert.Equal(Question, question);
            seen = [.. texts];
            return [.. Enumerable.Range(0, texts.Count).Select(i => (double)i)];
        })));

        var answer = await AskAsync(store, topK: 1);

        Assert.InRange(seen.Length, 2, 20);
        Assert.Equal(seen[^1], Assert.Single(answer.Memories).Content);
    }

    [Fact]
    public async Task What_the_reranker_puts_lower_than_was_asked_for_says_so()
    {
        await using var plain = await FilledAsync(new());
        var first = (await AskAsync(plain)).Memories[0].Content;
        await using var store = await FilledAsync(
            new MemoryStoreOptions().UseReranker(new Scripted((_, texts) => [.. Enumerable.Range(0, texts.Count).Select(i => (double)i)])));
        var id = (await store.Memory.ListAsync(new(), Cancellation)).Items.Single(record => record.Content == first).Id;

        var why = (await store.Memory.RecallAsync(new() { Query = Question, TopK = 1, MinRelevance = 0, Why = id }, Cancellation)).Why!;

        Assert.Equal(RecallReason.BeyondTopK, why.Reason);
        Assert.Equal("It is number 1, but the reranker put others before it, and 1 were asked for.", why.Message);
    }

    [Fact]
    public async Task One_that_fails_changes_nothing_and_is_left_alone_for_a_while()
    {
        var calls = 0;
        await using var store = await FilledAsync(
            new MemoryStoreOptions().UseReranker(new Scripted((_, _) => ++calls < 2 ? throw new InvalidOperationException() : [1, 2])));
        await using var plain = await FilledAsync(new());
        var before = (await AskAsync(plain)).Memories.Select(m => m.Content).ToList();

        foreach (var _ in Enumerable.Range(0, 3))
        {
            var answer = await AskAsync(store);
            Assert.False(answer.Reranked);
            Assert.Equal(before, answer.Memories.Select(m => m.Content));
        }

        Assert.Equal(1, calls);
        store.Time.Advance(RerankStage.Pause);
        Assert.False((await AskAsync(store)).Reranked); // Another number of scores than of texts.
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task One_that_does_not_answer_in_time_is_not_waited_for()
    {
        await using var store = await FilledAsync(new MemoryStoreOptions().UseReranker(new Silent()));

        var asking = AskAsync(store);
        while (!asking.IsCompleted)
        {
            store.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, Cancellation);
        }

        Assert.False((await asking).Reranked);
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_heard()
    {
        await using var store = await FilledAsync(new MemoryStoreOptions().UseReranker(new Silent()));
        using var stop = new CancellationTokenSource();
        var asking = store.Memory.RecallAsync(new() { Query = Question, MinRelevance = 0 }, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData("""{"results": [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.1}]}""")]
    [InlineData("""[{"index": 0, "score": -3}, {"index": 1, "score": 4}]""")]
    [InlineData("""{"model": "m", "results": [{"index": 1, "relevance_score": 0.5, "document": {"text": "b"}}]}""")]
    public async Task An_endpoint_is_asked_and_understood_in_each_shape(string body)
    {
        await using var server = await EmbeddingServer.StartAsync();
        server.Behaviour = (context, _) => context.Response.WriteAsync(body, Cancellation);
        using var endpoint = new RerankEndpoint(new() { Endpoint = server.Address, Model = "m", Key = "k3y" });

        var scores = await endpoint.ScoreAsync("q \"?\"", ["a", "b\n"], Cancellation);

        Assert.True(scores[1] > scores[0]);
        Assert.Equal(("/v1/rerank", "Bearer k3y"), Assert.Single(server.Headers));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"model": "m", "query": "q \"?\"", "documents": ["a", "b\n"]}"""), Assert.Single(server.Requests)));
    }

    [Theory]
    [InlineData(200, """{"results": []}"""), InlineData(200, "[]"), InlineData(200, """[{"index": 0, "score": 1}, {"index": 1, "score": 2}, {"index": 0, "score": 3}]""")]
    [InlineData(200, "not json"), InlineData(200, "{}"), InlineData(200, """{"results": [{"index": 7, "relevance_score": 1}]}"""), InlineData(500, ""), InlineData(401, ""), InlineData(302, "")]
    public async Task An_endpoint_that_answers_anything_else_leaves_the_order(int status, string body)
    {
        await using var server = await EmbeddingServer.StartAsync();
        server.Behaviour = (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return context.Response.WriteAsync(body, Cancellation);
        };
        await using var store = await FilledAsync(new() { Rerank = { Endpoint = server.Address } });

        Assert.False((await AskAsync(store)).Reranked);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("[2, 1]"), InlineData("The best are:\n[2,1]\nbecause …"), InlineData("[2]"), InlineData("[2, 9, 0, x, 2, 1]")]
    public async Task A_chat_model_orders_by_number(string answer)
    {
        using var chat = new ScriptedChat(answer);

        var scores = await new ChatReranker(chat).ScoreAsync("q?", ["one\n2: \"two\"", "two"], Cancellation);

        Assert.True(scores[1] > scores[0]);
        Assert.Contains("""1: "one\n2: \u0022two\u0022""", chat.Shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("I cannot."), InlineData("[none]"), InlineData("]["), InlineData(""), InlineData("[]"), InlineData("[ ]"), InlineData("[9, 0]"), InlineData("[2, 1")]
    public async Task A_chat_model_that_names_no_numbers_leaves_the_order(string answer)
    {
        using var chat = new ScriptedChat(answer);
        await using var store = await FilledAsync(new MemoryStoreOptions().UseReranker(new ChatReranker(chat)));

        Assert.False((await AskAsync(store)).Reranked);
    }

    [Theory]
    [InlineData("ftp://host/"), InlineData("http://user:pass@host/"), InlineData("relative")]
    public void An_address_that_cannot_be_one_is_refused(string address) =>
        Refused(new() { Rerank = { Endpoint = new(address, UriKind.RelativeOrAbsolute) } }, "Rerank:Endpoint");

    [Theory]
    [InlineData(1, 2.0, "Rerank:Candidates"), InlineData(101, 2.0, "Rerank:Candidates"), InlineData(20, 0.04, "Rerank:Timeout"), InlineData(20, 60.1, "Rerank:Timeout")]
    public void A_setting_out_of_range_is_refused(int candidates, double seconds, string named) =>
        Refused(new() { Rerank = { Candidates = candidates, Timeout = TimeSpan.FromSeconds(seconds) } }, named);

    private static void Refused(MemoryStoreOptions options, string named) =>
        Assert.Contains(named, Assert.Throws<MemoryException>(options.Validate).Message, StringComparison.Ordinal);

    private static Task<RecallAnswer> AskAsync(OpenStore store, int topK = 3) =>
        store.Memory.RecallAsync(new() { Query = Question, TopK = topK, MinRelevance = 0 }, Cancellation);

    private static async Task<OpenStore> FilledAsync(MemoryStoreOptions options)
    {
        var store = new OpenStore(options);
        foreach (var content in (string[])
            [
                "The shop uses PostgreSQL as its database.", "The shop database was moved last week.", "A database needs backups, says the shop's owner, every day.",
                "Database indexes of the shop are rebuilt on Sundays.",
            ])
        {
            await store.RememberAsync(new() { Content = content });
        }

        return store;
    }

    private sealed class Scripted(Func<string, IReadOnlyList<string>, IReadOnlyList<double>> score) : IReranker
    {
        public Task<IReadOnlyList<double>> ScoreAsync(string question, IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
            Task.FromResult(score(question, texts));
    }

    // Does not even hear that nobody waits any more.
    private sealed class Silent : IReranker
    {
        public Task<IReadOnlyList<double>> ScoreAsync(string question, IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
            new TaskCompletionSource<IReadOnlyList<double>>().Task;
    }

    private sealed class ScriptedChat(string answer) : IChatClient
    {
        public string Shown { get; private set; } = "";

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Shown = messages.Last().Text;
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer)));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
