using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Keepsake.Server.Cli;
using Keepsake.Server.Cli.Eval;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

public sealed class EvalTests : IDisposable
{
    // Three sessions of one turn, two turns and one turn; nothing of a real collection.
    private const string Locomo = """
        [{
          "sample_id": "sample",
          "conversation": {
            "speaker_a": "Ada", "speaker_b": "Bo",
            "session_2_date_time": "12:09 am on 13 September, 2023",
            "session_2": [
              { "speaker": "Bo", "dia_id": "D2:1", "text": "The kite is red." },
              { "speaker": "Ada", "dia_id": "D2:2", "text": "Look!", "blip_caption": "a red kite" }
            ],
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_1": [{ "speaker": "Ada", "dia_id": "D1:1", "text": "Hello." }],
            "session_10_date_time": "1:00 pm on 1 October, 2023",
            "session_10": [{ "speaker": "Ada", "dia_id": "D10:1", "text": "Hello." }],
            "session_11_date_time": "1:00 pm on 2 October, 2023"
          },
          "qa": [
            { "question": "What colour is the kite?", "answer": "red", "evidence": ["D2:01; D2:2"], "category": 4 },
            { "question": "Who said hello?", "answer": "Ada", "evidence": ["D10:1", "D9:9"], "category": 1 },
            { "question": "Nothing cited?", "evidence": [], "category": 5 }
          ]
        }]
        """;

    private readonly CliRunner _cli = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keepsake-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Locomo_is_stored_turn_by_turn_as_a_client_would()
    {
        await _cli.RunAsync("eval", "locomo", Write(Locomo));

        var calls = _cli.Memory.Asked.OfType<RememberRequest>().ToList();
        Assert.Equal([1, 2, 1], calls.Select(c => c.Facts.Count));
        Assert.All(calls, c => Assert.Equal("conversations/1", c.Namespace));
        Assert.Equal(
            new MemoryFact
            {
                Content = "Look! [shares a red kite]",
                Key = "D2:2",
                SessionId = "conversation-1-session-2",
                Speaker = "Ada",
                OccurredAt = new DateTimeOffset(2023, 9, 13, 0, 9, 0, TimeSpan.Zero),
            },
            calls[1].Facts[1]);
        Assert.NotEqual(calls[0].Facts[0].Key, calls[2].Facts[0].Key);
    }

    [Fact]
    public async Task Questions_are_asked_as_a_user_would_without_floor_and_budget()
    {
        await _cli.RunAsync("eval", "locomo", Write(Locomo));

        Assert.Equal(
            [
                new RecallRequest { Query = "What colour is the kite?", Namespace = "conversations/1", TopK = 20, MinRelevance = 0 },
                new RecallRequest { Query = "Who said hello?", Namespace = "conversations/1", TopK = 20, MinRelevance = 0 },
            ],
            _cli.Memory.Asked.OfType<RecallRequest>());
    }

    [Fact]
    public async Task The_json_is_alone_on_standard_output_and_holds_the_scores()
    {
        ScriptIds();
        // The kite's two turns are at ranks 1 and 6; the greeting is at rank 2, behind a turn of another session.
        _cli.Memory.Recalls = request => request.Query.Contains("kite", StringComparison.Ordinal)
            ? Found(request, "D2:1", "x1", "x2", "x3", "D1:1", "D2:2")
            : Found(request, "D1:1", "D10:1");
        _cli.IsErrorPerson = true;

        var result = await _cli.RunAsync("eval", "locomo", Write(Locomo), "--json");

        var report = JsonDocument.Parse(result.Out).RootElement;
        Assert.Equal(
            ["level", "questions", "overall", "categories", "recallMs", "recordsPerSecond"],
            report.EnumerateObject().Select(m => m.Name));
        Assert.Equal("turn", report.GetProperty("level").GetString());
        Assert.Equal(2, report.GetProperty("questions").GetInt32());
        // Unknown ids take no rank, so the kite's second turn is third: both within 5.
        Assert.Equal(
            "{\"recall@1\":0.25,\"recall@5\":1,\"recall@10\":1,\"recall@20\":1,\"mrr\":0.75}",
            report.GetProperty("overall").GetRawText());
        Assert.Equal(
            "{\"1\":{\"recall@1\":0,\"recall@5\":1,\"recall@10\":1,\"recall@20\":1,\"mrr\":0.5},"
            + "\"4\":{\"recall@1\":0.5,\"recall@5\":1,\"recall@10\":1,\"recall@20\":1,\"mrr\":1}}",
            report.GetProperty("categories").GetRawText());
        Assert.Equal(["p50", "p95"], report.GetProperty("recallMs").EnumerateObject().Select(m => m.Name));
        Assert.Equal(JsonValueKind.Number, report.GetProperty("recordsPerSecond").ValueKind);
    }

    [Fact]
    public async Task A_session_is_ranked_by_its_best_turn()
    {
        ScriptIds();
        _cli.Memory.Recalls = request => Found(request, "D2:2", "D2:1", "D10:1");

        var result = await _cli.RunAsync("eval", "locomo", Write(Locomo), "--level", "session", "--json");

        Assert.Contains("\"level\":\"session\",\"questions\":2,\"overall\":{\"recall@1\":0.5,\"recall@5\":1,", result.Out, StringComparison.Ordinal);
        Assert.Contains("\"mrr\":0.75}", result.Out, StringComparison.Ordinal);
        Assert.All(_cli.Memory.Asked.OfType<RecallRequest>(), r => Assert.Equal(100, r.TopK));
    }

