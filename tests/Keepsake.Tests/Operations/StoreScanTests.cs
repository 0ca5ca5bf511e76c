using System.Text;
using Keepsake.Access;
using Keepsake.Embedding;
using Keepsake.Engines.Sqlite;
using Keepsake.Operations;
using Keepsake.Protection.Audit;
using Keepsake.Protection.Redaction;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Operations;

/// <summary>Secrets that were stored under other rules, found with today's on a real data folder.</summary>
public sealed class StoreScanTests : IAsyncDisposable
{
    // Written in two parts, so that no scanner takes the test for a leak.
    private const string Secret = "gh" + "p_Zq8vR3tY7uB1nM5kL9wX2cD4fG6hJ0pQ1sA3";

    private readonly TemporaryFolder _folder = new();
    private readonly Embedder _embedder = new(new EmbeddingOptions());

    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _embedder.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_dry_run_says_what_is_where_since_when_and_changes_nothing()
    {
        await PlantAsync(1);
        await using var stores = await OpenAsync(RedactionPolicy.Redact);
        var before = await ItemsAsync(stores);

        List<ScanFinding> findings = [];
        Assert.Equal(0, await ScanAsync(stores.Own("default"), apply: false, findings));

        Assert.Equal(
            ["agent", "content", "key", "metadata", "source", "speaker"], findings.Where(f => f.Type == "record" && !f.Deleted).Select(f => f.Field).Distinct().Order());
        Assert.Equal(["content", "role"], findings.Where(f => f.Type == "event").Select(f => f.Field).Order());
        Assert.Contains(findings, f => f.Deleted);
        Assert.All(findings, f => Assert.False(f.Stays));
        Assert.All(findings, f => Assert.Equal(_time.Now, f.CreatedAt));
        Assert.DoesNotContain(Secret, string.Concat(findings), StringComparison.Ordinal);
        Assert.Equal(before, await ItemsAsync(stores));
    }

    [Fact]
    public async Task The_log_says_to_whom_what_a_scan_found_was_handed_out()
    {
        await PlantAsync(2);
        await using var stores = await OpenAsync(RedactionPolicy.Redact);
        var plain = (await stores["default"].RecallAsync(new() { Query = "deploy 1 only", TopK = 1, MinRelevance = 0 }, Cancellation)).Memories.Single().Id;
        foreach (var name in (string[])["ci", "ann", "ci"])
        {
            await stores.As(Guarded.Key(name: name))["default"].GetAsync(plain, Cancellation);
        }

        var ids = (await stores.ScanAsync("default", cancellationToken: Cancellation)).Findings.Select(f => f.Id!).Distinct().ToList();
        var readers = await stores.ReadersAsync("default", ids, Cancellation);

        Assert.Equal(["key:ann", "key:ci", "local"], readers[plain]);
        Assert.NotEmpty(ids.Except(readers.Keys));
        Assert.Empty(readers.Keys.Except(ids));
        var entry = (await stores.AuditAsync(new(), Cancellation)).Items.First(e => e.Operation == "audit" && e.Store == "default");
        Assert.Equal($"readers of {ids.Count}", entry.Detail);
    }

    [Fact]
    public async Task To_whom_something_was_handed_out_is_said_of_one_store_up_to_a_limit_and_to_those_who_may_read_the_log()
    {
        await PlantAsync(1);
        await using var stores = await OpenAsync(RedactionPolicy.Redact);
        await stores.CreateAsync("other", cancellationToken: Cancellation);
        var id = (await stores["default"].RecallAsync(new() { Query = "deploy", TopK = 1, MinRelevance = 0 }, Cancellation)).Memories.Single().Id;
        string[] most = [id, .. Enumerable.Range(1, MemoryStores.MaxReadersOf - 1).Select(i => $"mem-{i}")];

        Assert.Equal([id], (await stores.ReadersAsync("default", most, Cancellation)).Keys);
        Assert.Empty(await stores.ReadersAsync("other", most, Cancellation));
        Assert.Equal(MemoryErrorCode.TooLarge, (await Assert.ThrowsAsync<MemoryException>(() => stores.ReadersAsync("default", [.. most, "one more"], Cancellation))).Code);
        Assert.Equal(MemoryErrorCode.NotFound, (await Assert.ThrowsAsync<MemoryException>(() => stores.ReadersAsync("nobody's", most, Cancellation))).Code);
        var reader = Guarded.Key(AccessScopes.Read, name: "reader");
        Assert.Equal(MemoryErrorCode.Forbidden, (await Assert.ThrowsAsync<MemoryException>(() => stores.ReadersAsAsync(reader, "default", [id], Cancellation))).Code);
    }

