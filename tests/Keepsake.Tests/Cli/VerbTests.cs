using System.Text.Json;
using System.Text.RegularExpressions;
using Keepsake.Serialization;
using Keepsake.Server.Cli;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

public sealed class VerbTests
{
    private readonly CliRunner _cli = new();

    [Fact]
    public async Task Remember_writes_to_the_namespace_of_agents_when_none_is_named()
    {
        var result = await _cli.RunAsync("remember", "tabs, not spaces");

        var request = Assert.IsType<RememberRequest>(Assert.Single(_cli.Memory.Asked));
        Assert.Equal(("agents/default", "tabs, not spaces"), (request.Namespace, request.Facts[0].Content));
        Assert.Equal("created\tmem-0\t\n", result.Out);
        Assert.Equal(ExitCode.Done, result.Code);
    }

    [Theory]
    [InlineData("@alice likes tea")]
    [InlineData("-5 degrees")]
    [InlineData("--- a rule")]
    [InlineData("--json is for programs")]
    [InlineData("[suggest]")]
    public async Task Remember_takes_a_text_as_it_is(string text)
    {
        await _cli.RunAsync("remember", text);

        Assert.Equal(text, Assert.IsType<RememberRequest>(Assert.Single(_cli.Memory.Asked)).Facts[0].Content);
    }

    [Fact]
    public async Task A_text_that_looks_like_an_option_follows_two_dashes()
    {
        await _cli.RunAsync("remember", "--key", "k", "--actor", "alice", "--namespace", "a/b", "--", "--json is for programs");

        var request = Assert.IsType<RememberRequest>(Assert.Single(_cli.Memory.Asked));
        Assert.Equal(("a/b", "k", "alice"), (request.Namespace, request.Facts[0].Key, request.Facts[0].ActorId));
        Assert.Equal("--json is for programs", request.Facts[0].Content);
    }

    [Fact]
    public async Task What_looks_like_an_option_is_taken_as_a_value_of_one_or_after_two_dashes()
    {
        await _cli.RunAsync("remember", "--key", "--force", "--", "--force");

        var fact = Assert.IsType<RememberRequest>(Assert.Single(_cli.Memory.Asked)).Facts[0];
        Assert.Equal(("--force", "--force"), (fact.Key, fact.Content));
    }

    [Fact]
    public async Task Remember_reads_standard_input_without_the_line_end_that_a_shell_adds()
    {
        _cli.In = "first line\nsecond – line\n"u8.ToArray();

        await _cli.RunAsync("remember", "-");

        Assert.Equal("first line\nsecond – line", Assert.IsType<RememberRequest>(Assert.Single(_cli.Memory.Asked)).Facts[0].Content);
    }

    [Fact]
    public async Task Standard_input_that_is_not_utf8_is_refused_with_the_place()
    {
        _cli.In = [(byte)'a', (byte)'b', 0xFF, (byte)'c'];

        var result = await _cli.RunAsync("remember", "-");

        Assert.Equal($"keepsake: invalid_request: Standard input is not UTF-8: byte 3 does not belong there. Convert it with iconv.{Environment.NewLine}", result.Error);
        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Empty(_cli.Memory.Asked);
    }

    [Theory]
    [InlineData(16_000, 0)]
    [InlineData(16_001, 2)]
    [InlineData(200_000, 2)]
    public async Task Standard_input_may_be_as_long_as_a_record(int length, int exit)
    {
        _cli.In = System.Text.Encoding.UTF8.GetBytes(new string('ß', length) + "\r\n");

        var result = await _cli.RunAsync("remember", "-");

        Assert.Equal(exit, result.Code);
    }

    [Fact]
    public async Task A_refused_fact_is_an_error_with_the_exit_code_of_its_reason()
    {
        _cli.Memory.Remembers = _ => RememberAnswer.Of([WriteOutcome.Refused(new(MemoryErrorCode.StorageFull, "The disk is full."))]);

        var result = await _cli.RunAsync("remember", "x", "--json");

        Assert.Equal(ExitCode.Unavailable, result.Code);
        Assert.Equal($"{{\"code\":\"storage_full\",\"detail\":\"The disk is full.\"}}{Environment.NewLine}", result.Error);
        Assert.False(JsonSerializer.Deserialize(result.Out, KeepsakeJson.Default.RememberAnswer)!.Success);
    }

