using Keepsake.Tests.Support;

namespace Keepsake.Tests.Capture;

/// <summary>What may be written: each limit at its edge, each refusal alone.</summary>
public sealed class WriteRulesTests : IAsyncDisposable
{
    private readonly OpenStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(MemoryRecord.MaxContentLength, null)]
    [InlineData(MemoryRecord.MaxContentLength + 1, "too_large")]
    [InlineData(0, "invalid_request")]
    public async Task Content_has_a_length(int length, string? refusal) =>
        await CheckAsync(new() { Content = new string('x', length) }, refusal);

    [Fact]
    public async Task Content_that_is_empty_or_not_Unicode_is_refused()
    {
        // Not as test data: half a pair does not survive there.
        foreach (var content in (string[])["half \ud800 a pair", "the other \udc00 half", "cut \ud83d", "   \n\t"])
        {
            await CheckAsync(new() { Content = content }, "invalid_request");
        }
    }

    [Fact]
    public async Task A_zero_character_in_content_is_kept()
    {
        var outcome = await _store.RememberAsync(new() { Content = "before\0after 😀" });

        Assert.Equal("before\0after 😀", (await _store.Memory.GetAsync(outcome.Id!, TestContext.Current.CancellationToken)).Content);
    }

    [Theory]
    [InlineData("ana@example.com", null)]
    [InlineData("3f786850e387550fdab836ed7e6dc881de23001b", null)]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8057", null)]
    [InlineData("org/user:42", null)]
    [InlineData("", "invalid_request")]
    [InlineData("a\0b", "invalid_request")]
    [InlineData("-a", "invalid_request")]
    [InlineData("a::b", "invalid_request")]
    [InlineData("a b", "invalid_request")]
    [InlineData("ä", "invalid_request")]
    public async Task An_actor_is_told_by_an_id(string actor, string? refusal) =>
        await CheckAsync(new() { Content = "a fact", ActorId = actor }, refusal);

    [Fact]
    public async Task Ids_have_a_length()
    {
        await CheckAsync(new() { Content = "a", ActorId = new string('a', 255) }, null);
        await CheckAsync(new() { Content = "b", ActorId = new string('a', 256) }, "invalid_request");
        await CheckAsync(new() { Content = "c", SessionId = new string('a', 100) }, null);
        await CheckAsync(new() { Content = "d", SessionId = new string('a', 101) }, "invalid_request");
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(-0.001, "invalid_request")]
    [InlineData(1.001, "invalid_request")]
    [InlineData(double.NaN, "invalid_request")]
    public async Task Importance_and_confidence_are_shares(double value, string? refusal)
    {
        await CheckAsync(new() { Content = $"importance {value}", Importance = value }, refusal);
        await CheckAsync(new() { Content = $"confidence {value}", Confidence = value }, refusal);
    }

    [Theory]
    [InlineData(64, 128, 1_000, null)]
    [InlineData(65, 1, 1, "invalid_request")]
    [InlineData(1, 129, 1, "invalid_request")]
    [InlineData(1, 1, 1_001, "invalid_request")]
    public async Task Metadata_has_limits(int entries, int keyLength, int valueLength, string? refusal) => await CheckAsync(
        new()
        {
            Content = "a fact with metadata",
            Metadata = Enumerable.Range(0, entries).ToDictionary(i => $"{i}".PadLeft(keyLength, 'k'), _ => MetadataValue.Of(new string('v', valueLength))),
        },
        refusal);

    [Fact]
    public async Task An_embedding_must_be_of_this_model_finite_and_of_its_size()
    {
        var right = Convert.ToBase64String(new byte[256 * sizeof(float)]);
        await CheckAsync(new() { Content = "a", Embedding = right, EmbeddingModel = "keepsake-en-1" }, null);
        await CheckAsync(new() { Content = "b", Embedding = right, EmbeddingModel = "another" }, "invalid_request");
        await CheckAsync(new() { Content = "c", Embedding = right }, "invalid_request");
        await CheckAsync(new() { Content = "d", Embedding = Convert.ToBase64String(new byte[255 * sizeof(float)]), EmbeddingModel = "keepsake-en-1" }, "invalid_request");
        await CheckAsync(new() { Content = "e", Embedding = "not base64", EmbeddingModel = "keepsake-en-1" }, "invalid_request");
        var nan = new byte[256 * sizeof(float)];
        BitConverter.TryWriteBytes(nan, float.NaN);
        await CheckAsync(new() { Content = "f", Embedding = Convert.ToBase64String(nan), EmbeddingModel = "keepsake-en-1" }, "invalid_request");
    }

    [Fact]
    public async Task A_refused_fact_stops_no_other_and_outcomes_keep_the_order()
    {
        var answer = await _store.Memory.RememberAsync(
            new() { Namespace = "a", Facts = [new() { Content = "first" }, new() { Content = "" }, new() { Content = "third" }] },
            null,
            TestContext.Current.CancellationToken);

        Assert.Equal([WriteResult.Created, WriteResult.Refused, WriteResult.Created], answer.Outcomes.Select(o => o.Outcome));
        Assert.Equal((false, 2, 1), (answer.Success, answer.Created, answer.Failed));
        Assert.StartsWith("facts[1]:", Assert.Single(answer.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a//b")]
    [InlineData("../x")]
    [InlineData("a/./b")]
    [InlineData("a/*")]
    [InlineData("a b")]
    [InlineData("a\0")]
    [InlineData("")]
    public async Task A_wrong_namespace_refuses_the_call(string @namespace)
    {
        var error = await Assert.ThrowsAsync<MemoryException>(() => _store.RememberAsync(new() { Content = "a fact" }, @namespace));

        Assert.Equal(MemoryErrorCode.InvalidRequest, error.Code);
    }

    [Fact]
    public async Task A_call_takes_a_thousand_facts_and_not_one_more()
    {
        var facts = Enumerable.Range(0, RememberRequest.MaxFacts + 1).Select(i => new MemoryFact { Content = $"fact {i}" }).ToList();

        var answer = await _store.Memory.RememberAsync(new() { Namespace = "a", Facts = facts[..^1] }, null, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<MemoryException>(
            () => _store.Memory.RememberAsync(new() { Namespace = "a", Facts = facts }, null, TestContext.Current.CancellationToken));

        Assert.Equal(RememberRequest.MaxFacts, answer.Created);
        Assert.Equal(MemoryErrorCode.TooLarge, error.Code);
    }

    [Fact]
    public async Task Secrets_are_taken_out_of_everything_that_is_kept_and_counted()
    {
        var secret = Secret();
        var outcome = await _store.RememberAsync(new()
        {
            Content = $"the token is {secret}\n\tand stays on  its line",
            Speaker = $"said {secret}",
            Reason = secret,
            Metadata = new Dictionary<string, MetadataValue> { [$"m {secret}"] = MetadataValue.Of($"v {secret}"), ["l"] = MetadataValue.Of([secret]) },
        });
        var record = await _store.Memory.GetAsync(outcome.Id!, TestContext.Current.CancellationToken);

        Assert.Equal(6, outcome.Redactions.Values.Sum());
        Assert.DoesNotContain(secret, System.Text.Json.JsonSerializer.Serialize(record), StringComparison.Ordinal);
        Assert.StartsWith("the token is [REDACTED:", record.Content, StringComparison.Ordinal);
        Assert.EndsWith("]\n\tand stays on  its line", record.Content, StringComparison.Ordinal);
        Assert.Equal("[REDACTED:", record.Content.Substring(Assert.Single(record.Redactions!).Start, 10));
    }

    [Fact]
    public async Task A_secret_in_an_id_is_refused_because_rewriting_it_would_mix_people_up()
    {
        var secret = Secret();
        await CheckAsync(new() { Content = "a fact", ActorId = secret }, "invalid_request");
        await CheckAsync(new() { Content = "a fact", SessionId = secret }, "invalid_request");
        await CheckAsync(new() { Content = "a fact", Key = $"token {secret}" }, "invalid_request");
        var error = await Assert.ThrowsAsync<MemoryException>(() => _store.RememberAsync(new() { Content = "a fact" }, $"agents/{secret}"));

        Assert.DoesNotContain(secret, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_look_random_replace_only_themselves()
    {
        string[] keys = ["2Cq8vN0xRk3LmTz7YpWb5HdJs9G", "2Cq8vN0xRk3LmTz7YpWb5HdJs9H", "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="];
        foreach (var key in (string[])[.. keys, .. keys])
        {
            await _store.RememberAsync(new() { Content = $"kept under {keys.IndexOf(key)}", Key = key });
        }

        var stored = await _store.Memory.ListAsync(new(), TestContext.Current.CancellationToken);
        Assert.Equal(keys.Order(StringComparer.Ordinal), stored.Items.Select(record => record.Key).Order(StringComparer.Ordinal));
    }

    // Made here, so that no literal looks like one.
    private static string Secret() =>
        "gh" + "p_" + new string(new Random(20260101).GetItems<char>("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789", 36));

    private async Task CheckAsync(MemoryFact fact, string? refusal)
    {
        var outcome = await _store.RememberAsync(fact);

        Assert.Equal(refusal, outcome.Error?.Code);
        Assert.Equal(refusal is null, outcome.Id is not null);
    }
}
