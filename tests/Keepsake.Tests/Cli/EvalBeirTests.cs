using System.Text.Json;
using Keepsake.Server.Cli;
using Keepsake.Server.Cli.Eval;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

public sealed class EvalBeirTests : IDisposable
{
    private const string Corpus = """
        {"_id":"kite","title":"Kites","text":"A kite is flown on a string in the wind."}
        {"_id":"oak","title":"","text":"An oak is a tree that grows for centuries."}
        {"_id":"tide","text":"Tides rise and fall with the moon."}
        """;

    private const string Queries = """
        {"_id":"q1","text":"what is flown on a string?"}
        {"_id":"q2","text":"what moves with the moon?"}
        {"_id":"q3","text":"which tree grows old?"}
        """;

    private const string Judgements = "query-id\tcorpus-id\tscore\nq1\tkite\t1\nq2\ttide\t2\nq2\tkite\t1\nq3\tkite\t0\n";

    private readonly CliRunner _cli = new();
    private readonly EvalFolder _folder = new();

    public EvalBeirTests() => _cli.Memory.Remembers = request => RememberAnswer.Of(
        [.. request.Facts.Select(f => new WriteOutcome { Id = f.Key, Outcome = WriteResult.Created })]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Documents_are_stored_with_their_titles_and_only_judged_questions_are_asked()
    {
        Write(Corpus, Queries, Judgements);

        var result = await _cli.RunAsync("eval", "beir", _folder.Path);

        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Equal(
            [("document-1", "Kites\nA kite is flown on a string in the wind."), ("document-2", "An oak is a tree that grows for centuries."), ("document-3", "Tides rise and fall with the moon.")],
            _cli.Memory.Asked.OfType<RememberRequest>().Single().Facts.Select(f => (f.Key!, f.Content)));
        Assert.Equal(
            ["what is flown on a string?", "what moves with the moon?"],
            _cli.Memory.Asked.OfType<RecallRequest>().Where(r => r is { TopK: 100, MinRelevance: 0, Namespace: "documents" }).Select(r => r.Query));
    }

    [Fact]
    public async Task Scores_are_those_worked_out_by_hand()
    {
        Write(Corpus, Queries, Judgements);
        _cli.Memory.Recalls = request => request.Query.Contains("moon", StringComparison.Ordinal)
            ? Found(request, "document-1", "document-2", "document-3")
            : Found(request, "document-1");

        var report = JsonDocument.Parse((await _cli.RunAsync("eval", "beir", _folder.Path, "--json")).Out).RootElement;

        Assert.Equal(["documents", "questions", "overall", "anchors", "recallMs", "recordsPerSecond"], report.EnumerateObject().Select(m => m.Name));
        // Question 2 has grade 1 at rank 1 and grade 2 at rank 3: (1 + 2/log2(4)) of (2 + 1/log2(3)), which is 2 / 2.63093.
        Assert.Equal(
            "{\"ndcg@10\":0.8801,\"recall@1\":0.75,\"recall@5\":1,\"recall@10\":1,\"recall@20\":1,\"recall@100\":1,\"mrr\":1}",
            report.GetProperty("overall").GetRawText());
        // The single signals are asked of a real index, in which both questions find their documents.
        Assert.Equal(["meaning", "words"], report.GetProperty("anchors").EnumerateObject().Select(m => m.Name));
        Assert.Equal(0.75, report.GetProperty("anchors").GetProperty("words").GetProperty("recall@1").GetDouble());
    }

    [Fact]
    public async Task A_document_longer_than_a_record_counts_once_and_one_that_asks_does_not_find_itself()
    {
        var lengthy = string.Join(' ', Enumerable.Repeat("word", 8_000));
        Write($"{{\"_id\":\"long\",\"text\":\"{lengthy}\"}}\n{{\"_id\":\"q1\",\"text\":\"what is flown?\"}}\n{Corpus}", Queries, "query-id\tcorpus-id\tscore\nq1\tkite\t1\n");
        _cli.Memory.Recalls = request => Found(request, "document-1", "document-1/2", "document-2", "document-1/3", "document-3");

        var result = await _cli.RunAsync("eval", "beir", _folder.Path, "--json");

        Assert.Contains("\"mrr\":0.5}", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compressed_files_and_another_split_are_read()
    {
        _folder.Write("corpus.jsonl.gz", Corpus);
        _folder.Write("queries.jsonl.gz", Queries);
        _folder.Write("qrels/dev.tsv.gz", Judgements);

        Assert.Equal(ExitCode.Done, (await _cli.RunAsync("eval", "beir", _folder.Path, "--split", "dev")).Code);
        Assert.Contains("no qrels/test.tsv", (await _cli.RunAsync("eval", "beir", _folder.Path)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", Queries, Judgements, "in line 2: there is no document 'kite'")]
    [InlineData(Corpus + "\nno json", Queries, Judgements, "corpus.jsonl is not laid out as 'keepsake eval --help' says, in line 4: ")]
    [InlineData(Corpus + "\n{\"_id\":7,\"text\":\"x\"}", Queries, Judgements, "in line 4: '_id' is not a text")]
    [InlineData(Corpus + "\n{\"_id\":\"oak\",\"text\":\"x\"}", Queries, Judgements, "in line 4: the id 'oak' is there twice")]
    [InlineData(Corpus, "\n{\"_id\":\"q1\"}", Judgements, "queries.jsonl is not laid out as 'keepsake eval --help' says, in line 2: ")]
    [InlineData(Corpus, Queries, "q1\tkite\t1\n", "in line 1: it is not the header")]
    [InlineData(Corpus, Queries, "query-id\tcorpus-id\tscore\nq1 kite 1\n", "qrels/test.tsv is not laid out as 'keepsake eval --help' says, in line 2: ")]
    [InlineData(Corpus, Queries, "query-id\tcorpus-id\tscore\n\nq9\tkite\t1\n", "in line 3: there is no question 'q9'")]
    [InlineData(Corpus, Queries, "query-id\tcorpus-id\tscore\nq1\tkite\tyes\n", "in line 2: ")]
    [InlineData(Corpus, Queries, "query-id\tcorpus-id\tscore\nq1\tkite\t0\n", "names no document that answers a question")]
    [InlineData("", Queries, "query-id\tcorpus-id\tscore\n", "corpus.jsonl holds no document")]
    public async Task A_collection_that_is_wrong_is_refused_and_says_where(string corpus, string queries, string judgements, string says)
    {
        Write(corpus, queries, judgements);

        var result = await _cli.RunAsync("eval", "beir", _folder.Path);

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
        Assert.Empty(_cli.Opened);
    }

    [Fact]
    public async Task A_folder_or_a_file_that_is_missing_is_refused()
    {
        var none = await _cli.RunAsync("eval", "beir", Path.Combine(_folder.Path, "nothing"));
        _folder.Write("corpus.jsonl", Corpus);
        var half = await _cli.RunAsync("eval", "beir", _folder.Path);

        Assert.Equal((ExitCode.Invalid, ExitCode.Invalid), (none.Code, half.Code));
        Assert.Contains("There is no folder", none.Error, StringComparison.Ordinal);
        Assert.Contains("has no queries.jsonl and no queries.jsonl.gz", half.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "a", "b", "c" }, new[] { "a:1" }, 1.0)]
    [InlineData(new[] { "x", "a" }, new[] { "a:1" }, 0.6309)]
    [InlineData(new[] { "b", "a" }, new[] { "a:3", "b:1" }, 0.7967)]
    [InlineData(new string[0], new[] { "a:1" }, 0.0)]
    public void Gain_is_discounted_by_the_logarithm_of_the_rank(string[] ranked, string[] grades, double expected) => Assert.Equal(
        expected,
        RankedScore.Ndcg(ranked, grades.ToDictionary(g => g.Split(':')[0], g => int.Parse(g.Split(':')[1], null)), 10),
        tolerance: 0.0001);

    private static RecallAnswer Found(RecallRequest request, params string[] ids) =>
        ScriptedMemory.Found(request, [.. ids.Select(id => ScriptedMemory.Recalled(id, id))]);

    private void Write(string corpus, string queries, string judgements)
    {
        _folder.Write("corpus.jsonl", corpus);
        _folder.Write("queries.jsonl", queries);
        _folder.Write("qrels/test.tsv", judgements);
    }
}