    [Fact]
    public async Task What_was_redacted_is_in_no_file_of_the_folder_neither_as_text_nor_as_words()
    {
        // More than a snapshot of the index needs, so that there is one with the words of the secrets.
        await PlantAsync(2_100);
        Assert.True(FilesWith(Secret).Count > 1, "There is no snapshot to be rid of.");
        await using (var stores = await OpenAsync(RedactionPolicy.Redact))
        {
            var memory = stores.Own("default");
            await memory.RecallAsync(new() { Query = "deploy" }, Cancellation);
            Assert.True(await ScanAsync(memory, apply: true) > 2_100);
            await memory.RebuildIndexAsync(Cancellation);

            var again = await memory.ScanAsync(apply: true, cancellationToken: Cancellation);
            Assert.Equal((0, 0), (again.Redacted, again.Findings.Count));
            var found = await memory.RecallAsync(new() { Query = "deploy 7", TopK = 3, MinRelevance = 0 }, Cancellation);
            Assert.Contains(found.Memories, m => m.Content.Contains("[REDACTED:github-token]", StringComparison.Ordinal));
        }

        Assert.Empty(FilesWith(Secret));
    }

    [Fact]
    public async Task A_redacted_record_is_a_new_version_with_an_embedding_of_what_it_says_now()
    {
        await PlantAsync(1);
        await using var stores = await OpenAsync(RedactionPolicy.Redact);
        var before = (MemoryRecord)(await stores["default"].ExportAsync(null, null, Cancellation)).Items[0];

        await ScanAsync(stores.Own("default"), apply: true);

        var after = (MemoryRecord)(await stores["default"].ExportAsync(null, null, Cancellation)).Items[0];
        Assert.Equal(before.Version + 1, after.Version);
        Assert.Equal(before.EmbeddingModel, after.EmbeddingModel);
        Assert.False(after.Embedding.Span.SequenceEqual(before.Embedding.Span));
        var marker = Assert.Single(after.Redactions!);
        Assert.Equal("[REDACTED:github-token]", after.Content.Substring(marker.Start, marker.Length));
    }

    [Fact]
    public async Task What_a_store_flags_only_is_found_and_stays()
    {
        await PlantAsync(1);
        await using var stores = await OpenAsync(RedactionPolicy.Flag);
        var before = await ItemsAsync(stores);

        var page = await stores.Own("default").ScanAsync(apply: true, cancellationToken: Cancellation);

        Assert.NotEmpty(page.Findings);
        Assert.All(page.Findings, f => Assert.True(f.Stays));
        Assert.Equal(before, await ItemsAsync(stores));
    }