    [Fact]
    public async Task Recall_prints_lines_with_tabs_for_a_pipe_and_keeps_a_memory_on_one_line()
    {
        _cli.Memory.Recalls = request => ScriptedMemory.Found(request, ScriptedMemory.Recalled("mem-1", "one\ttwo\nthree\\ \u001b[31mred", 0.8765) with
        {
            Signals = new Dictionary<string, double> { ["words"] = 1, ["time"] = 0.5 },
            Shares = new Dictionary<string, double> { ["words"] = 0.9, ["time"] = 0.1 },
        });

        var result = await _cli.RunAsync("recall", "numbers", "--namespace", "a", "--top-k", "3", "--min-relevance", "0.25", "--explain");

        Assert.Equal("0.877\tmem-1\tagents/default\tone\\ttwo\\nthree\\\\ \\u001B[31mred\twords=1.000:0.900,time=0.500:0.100\n", result.Out);
        Assert.Equal(
            new RecallRequest { Query = "numbers", Namespace = "a", TopK = 3, MinRelevance = 0.25, Explain = true },
            Assert.Single(_cli.Memory.Asked));
    }

    [Fact]
    public async Task Recall_asks_for_metadata_as_json_values_where_they_are_such_and_as_text_elsewhere()
    {
        var result = await _cli.RunAsync(
            "recall", "x", "--metadata", "project=apollo", "--metadata", "year=2026", "--metadata", "label=\"2026\"", "--metadata", "open=true",
            "--metadata", "tags=[\"a\", \"b\"]", "--metadata", "formula=a=b", "--metadata", "zip=007", "--metadata", "none=", "--metadata", "nil=null");

        Assert.Equal(ExitCode.Done, result.Code);
        var metadata = Assert.IsType<RecallRequest>(Assert.Single(_cli.Memory.Asked)).Metadata!;
        Dictionary<string, MetadataValue> expected = new()
        {
            ["project"] = MetadataValue.Of("apollo"),
            ["year"] = MetadataValue.Of(2026),
            ["label"] = MetadataValue.Of("2026"),
            ["open"] = MetadataValue.Of(true),
            ["tags"] = MetadataValue.Of(["a", "b"]),
            ["formula"] = MetadataValue.Of("a=b"),
            ["zip"] = MetadataValue.Of("007"),
            ["none"] = MetadataValue.Of(""),
            ["nil"] = MetadataValue.Of("null"),
        };
        Assert.Equal(expected.OrderBy(pair => pair.Key), metadata.OrderBy(pair => pair.Key));
    }

    [Theory]
    [InlineData("--metadata takes a key and a value, such as --metadata project=apollo.", "project")]
    [InlineData("--metadata takes a key and a value, such as --metadata project=apollo.", "=apollo")]
    [InlineData("--metadata names 'a' twice. A record has one value of a key; name each key once.", "a=1", "--metadata", "a=2")]
    public async Task Recall_says_what_is_wrong_with_metadata(string says, params string[] words)
    {
        var result = await _cli.RunAsync(["recall", "x", "--metadata", .. words]);

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
        Assert.Empty(_cli.Memory.Asked);
    }

