using System.Text;
using System.Text.Json;
using Keepsake.Embedding;
using Keepsake.Server;
using Keepsake.Server.Cli;
using Keepsake.Server.Ownership;
using Keepsake.Tests.Embedding;
using Keepsake.Tests.Embedding.Bert;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

public sealed class ModelVerbTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly CliRunner _cli = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Data => _temporary["data"];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_folder_is_added_listed_and_removed()
    {
        Assert.Equal("keepsake-en-1\tin use\t256\t\tkeepsake-en-1\t\n", (await RunAsync("model", "list")).Out);

        var added = await RunAsync("model", "add", TinyBert.Folder);
        Assert.Equal((ExitCode.Done, "added\ttiny-bert\t48\t224089\n"), (added.Code, added.Out));
        Assert.Contains("tiny-bert\t\t48\t224089\ttiny-bert@", (await RunAsync("model", "list")).Out, StringComparison.Ordinal);

        var weights = Path.Combine(Data, "models", "tiny-bert", "model.safetensors");
        var bytes = await File.ReadAllBytesAsync(weights, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(weights, bytes, TestContext.Current.CancellationToken);
        Assert.EndsWith("\tdamaged; remove it and add it again\n", (await RunAsync("model", "list")).Out, StringComparison.Ordinal);

        Assert.Equal("removed\ttiny-bert\n", (await RunAsync("model", "remove", "tiny-bert")).Out);
        Assert.Equal(ExitCode.NotFound, (await RunAsync("model", "remove", "tiny-bert")).Code);
    }

    [Fact]
    public async Task A_model_of_the_hub_is_downloaded_and_nothing_of_the_download_stays()
    {
        await using var hub = await HubServer.StartAsync();
        hub.Offer("someone/tiny", TinyBert.Folder);
        hub.CutAfter = 100_000;
        UseHub(hub.Address);

        var result = await RunAsync("model", "add", "someone/tiny", "--json");

        Assert.Equal((ExitCode.Done, ""), (result.Code, result.Error));
        Assert.Equal("tiny", JsonElement.Parse(result.Out).GetProperty("name").GetString());
        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.Combine(Data, "models")), d => Path.GetFileName(d)[0] == '.');

        hub.Requests.Clear();
        var again = await RunAsync("model", "add", "someone/tiny", "--json");
        Assert.Equal((ExitCode.Done, result.Out), (again.Code, again.Out));
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public async Task A_list_reads_only_what_looks_changed_and_all_where_that_is_asked_for()
    {
        await RunAsync("model", "add", TinyBert.Folder);
        Assert.DoesNotContain("damaged", (await RunAsync("model", "list")).Out, StringComparison.Ordinal);
        var weights = Path.Combine(Data, "models", "tiny-bert", "model.safetensors");
        var time = File.GetLastWriteTimeUtc(weights);
        var bytes = await File.ReadAllBytesAsync(weights, Token);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(weights, bytes, Token);
        File.SetLastWriteTimeUtc(weights, time);

        Assert.DoesNotContain("damaged", (await RunAsync("model", "list")).Out, StringComparison.Ordinal);
        Assert.Contains("damaged", (await RunAsync("model", "list", "--verify")).Out, StringComparison.Ordinal);

        // Whatever a list says, it is not used.
        var refused = Assert.Throws<MemoryException>(() => new AddedModels(DataFolder.Open(Data)).CheckExists("tiny-bert"));
        Assert.Equal(MemoryErrorCode.Corrupt, refused.Code);
        File.SetLastWriteTimeUtc(weights, time.AddSeconds(1));
        Assert.Contains("damaged", (await RunAsync("model", "list")).Out, StringComparison.Ordinal);
        File.Delete(weights);
        Assert.Contains("damaged", (await RunAsync("model", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_of_another_owner_under_the_same_name_is_a_conflict()
    {
        await using var hub = await HubServer.StartAsync();
        hub.Offer("someone/tiny", TinyBert.Folder);
        hub.Offer("another/tiny", TinyBert.Folder);
        UseHub(hub.Address);
        Assert.Equal(ExitCode.Done, (await RunAsync("model", "add", "someone/tiny")).Code);

        var refused = await RunAsync("model", "add", "another/tiny");

        Assert.Equal((ExitCode.Failed, ""), (refused.Code, refused.Out));
        Assert.StartsWith("keepsake: conflict: 'tiny' is someone/tiny, another model.", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("model", "add", "another/tiny", "--name", "other")).Code);
    }

    [Fact]
    public async Task A_known_name_that_the_hub_answers_with_another_file_is_refused()
    {
        await using var hub = await HubServer.StartAsync();
        hub.Offer("sentence-transformers/all-MiniLM-L6-v2", TinyBert.Folder);
        UseHub(hub.Address);

        var result = await RunAsync("model", "add", "all-MiniLM-L6-v2");

        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.StartsWith("keepsake: corrupt: vocab.txt arrived damaged, or is another file", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.NotFound, "model", "add", "no-such-folder-or-name")]
    [InlineData(ExitCode.NotFound, "model", "remove", "nothing")]
    [InlineData(ExitCode.Invalid, "model", "remove", "../up")]
    [InlineData(ExitCode.Invalid, "model", "use", "keepsake-en-1")]
    [InlineData(ExitCode.Invalid, "model")]
    public async Task A_wrong_call_is_one_line_and_the_exit_code_of_its_reason(int code, params string[] args)
    {
        var result = await RunAsync(args);

        Assert.Equal((code, ""), (result.Code, result.Out));
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.DoesNotContain("--name", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Use_embeds_everything_anew_and_says_what_changed_for_each_store()
    {
        await RunAsync("model", "add", TinyBert.Folder);
        await using var shared = Share();
        await shared.CreateAsync("second", cancellationToken: Token);
        await shared["default"].RememberAsync(new() { Facts = [.. Facts(30)], Namespace = "a" }, cancellationToken: Token);
        await shared["second"].RememberAsync(new() { Facts = [.. Facts(3)], Namespace = "a" }, cancellationToken: Token);
        _cli.OpenStores = _ => Share();

        var result = await RunAsync("model", "use", "tiny-bert", "--json");

        Assert.Equal((ExitCode.Done, ""), (result.Code, result.Error));
        var answer = JsonElement.Parse(result.Out);
        Assert.Equal(("tiny-bert", 48, 33), (answer.GetProperty("model").GetString(), answer.GetProperty("dimensions").GetInt32(), answer.GetProperty("embedded").GetInt32()));
        var first = answer.GetProperty("stores")[0];
        Assert.Equal(BuiltInModel.Name, first.GetProperty("before").GetProperty("model").GetString());
        Assert.StartsWith("tiny-bert@", first.GetProperty("after").GetProperty("model").GetString(), StringComparison.Ordinal);
        Assert.Equal(30, first.GetProperty("after").GetProperty("probes").GetInt32());
        Assert.InRange(first.GetProperty("after").GetProperty("hitRate").GetDouble(), 0.5, 1);
        Assert.Contains("tiny-bert\tin use", (await RunAsync("model", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_the_settings_name_cannot_be_overruled()
    {
        await RunAsync("model", "add", TinyBert.Folder);
        Configure("{\"Embedding\":{\"Model\":\"tiny-bert\"}}");
        _cli.OpenStores = _ => Share();

        var result = await RunAsync("model", "use", "keepsake-en-1", "--no-wait");

        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.StartsWith("keepsake: conflict: The setting Embedding:Model decides which model is used.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Model")]
    [InlineData("ModelFolder")]
    public async Task A_model_that_the_settings_name_is_not_removed(string setting)
    {
        await RunAsync("model", "add", TinyBert.Folder);
        var folder = Path.Combine(Data, "models", "tiny-bert");
        Configure($"{{\"Embedding\":{{\"{setting}\":{JsonSerializer.Serialize(setting == "Model" ? "tiny-bert" : folder)}}}}}");

        var refused = await RunAsync("model", "remove", "tiny-bert");

        Assert.Equal((ExitCode.Failed, ""), (refused.Code, refused.Out));
        Assert.StartsWith($"keepsake: conflict: 'tiny-bert' is in use: the setting Embedding:{setting} says so.", refused.Error, StringComparison.Ordinal);
        Assert.Contains("tiny-bert\tin use", (await RunAsync("model", "list")).Out, StringComparison.Ordinal);
        Configure("{}");
        Assert.Equal("removed\ttiny-bert\n", (await RunAsync("model", "remove", "tiny-bert")).Out);
    }

    private static IEnumerable<MemoryFact> Facts(int count)
    {
        Random random = new(count);
        string[] words = ["database", "credentials", "vault", "spring", "pottery", "migration", "deployment", "phone", "indentation", "cancellation", "wages", "letters", "harbour", "winter"];
        return Enumerable.Range(0, count).Select(i => new MemoryFact { Content = $"{string.Join(' ', random.GetItems(words, 7))} number{i:0000} marker{i * 7:0000} thing{i * 13:0000}" });
    }

    private SharedStores Share() => Doors.Share(new(CommonSettings.DefaultStore, Data, Json: false, LogLevel: null));

    private void UseHub(Uri address) => Configure($"{{\"Embedding\":{{\"ModelHub\":\"{address}\"}}}}");

    private void Configure(string settings)
    {
        using var file = PrivateFile.Open(Path.Combine(DataFolder.Open(Data).Path, Settings.FileName), FileMode.Create);
        file.Write(Encoding.UTF8.GetBytes(settings));
    }

    private Task<CliResult> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--data", Data]);
}
