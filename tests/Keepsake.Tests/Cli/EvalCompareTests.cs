using System.Text.Json;
using Keepsake.Embedding;
using Keepsake.Server.Cli;
using Keepsake.Server.Cli.Eval;
using Keepsake.Tests.Embedding.Bert;

namespace Keepsake.Tests.Cli;

public sealed class EvalCompareTests : IDisposable
{
    private const string Chats = """
        {"id":"x","turns":[{"id":"a","session":"s","speaker":"Ada","text":"The boat is painted green."},{"id":"b","session":"s","speaker":"Bo","text":"Soup is on the stove."}],"questions":[{"question":"Which colour has the boat?","category":"c","evidence":["a"]},{"question":"What is cooking?","category":"c","evidence":["b"]}]}
        """;

    private readonly CliRunner _cli = new();
    private readonly EvalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_setting_is_compared_with_the_default_on_the_same_questions()
    {
        var result = await _cli.RunAsync("eval", "conversations", _folder.Write("chats", Chats), "--compare", "lexical", "--json");

        var report = JsonDocument.Parse(result.Out).RootElement;
        Assert.Equal(["measure", "questions", "a", "b", "result"], report.EnumerateObject().Select(m => m.Name));
        Assert.Equal(("recall@10", 2), (report.GetProperty("measure").GetString(), report.GetProperty("questions").GetInt32()));
        Assert.Equal("{\"setting\":\"default\",\"recall@10\":1}", report.GetProperty("a").GetRawText());
        // By words alone nothing says that soup is cooking.
        Assert.Equal("{\"setting\":\"lexical\",\"recall@10\":0.5}", report.GetProperty("b").GetRawText());
        Assert.Equal(
            "{\"difference\":-0.5,\"interval\":[-1,0],\"p\":1,\"wins\":0,\"losses\":1,\"ties\":1}",
            report.GetProperty("result").GetRawText());
        Assert.Empty(_cli.Opened);
    }

    [Fact]
    public async Task Two_settings_are_compared_with_each_other()
    {
        var result = await _cli.RunAsync("eval", "conversations", _folder.Write("chats", Chats), "--compare", "floor=1", "lexical,without=first-person");

        Assert.StartsWith("setting\trecall@10\nfloor=1\t0.000\nlexical,without=first-person\t0.500\ndifference\t0.5\t0\t1\n", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("wins, losses, ties\t1\t0\t1\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collection_of_documents_is_compared_too()
    {
        _folder.Write("corpus.jsonl", """{"_id":"a","text":"The boat is painted green."}""");
        _folder.Write("queries.jsonl", """{"_id":"q","text":"Which colour has the boat?"}""");
        _folder.Write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\ta\t1\n");

        var result = await _cli.RunAsync("eval", "beir", _folder.Path, "--compare", "model=keepsake-en-1");

        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Contains("difference\t0\t0\t0\np\t1\nwins, losses, ties\t0\t0\t1\n", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_model_that_was_added_is_compared_by_its_name_or_its_folder(bool byName)
    {
        var data = DataFolder.Open(Path.Combine(_folder.Path, "data"));
        new AddedModels(data).Add(TinyBert.Folder, "tiny", TestContext.Current.CancellationToken);
        var model = byName ? "tiny" : Path.Combine(data.Path, "models", "tiny");

        var result = await _cli.RunAsync("eval", "conversations", _folder.Write("chats", Chats), "--compare", $"model={model}", "--data", data.Path);

        Assert.Equal((ExitCode.Done, ""), (result.Code, result.Error));
        Assert.Contains($"\nmodel={model}\t", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lexcal", "'lexcal' is not a setting; use default, or lexical, model=NAME, floor=R or without=SIGNAL")]
    [InlineData("floor=2", "'floor=2' is not a floor")]
    [InlineData("floor=-0.1", "'floor=-0.1' is not a floor")]
    [InlineData("without=luck", "'luck' is not a signal; use one of words, exact, session-words,")]
    [InlineData("lexical,model=x", "asks for a model and for none")]
    [InlineData("lexical,", "'' is not a setting")]
    [InlineData("floor=0.1,without=words,floor=0.2", "says 'floor' more than once")]
    [InlineData("model=/nowhere/at/all", "The model of 'model=/nowhere/at/all' cannot be used: it is not keepsake-en-1, not an added model")]
    [InlineData("model=nobody-added-it", "The model of 'model=nobody-added-it' cannot be used: it is not keepsake-en-1, not an added model")]
    public async Task A_setting_that_is_none_is_refused_with_what_would_work(string setting, string says)
    {
        var result = await _cli.RunAsync("eval", "conversations", _folder.Write("chats", Chats), "--compare", setting);

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_scores_prove_nothing()
    {
        var result = PairedTest.Run([0.5, 1, 0], [0.5, 1, 0]);

        Assert.Equal((0, 1, 0, 0, 3), (result.Difference, result.P, result.Wins, result.Losses, result.Ties));
        Assert.Equal([0, 0], result.Interval);
    }

    [Fact]
    public void A_difference_on_every_question_is_no_luck_and_the_draws_can_be_repeated()
    {
        double[] a = [.. Enumerable.Range(0, 40).Select(i => i % 3 * 0.25)];
        double[] b = [.. a.Select((x, i) => x + 0.1 + (i % 2 * 0.1))];

        var result = PairedTest.Run(a, b);

        Assert.Equal(0.15, result.Difference);
        Assert.InRange(result.Interval[0], 0.13, 0.15);
        Assert.InRange(result.Interval[1], 0.15, 0.17);
        Assert.Equal(0.0001, result.P);
        Assert.Equal((40, 0, 0), (result.Wins, result.Losses, result.Ties));
        Assert.Equal(result.Interval, PairedTest.Run(a, b).Interval);
        Assert.Equal([-result.Interval[1], -result.Interval[0]], PairedTest.Run(b, a).Interval);
    }

    [Fact]
    public void A_small_difference_among_few_questions_is_luck()
    {
        // Two better and one worse of three: half of the ways the coins can fall are as far from equal.
        Assert.InRange(PairedTest.Run([0, 0, 1], [1, 1, 0]).P, 0.99, 1);
        Assert.InRange(PairedTest.Run([0, 0, 0, 0], [1, 1, 1, 1]).P, 0.11, 0.14);
    }
}
