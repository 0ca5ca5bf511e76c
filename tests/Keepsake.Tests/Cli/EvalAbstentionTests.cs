using System.Text.Json;
using Keepsake.Server.Cli;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

/// <summary>What the default floor keeps back: the part of an evaluation that asks questions of strangers.</summary>
public sealed class EvalAbstentionTests : IDisposable
{
    private readonly CliRunner _cli = new();
    private readonly EvalFolder _folder = new();

    public EvalAbstentionTests() => _cli.Memory.Remembers = request => RememberAnswer.Of(
        [.. request.Facts.Select(f => new WriteOutcome { Id = $"{request.Namespace}:{f.Key}", Outcome = WriteResult.Created })]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_question_is_asked_of_the_next_conversation_and_the_last_ones_of_the_first()
    {
        await _cli.RunAsync("eval", "conversations", _folder.Write("chats", Chats));

        var withFloor = _cli.Memory.Asked.OfType<RecallRequest>().Where(r => r.MinRelevance is null);
        Assert.Equal(
            [
                ("first?", "conversations/1", 20), ("first?", "conversations/2", 1),
                ("second?", "conversations/2", 20), ("second?", "conversations/3", 1),
                ("third?", "conversations/3", 20), ("third?", "conversations/1", 1),
            ],
            withFloor.Select(r => (r.Query, r.Namespace!, r.TopK!.Value)));
    }

    [Fact]
    public async Task The_report_says_how_often_something_surfaced_and_what_the_floor_costs()
    {
        // Of three questions one surfaces something elsewhere; the floor takes the answer of another.
        _cli.Memory.Recalls = request => (request.Query, request.Namespace, request.MinRelevance) switch
        {
            ("first?", "conversations/2", null) => Found(request, "conversations/2:b"),
            ("second?", "conversations/2", null) => Found(request),
            ("first?", "conversations/1", _) => Found(request, "conversations/1:a"),
            ("second?", "conversations/2", 0) => Found(request, "conversations/2:b"),
            ("third?", "conversations/3", _) => Found(request, "conversations/3:c"),
            _ => Found(request),
        };

        var result = await _cli.RunAsync("eval", "conversations", _folder.Write("chats", Chats), "--json");

        var report = JsonDocument.Parse(result.Out).RootElement;
        Assert.Equal(
            ["level", "questions", "overall", "categories", "recallMs", "recordsPerSecond", "abstention"],
            report.EnumerateObject().Select(m => m.Name));
        Assert.Equal(
            "{\"questions\":3,\"surfaced\":0.3333,\"recall@10WithFloor\":0.6667,\"recall@10WithoutFloor\":1}",
            report.GetProperty("abstention").GetRawText());

        Assert.Contains("abstention\t0.333\t0.667\t1.000\n", (await _cli.RunAsync("eval", "conversations", _folder.Write("chats", Chats))).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_alone_has_no_stranger_and_no_abstention()
    {
        var result = await _cli.RunAsync("eval", "conversations", _folder.Write("chats", Chats.Split('\n')[0]), "--json");

        Assert.DoesNotContain("abstention", result.Out, StringComparison.Ordinal);
        Assert.Single(_cli.Memory.Asked.OfType<RecallRequest>());
    }

    [Theory]
    [InlineData("not json", 2)]
    [InlineData("{\"id\":\"y\",\"turns\":[],\"questions\":{}}", 2)]
    [InlineData("{\"id\":\"y\",\"questions\":[]}", 2)]
    public async Task A_line_that_is_wrong_is_named_by_its_number(string bad, int line)
    {
        var result = await _cli.RunAsync("eval", "conversations", _folder.Write("chats", $"{Chats.Split('\n')[0]}\n{bad}\n"));

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Contains($"in line {line}: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("conversations", "not s3cret", "in line 1: it is not valid JSON from byte ")]
    [InlineData("conversations", "{\"s3cret\":[]}", "in line 1: a line is an object with 'id', 'turns' and 'questions'; ")]
    [InlineData("conversations", "{\"id\":1,\"turns\":[{\"id\":\"s3cret\",\"session\":1,\"text\":7}],\"questions\":[]}", "in line 1: a line is an object with ")]
    [InlineData("conversations", "{\"id\":1,\"turns\":[{\"id\":1,\"session\":1,\"text\":\"\\ud800 s3cret\"}],\"questions\":[]}", "in line 1: a line is an object with ")]
    [InlineData("locomo", "[{},\n s3cret]", "in line 2: it is not valid JSON from byte 2 on.")]
    [InlineData("locomo", "{\"s3cret\":1}", "says: it is a list of conversations, each with 'sample_id', 'conversation' and 'qa'; ")]
    [InlineData("locomo", "[{\"sample_id\":\"s3cret\",\"conversation\":{\"session_99999999999\":[]},\"qa\":[]}]", "says: it is a list of conversations, ")]
    public async Task What_is_wrong_with_a_file_is_said_by_line_and_layout_and_without_what_it_holds(string layout, string text, string says)
    {
        var result = await _cli.RunAsync("eval", layout, _folder.Write("chats", text));

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
        foreach (var word in (string[])["s3cret", "'s'", "BytePositionInLine", "dictionary", "requested operation"])
        {
            Assert.DoesNotContain(word, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_is_missing_or_asks_nothing_is_refused()
    {
        var missing = await _cli.RunAsync("eval", "locomo", Path.Combine(_folder.Path, "nothing"));
        Assert.Equal(ExitCode.Invalid, missing.Code);
        Assert.Contains("There is no file", missing.Error, StringComparison.Ordinal);

        var silent = await _cli.RunAsync("eval", "conversations", _folder.Write("chats", """{"id":"a","turns":[],"questions":[{"question":"q","category":1,"evidence":["t9"]}]}"""));
        Assert.Equal(ExitCode.Invalid, silent.Code);
        Assert.Contains("no question with evidence", silent.Error, StringComparison.Ordinal);
    }

    private const string Chats = """
        {"id":"x","turns":[{"id":"a","session":"s","text":"one"}],"questions":[{"question":"first?","category":1,"evidence":["a"]}]}
        {"id":"y","turns":[{"id":"b","session":"s","text":"two"}],"questions":[{"question":"second?","category":1,"evidence":["b"]}]}
        {"id":"z","turns":[{"id":"c","session":"s","text":"three"}],"questions":[{"question":"third?","category":1,"evidence":["c"]}]}
        """;

    private static RecallAnswer Found(RecallRequest request, params string[] ids) =>
        ScriptedMemory.Found(request, [.. ids.Select(id => ScriptedMemory.Recalled(id, id))]);
}