    [Fact]
    public async Task What_a_store_refuses_of_a_write_is_redacted_by_a_scan()
    {
        await PlantAsync(1);
        await using var stores = await OpenAsync(RedactionPolicy.Refuse);

        Assert.True(await ScanAsync(stores.Own("default"), apply: true) > 0);

        Assert.DoesNotContain(Secret, string.Concat(await ItemsAsync(stores)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_of_nowhere_is_refused()
    {
        await using var stores = await OpenAsync(RedactionPolicy.Redact);

        var error = await Assert.ThrowsAsync<MemoryException>(() => stores.Own("default").ScanAsync(cursor: "elsewhere:1", cancellationToken: Cancellation));

        Assert.Equal(MemoryErrorCode.InvalidRequest, error.Code);
    }

    [Fact]
    public async Task Each_page_is_in_the_audit_log_with_who_how_and_how_many_and_no_content()
    {
        await PlantAsync(1);
        await using var stores = await OpenAsync(RedactionPolicy.Redact);
        var (items, redacted) = (0, 0);
        foreach (var apply in (bool[])[false, true])
        {
            string? cursor = null;
            do
            {
                var page = await stores.ScanAsync("default", apply, cursor, Cancellation);
                items += apply ? 0 : page.Items;
                redacted += page.Redacted;
                cursor = page.NextCursor;
            }
            while (cursor is not null);
        }

        var entries = (await stores.AuditAsync(new(), Cancellation)).Items.Where(entry => entry.Operation == "scan").ToList();
        var (dry, applied) = (entries.Where(entry => entry.Detail!.StartsWith("dry run over ", StringComparison.Ordinal)).ToList(), entries.Where(entry => entry.Detail!.StartsWith("apply", StringComparison.Ordinal)).ToList());

        Assert.Equal(entries.Count, dry.Count + applied.Count);
        Assert.All(entries, entry => Assert.Equal(("local", "library", "default", AuditEntry.Ok), (entry.Caller, entry.Door, entry.Store, entry.Outcome)));
        Assert.Equal((items, redacted), (dry.Sum(entry => entry.Count), applied.Sum(entry => entry.Count)));
        Assert.Equal(items, redacted);
        Assert.Equal(dry.SelectMany(entry => entry.Ids).Order(), applied.SelectMany(entry => entry.Ids).Order());
        Assert.DoesNotContain(Secret, string.Join('\n', entries), StringComparison.Ordinal);
        Assert.Empty((await stores.VerifyAuditAsync(Cancellation)).Problems);
    }

    [Fact]
    public async Task A_page_says_with_which_settings_it_was_looked_at()
    {
        List<string?> digests = [];
        RedactionOptions[] settings =
        [
            new(),
            new() { Policy = RedactionPolicy.Flag },
            new() { PersonalData = RedactionPolicy.Redact },
            new() { Rules = [new() { Kind = "acme-key", Pattern = "acme_{w:20}" }] },
            new() { Policy = RedactionPolicy.Refuse, Stores = new Dictionary<string, RedactionOptions> { ["default"] = new() } },
        ];
        foreach (var redaction in settings)
        {
            await using var folder = await new OpenFolder(options: new() { Redaction = redaction }).OpenAsync();
            digests.Add((await folder.Stores.ScanAsync("default", cancellationToken: Cancellation)).Rules);
        }

        Assert.Equal(4, digests.Distinct().Count());
        Assert.Equal(digests[0], digests[4]);
    }

    [Fact]
    public async Task A_scan_is_refused_whom_the_store_is_not_for_and_the_refusal_is_noted()
    {
        await PlantAsync(1);
        await using var stores = await OpenAsync(RedactionPolicy.Redact);

        var caller = Guarded.Key(AccessScopes.Write, name: "writer");
        var error = await Assert.ThrowsAsync<MemoryException>(() => stores.ScanAsAsync(caller, "default", apply: true, null, Cancellation));

        Assert.Equal(MemoryErrorCode.Forbidden, error.Code);
        var entry = Assert.Single((await stores.AuditAsync(new() { Actor = "writer" }, Cancellation)).Items);
        Assert.Equal(("scan", "forbidden", "apply"), (entry.Operation, entry.Outcome, entry.Detail));
        Assert.True((await stores.ScanAsync("default", cancellationToken: Cancellation)).Items > 0);
    }

    private async Task PlantAsync(int count)
    {
        await using var stores = await OpenAsync(RedactionPolicy.Flag);
        var memory = stores["default"];
        foreach (var numbers in Enumerable.Range(0, count).Chunk(RememberRequest.MaxFacts))
        {
            var answer = await memory.RememberAsync(
                new() { Namespace = "a/b", Facts = [.. numbers.Select(i => new MemoryFact { Content = $"deploy {i} with {Secret} only" })] }, cancellationToken: Cancellation);
            Assert.True(answer.Success);
        }

        var fact = new MemoryFact
        {
            Content = $"all over {Secret}",
            Key = "token",
            Speaker = Secret,
            Metadata = new Dictionary<string, MetadataValue> { ["deploy"] = MetadataValue.Of(Secret), [Secret] = MetadataValue.Of("key") },
        };
        var full = await memory.RememberAsync(new() { Namespace = "a/b", Facts = [fact], Source = $"log {Secret}", Agent = Secret }, cancellationToken: Cancellation);

        // A key like it is refused now, and was not always.
        var engine = new SqliteEngine(stores.Database, 1, _time);
        var keyed = (await engine.GetAsync([full.Outcomes[0].Id!], Cancellation))[0]!;
        Assert.NotNull(await engine.ReplaceAsync(keyed with { Key = $"token {Secret}" }, keyed.Version, null, Cancellation));
        var gone = await memory.RememberAsync(new() { Namespace = "a/b", Facts = [new() { Content = $"forgotten {Secret}" }] }, cancellationToken: Cancellation);
        await memory.ForgetAsync([gone.Outcomes[0].Id!], cancellationToken: Cancellation);
        await memory.AppendEventAsync(
            new() { ActorId = "a", SessionId = "s", Namespace = "a/b", Role = Secret, Content = $"said {Secret}" }, cancellationToken: Cancellation);
        await memory.RecallAsync(new() { Query = "deploy" }, Cancellation);
    }

    private async Task<MemoryStores> OpenAsync(RedactionPolicy policy) =>
        await MemoryStores.TryOpenAsync(
            DataFolder.Open(Path.Combine(_folder.Path, "data")), _embedder, new() { Redaction = new() { Policy = policy } }, _time)
        ?? throw new InvalidOperationException("Another process owns a folder that was just made.");

    private static async Task<int> ScanAsync(MemoryStore memory, bool apply, List<ScanFinding>? findings = null)
    {
        var redacted = 0;
        string? cursor = null;
        do
        {
            var page = await memory.ScanAsync(apply, cursor, Cancellation);
            redacted += page.Redacted;
            findings?.AddRange(page.Findings);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return redacted;
    }

    private static async Task<IEnumerable<string>> ItemsAsync(MemoryStores stores) =>
        (await stores["default"].ExportAsync(null, null, Cancellation)).Items.Select(item => ItemText.Of(item));

    // Also in small letters: an index folds its words.
    private List<string> FilesWith(string secret) =>
    [
        .. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Where(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(secret["ghp_".Length..], StringComparison.OrdinalIgnoreCase)),
    ];
}