    [Fact]
    public async Task Recall_shows_a_person_no_control_character_of_a_memory()
    {
        _cli.IsOutPerson = true;
        _cli.Memory.Recalls = request => ScriptedMemory.Found(request, ScriptedMemory.Recalled("mem-1", "a [bold] \u001b[2J\u202Eword"));

        var result = await _cli.RunAsync("recall", "x");

        Assert.Contains("a [bold] \uFFFD[2J\uFFFDword", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recall_says_why_a_record_is_not_in_the_answer_on_a_line_of_its_own()
    {
        _cli.Memory.Recalls = request => ScriptedMemory.Found(request) with
        {
            Why = new() { Id = request.Why!, Reason = RecallReason.BeyondTopK, Message = "It is number 7, and 5 were asked for.", Rank = 7, Relevance = 0.5 },
        };

        var result = await _cli.RunAsync("recall", "numbers", "--why", "mem-7");

        Assert.Equal("why\tbeyond_top_k\tmem-7\t7\t0.500\tIt is number 7, and 5 were asked for.\n", result.Out);
    }

    [Fact]
    public async Task Recall_draws_the_signals_for_a_person()
    {
        _cli.IsOutPerson = true;
        _cli.Memory.Recalls = request => ScriptedMemory.Found(request, ScriptedMemory.Recalled("mem-1", "one") with
        {
            Signals = new Dictionary<string, double> { ["words"] = 1, ["window [x]"] = 0.25, ["speaker"] = 0 },
            Shares = new Dictionary<string, double> { ["words"] = 0.8, ["window [x]"] = 0.2, ["speaker"] = 0 },
        });

        var result = await _cli.RunAsync("recall", "numbers", "--explain");

        string[] drawn = [.. Regex.Replace(result.Out, "\u001b\\[[0-9;]*m", "").Split('\n').Select(line => line.TrimEnd()).Skip(2).SkipLast(1)];
        Assert.Equal(
            [
                $"      words      {new string('█', 20)} 1.000 80 % of the score",
                $"      window [x] {new string('█', 5)}{new string('░', 15)} 0.250 20 % of the score",
                $"      speaker    {new string('░', 20)} 0.000 0 % of the score",
            ],
            drawn);
    }

    [Fact]
    public async Task Recall_does_not_say_that_nothing_is_known_where_not_all_was_searched()
    {
        _cli.IsOutPerson = true;
        _cli.Memory.Recalls = request => ScriptedMemory.Found(request) with { LeftOut = ["second/b"] };

        var result = await _cli.RunAsync("recall", "x");

        Assert.Equal("Nothing about that was found in what was searched.", result.Out.Trim());
        Assert.Contains("in quarantine: second/b", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recall_says_so_when_nothing_is_known_and_when_only_words_were_searched()
    {
        _cli.IsOutPerson = true;
        _cli.Memory.Recalls = request => ScriptedMemory.Found(request) with { Search = RecallAnswer.LexicalOnly };

        var result = await _cli.RunAsync("recall", "x");

        Assert.Equal("Nothing is known about that.", result.Out.Trim());
        Assert.Contains("searched by words only", result.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, result.Code);
    }

    [Fact]
    public async Task Json_is_the_answer_of_http_on_one_line_with_letters_as_they_are()
    {
        _cli.IsOutPerson = true;
        _cli.Memory.Recalls = request => ScriptedMemory.Found(request, ScriptedMemory.Recalled("mem-1", "Grüße aus Köln"));

        var result = await _cli.RunAsync("recall", "x", "--json");

        Assert.Contains("Grüße aus Köln", result.Out, StringComparison.Ordinal);
        Assert.Equal(result.Out.Length - 1, result.Out.IndexOf('\n', StringComparison.Ordinal));
        Assert.Equal("mem-1", JsonSerializer.Deserialize(result.Out, KeepsakeJson.Default.RecallAnswer)!.Memories[0].Id);
    }

    [Fact]
    public async Task An_event_goes_to_its_session_and_its_redactions_are_told()
    {
        var result = await _cli.RunAsync("event", "asked", "--actor", "alice", "--session", "s", "--role", "user");

        Assert.Equal(
            new EventInput { ActorId = "alice", SessionId = "s", Content = "asked", Role = "user" }, Assert.Single(_cli.Memory.Asked));
        Assert.Equal("created\tevent-1\tjwt=2\t\n", result.Out);
    }

    [Fact]
    public async Task Events_of_a_session_that_is_not_there_are_an_empty_answer()
    {
        var result = await _cli.RunAsync("events", "--actor", "alice", "--session", "never");

        Assert.Equal((0, "", ""), (result.Code, result.Out, result.Error));
    }

    [Fact]
    public async Task Forget_hands_on_ids_with_hard_and_reason()
    {
        _cli.Memory.Items.Add(ScriptedMemory.Record("mem-1"));

        var result = await _cli.RunAsync("forget", "mem-1", "mem-2", "--hard", "--reason", "wrong");

        var (ids, hard, reason) = Assert.IsType<(IReadOnlyList<string>, bool, string)>(Assert.Single(_cli.Memory.Asked));
        Assert.Equal(["mem-1", "mem-2"], ids);
        Assert.Equal((true, "wrong"), (hard, reason));
        Assert.Equal("deleted\t1\n", result.Out);
        Assert.Equal(ExitCode.Done, result.Code);
    }

    [Fact]
    public async Task Forget_of_ids_that_are_not_there_says_so()
    {
        var result = await _cli.RunAsync("forget", "mem-1");

        Assert.Equal(ExitCode.NotFound, result.Code);
        Assert.StartsWith("keepsake: not_found: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_brings_back_what_it_can_and_says_what_it_cannot()
    {
        _cli.Memory.Items.Add(ScriptedMemory.Record("mem-2"));

        var result = await _cli.RunAsync("restore", "mem-1", "mem-2");

        Assert.Equal("restored\tmem-2\n", result.Out);
        Assert.Equal($"keepsake: not_found: No record has the id 'mem-1'.{Environment.NewLine}", result.Error);
        Assert.Equal(ExitCode.PartlyRefused, result.Code);
        Assert.Equal(ExitCode.NotFound, (await _cli.RunAsync("restore", "mem-1")).Code);
    }

    [Fact]
    public async Task List_prints_fields_for_a_pipe_and_how_to_go_on()
    {
        _cli.Memory.Items.AddRange([ScriptedMemory.Record("mem-1") with { Key = "k" }, ScriptedMemory.Record("mem-2")]);

        var result = await _cli.RunAsync("list", "agents", "--keys", "--limit", "1", "--cursor", "c");

        var query = Assert.IsType<RecordQuery>(Assert.Single(_cli.Memory.Asked));
        Assert.Equal(("agents", true, 1, "c"), (query.Namespace, query.KeysOnly, query.Page.Limit, query.Page.Cursor));
        Assert.Equal("mem-1\tagents/default\tk\ta fact\n", result.Out);
        Assert.Equal($"keepsake: there is more: --cursor next{Environment.NewLine}", result.Error);
    }

    [Fact]
    public async Task List_refuses_a_limit_out_of_range()
    {
        var result = await _cli.RunAsync("list", "--limit", "0");

        Assert.Equal((2, $"keepsake: invalid_request: limit is 0; use 1 to 1000.{Environment.NewLine}"), (result.Code, result.Error));
    }

    [Fact]
    public async Task Stores_are_created_listed_and_deleted()
    {
        await _cli.RunAsync("store", "create", "work");
        var list = await _cli.RunAsync("store", "list");
        var deleted = await _cli.RunAsync("store", "delete", "work");
        var again = await _cli.RunAsync("store", "delete", "work");

        Assert.Equal("default\tdefault-0123456789\t2026-01-02T03:04:05.0000000+00:00\nwork\twork-0123456789\t2026-01-02T03:04:05.0000000+00:00\n", list.Out);
        Assert.Equal("deleted\twork\n", deleted.Out);
        Assert.Equal(ExitCode.NotFound, again.Code);
    }

    [Theory]
    [InlineData("work\n", 0, 1)]
    [InlineData("yes\n", 1, 2)]
    public async Task A_person_types_the_name_before_a_store_is_deleted(string typed, int exit, int left)
    {
        _cli.IsInPerson = _cli.IsErrorPerson = true;
        _cli.In = System.Text.Encoding.UTF8.GetBytes(typed);
        await _cli.RunAsync("store", "create", "work");

        var result = await _cli.RunAsync("store", "delete", "work");

        Assert.Equal(exit, result.Code);
        Assert.Equal(left, _cli.Stores.Stores.Count);
    }

    [Fact]
    public async Task Status_prints_names_and_values_for_a_pipe()
    {
        var result = await _cli.RunAsync("status");

        Assert.Contains("status\tconnected\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("search\thybrid\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("namespace\tagents/default\t0\t0\t7\n", result.Out, StringComparison.Ordinal);
    }
}