    [Fact]
    public async Task A_turn_longer_than_a_record_is_stored_in_parts_that_count_as_the_turn()
    {
        var lengthy = string.Join(' ', Enumerable.Repeat("word", 8_000));
        var file = Write($$"""
            {"id":"c","turns":[{"id":"t1","session":"s","speaker":"user","time":"March-15-2024","text":"{{lengthy}}"},{"id":"t2","session":"s","speaker":null,"time":null,"text":"short"}],"questions":[{"question":"q","category":"abc","evidence":["t2"]}]}
            """);
        ScriptIds();
        _cli.Memory.Recalls = request => Found(request, "t1", "t1/2", "t2");

        var result = await _cli.RunAsync("eval", "conversations", file, "--json");

        var facts = _cli.Memory.Asked.OfType<RememberRequest>().Single().Facts;
        Assert.Equal(["t1", "t1/2", "t1/3", "t2"], facts.Select(f => f.Key));
        Assert.All(facts, f => Assert.InRange(f.Content.Length, 1, MemoryRecord.MaxContentLength));
        Assert.Equal(lengthy, string.Join(' ', facts.Take(3).Select(f => f.Content)));
        Assert.Equal(22, _cli.Memory.Asked.OfType<RecallRequest>().Single().TopK);
        // Two parts of one turn take one rank.
        Assert.Contains("\"mrr\":0.5}", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_file_is_recognised_by_its_content()
    {
        var file = Path.Combine(_folder.FullName, "named.anything");
        using (var zip = new GZipStream(File.Create(file), CompressionMode.Compress))
        {
            zip.Write(Encoding.UTF8.GetBytes(Locomo));
        }

        Assert.Equal(ExitCode.Done, (await _cli.RunAsync("eval", "locomo", file)).Code);
    }

    [Theory]
    [InlineData("locomo", "{}")]
    [InlineData("locomo", "[]")]
    [InlineData("locomo", "[{\"sample_id\":\"x\"}]")]
    [InlineData("conversations", "{\"id\":1}")]
    [InlineData("conversations", "not json")]
    [InlineData("conversations", "")]
    public async Task A_file_of_another_layout_is_refused(string collection, string text)
    {
        var result = await _cli.RunAsync("eval", collection, Write(text));

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.StartsWith("keepsake: invalid_request: The file ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_data_folder_is_its_own_and_gone_afterwards()
    {
        await _cli.RunAsync("eval", "locomo", Write(Locomo), "--data", "/somewhere/else");

        var folder = Assert.IsType<CommonSettings>(Assert.Single(_cli.Opened)).Data!;
        Assert.StartsWith(Path.GetTempPath(), folder, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
        Assert.True(_cli.Stores.IsClosed);
    }

    [Fact]
    public async Task A_run_without_a_model_says_so()
    {
        _cli.Memory.Search = RecallAnswer.LexicalOnly;

        var result = await _cli.RunAsync("eval", "locomo", Write(Locomo), "--json");

        Assert.Contains("by words only", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(10, "aaaa")]
    [InlineData(10, "aaaaaaa\n\nbbbb")]
    [InlineData(10, "aaa bbbb cc\ndddd")]
    [InlineData(4, "😀😀😀😀😀")]
    [InlineData(5, "😀😀😀😀😀")]
    public void Parts_keep_every_word_and_no_half_character(int maxLength, string text)
    {
        var parts = TurnParts.Of(text, Math.Max(maxLength, 1)).ToList();

        Assert.All(parts, p => Assert.InRange(p.Length, 1, maxLength));
        Assert.All(parts, p => Assert.False(char.IsLowSurrogate(p[0]) || char.IsHighSurrogate(p[^1])));
        Assert.Equal(Squeezed(text), Squeezed(string.Concat(parts)));

        static string Squeezed(string t) => string.Concat(t.Where(c => !char.IsWhiteSpace(c)));
    }

    [Theory]
    [InlineData("1:56 pm on 8 May, 2023", "2023-05-08T13:56:00Z")]
    [InlineData("March-15-2024", "2024-03-15T00:00:00Z")]
    [InlineData("2024-03-15T10:00:00+02:00", "2024-03-15T08:00:00Z")]
    [InlineData("2024-03-15", "2024-03-15T00:00:00Z")]
    [InlineData("some day", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Times_are_read_as_collections_write_them(string? text, string? expected) =>
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected, null), ConversationTime.Parse(text));

    private static RecallAnswer Found(RecallRequest request, params string[] keys) =>
        ScriptedMemory.Found(request, [.. keys.Select(k => ScriptedMemory.Recalled(k, k))]);

    // Records are known by their keys, so that a test can say which are found.
    private void ScriptIds() => _cli.Memory.Remembers = request => RememberAnswer.Of(
        [.. request.Facts.Select(f => new WriteOutcome { Id = f.Key, Outcome = WriteResult.Created })]);

    private string Write(string text)
    {
        var file = Path.Combine(_folder.FullName, "conversations");
        File.WriteAllText(file, text);
        return file;
    }
}
