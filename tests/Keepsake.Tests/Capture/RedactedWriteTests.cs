using Keepsake.Protection.Redaction;
using Keepsake.Tests.Protection.Redaction;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Capture;

/// <summary>What redaction means for what is kept: spans of our markers, policies, secrets over several facts.</summary>
public sealed class RedactedWriteTests
{
    private static readonly Samples Samples = new(41);

    [Fact]
    public async Task A_token_cut_over_two_facts_of_one_call_goes_from_both()
    {
        await using var store = new OpenStore();
        var token = "ghp" + Samples.Make("_{w:36}");

        var answer = await store.Memory.RememberAsync(
            new() { Namespace = "a/b", Facts = [new() { Content = "it begins with " + token[..18] }, new() { Content = token[18..] + " and that is all" }] }, null, Cancel);

        Assert.Equal(["it begins with [REDACTED:github-token]", "[REDACTED:github-token] and that is all"], await ContentsAsync(store, answer));
    }

    [Fact]
    public async Task A_password_in_the_fact_after_the_one_that_names_it_goes()
    {
        await using var store = new OpenStore();

        var answer = await store.Memory.RememberAsync(
            new() { Namespace = "a/b", Facts = [new() { Content = "The database password is" }, new() { Content = Samples.Make("{a:6}{d:3}{a:4}") }] }, null, Cancel);

        Assert.Equal(["The database password is", "[REDACTED:password]"], await ContentsAsync(store, answer));
    }

    [Fact]
    public async Task An_item_with_a_secret_is_refused_where_the_policy_says_so_and_the_others_are_not()
    {
        await using var store = new OpenStore(new MemoryStoreOptions { Redaction = { Policy = RedactionPolicy.Refuse } });

        var answer = await store.Memory.RememberAsync(
            new() { Namespace = "a/b", Facts = [new() { Content = "password: " + Samples.Password() }, new() { Content = "harmless" }] }, null, Cancel);

        Assert.Equal([WriteResult.Refused, WriteResult.Created], answer.Outcomes.Select(outcome => outcome.Outcome));
        Assert.Contains("password", answer.Outcomes[0].Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_spans_of_our_markers_survive_an_export_and_an_import_that_redacts_more()
    {
        await using var store = new OpenStore();
        var record = new MemoryRecord
        {
            Id = "mem-1",
            Namespace = MemoryNamespace.Parse("a/b"),
            Content = $"password: {Samples.Password()} then [REDACTED:jwt] and a foreign [REDACTED:x]",
            OccurredAt = DateTimeOffset.UnixEpoch,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        var at = record.Content.IndexOf("[REDACTED:jwt]", StringComparison.Ordinal);

        await store.Memory.ImportAsync([record with { Redactions = [new("jwt", at, 14), new("made-up", 3, 9)] }], Cancel);

        var stored = await store.Memory.GetAsync("mem-1", Cancel);
        Assert.Equal(["[REDACTED:password]", "[REDACTED:jwt]"], stored.Redactions!.Select(span => stored.Content.Substring(span.Start, span.Length)));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<List<string>> ContentsAsync(OpenStore store, RememberAnswer answer)
    {
        var contents = new List<string>();
        foreach (var outcome in answer.Outcomes)
        {
            contents.Add((await store.Memory.GetAsync(outcome.Id!, Cancel)).Content);
        }

        return contents;
    }
}
