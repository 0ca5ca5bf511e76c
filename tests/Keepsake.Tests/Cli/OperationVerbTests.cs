using System.Text.Json;
using Keepsake.Server;
using Keepsake.Server.Cli;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

public sealed class OperationVerbTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly CliRunner _cli = new();

    public OperationVerbTests() => _cli.OpenStores = settings => Doors.Share(settings);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Data => _temporary["data"];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Benchmark_prints_figures_and_their_history()
    {
        await RememberAsync(40);

        var lines = await RunAsync("benchmark", "a", "--seed", "4", "--probes", "30");
        var json = await RunAsync("benchmark", "a", "--json");
        var history = await RunAsync("benchmark", "a", "--history", "--json");

        Assert.Equal((ExitCode.Done, ""), (lines.Code, lines.Error));
        Assert.Contains("\nprobes\t30\n", lines.Out, StringComparison.Ordinal);
        Assert.Contains("\nseed\t4\n", lines.Out, StringComparison.Ordinal);
        Assert.InRange(JsonElement.Parse(json.Out).GetProperty("hitRate").GetDouble(), 0.8, 1);
        Assert.Equal([1, 4], JsonElement.Parse(history.Out).GetProperty("items").EnumerateArray().Select(r => r.GetProperty("seed").GetInt32()));
    }

    [Fact]
    public async Task Backup_is_made_listed_verified_and_restored()
    {
        await RememberAsync(5);
        var name = await CreateBackupAsync();
        await RunAsync("remember", "written since", "--namespace", "later");

        Assert.StartsWith($"{name}\t", (await RunAsync("backup", "list")).Out, StringComparison.Ordinal);
        Assert.StartsWith($"verified\t{name}\t", (await RunAsync("backup", "verify", name)).Out, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Done, $"restored\t{name}\t\n"), await CodeAndOut("backup", "restore", name));
        Assert.Equal((ExitCode.Done, ""), await CodeAndOut("list", "later"));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Backups_that_are_not_listed_are_named_and_a_folder_open_to_others_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await RememberAsync(1);
        var (made, loose) = (await CreateBackupAsync(), await CreateBackupAsync());
        var folder = Path.Combine(Data, "backups");
        File.SetUnixFileMode(Path.Combine(folder, loose + ".db"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var listed = await RunAsync("backup", "list");
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead);
        var refused = await RunAsync("backup", "list");

        Assert.Equal(ExitCode.Done, listed.Code);
        Assert.StartsWith($"{made}\t", Assert.Single(listed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains($"keepsake backup verify {loose}", listed.Error, StringComparison.Ordinal);
        Assert.Contains("keepsake: 1 left out", listed.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Unavailable, ""), (refused.Code, refused.Out));
        Assert.Contains("chmod 700 backups", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quarantine_closes_lists_and_releases()
    {
        await RememberAsync(2);

        Assert.StartsWith("quarantined\ta\t", (await RunAsync("quarantine", "a", "--reason", "odd")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Unavailable, (await RunAsync("list", "a")).Code);
        Assert.Equal(ExitCode.Unavailable, (await RunAsync("export", _temporary["out.jsonl"])).Code);
        Assert.EndsWith("\todd\n", (await RunAsync("quarantine")).Out, StringComparison.Ordinal);
        Assert.StartsWith("released\ta\t", (await RunAsync("quarantine", "a", "--release")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("list", "a")).Code);
        Assert.Equal(ExitCode.NotFound, (await RunAsync("quarantine", "a", "--release")).Code);
    }

    [Fact]
    public async Task Quarantine_of_a_namespace_that_holds_nothing_says_so_in_case_it_is_misspelt()
    {
        await RememberAsync(2);

        Assert.Equal("", (await RunAsync("quarantine", "a", "--reason", "odd")).Error);
        await RunAsync("quarantine", "a", "--release");
        var odd = await RunAsync("quarantine", "aa");

        Assert.Equal(ExitCode.Done, odd.Code);
        Assert.Contains("nothing is stored in 'aa'", odd.Error, StringComparison.Ordinal);
        foreach (var arguments in (string[][])[["--reason", "r"], ["aa", "--release", "--reason", "r"]])
        {
            var refused = await RunAsync(["quarantine", .. arguments]);
            Assert.Equal(ExitCode.Invalid, refused.Code);
            Assert.Contains("--reason goes with", refused.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("export"), InlineData("keys", "export"), InlineData("audit", "--export")]
    public async Task A_file_in_a_folder_that_is_not_there_is_refused_by_the_name_that_was_given(params string[] verb)
    {
        var refused = await RunAsync([.. verb, _temporary["none/out.jsonl"]]);

        Assert.Equal(ExitCode.NotFound, refused.Code);
        Assert.Contains($"There is no folder '{_temporary["none"]}' to write 'out.jsonl' in.", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuild_says_what_it_did()
    {
        await RememberAsync(30);
        await RunAsync("export", _temporary["out.jsonl"]);

        var soft = await RunAsync("rebuild", "a");
        var hard = await RunAsync("rebuild", "a", "--from", _temporary["out.jsonl"], "--json");

        Assert.Equal((ExitCode.Done, ""), (soft.Code, soft.Error));
        Assert.StartsWith("rebuilt\ta\tsoft\n", soft.Out, StringComparison.Ordinal);
        Assert.Equal(("hard", true, 30), (JsonElement.Parse(hard.Out).GetProperty("mode").GetString(), JsonElement.Parse(hard.Out).GetProperty("success").GetBoolean(), JsonElement.Parse(hard.Out).GetProperty("items").GetInt32()));
    }

    [Fact]
    public async Task Rebuild_from_an_export_with_lines_that_are_none_ends_partly_refused()
    {
        await RememberAsync(30);
        await RunAsync("export", _temporary["out.jsonl"]);
        await File.AppendAllTextAsync(_temporary["out.jsonl"], "{\"type\":\"rec", TestContext.Current.CancellationToken);

        var result = await RunAsync("rebuild", "a", "--from", _temporary["out.jsonl"]);

        Assert.Equal(ExitCode.PartlyRefused, result.Code);
        Assert.StartsWith("quarantined\ta\thard\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("keepsake quarantine a --release", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.Invalid, "benchmark", "a//b")]
    [InlineData(ExitCode.Invalid, "benchmark", "a", "--probes", "0")]
    [InlineData(ExitCode.Invalid, "benchmark", "a", "--seed", "x")]
    [InlineData(ExitCode.NotFound, "benchmark", "a", "--store", "nothing")]
    [InlineData(ExitCode.Invalid, "backup")]
    [InlineData(ExitCode.Invalid, "backup", "verify", "../x")]
    [InlineData(ExitCode.NotFound, "backup", "restore", "20260131T093000Z-0198c0de")]
    [InlineData(ExitCode.Invalid, "quarantine", "--release")]
    [InlineData(ExitCode.Invalid, "quarantine", "a/*")]
    [InlineData(ExitCode.Invalid, "rebuild")]
    [InlineData(ExitCode.NotFound, "rebuild", "a", "--from", "nowhere.jsonl")]
    public async Task A_wrong_call_is_one_line_and_the_exit_code_of_its_reason(int code, params string[] args)
    {
        var result = await RunAsync(args);

        Assert.Equal((code, ""), (result.Code, result.Out));
        Assert.Single(result.Error.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("benchmark")]
    [InlineData("backup create")]
    [InlineData("backup restore")]
    [InlineData("quarantine")]
    [InlineData("rebuild")]
    public async Task Help_has_examples(string verb) =>
        Assert.Contains("Examples:", (await _cli.RunAsync([.. verb.Split(' '), "--help"])).Out, StringComparison.Ordinal);

    [Fact]
    public async Task For_a_person_there_are_words_and_steps()
    {
        await RememberAsync(8);
        (_cli.IsOutPerson, _cli.IsErrorPerson) = (true, true);

        Assert.Contains("Created", (await RunAsync("backup", "create")).Out, StringComparison.Ordinal);
        Assert.Contains("hit rate", (await RunAsync("benchmark", "a")).Out, StringComparison.Ordinal);
        Assert.Contains("is in quarantine", (await RunAsync("quarantine", "a")).Out, StringComparison.Ordinal);
        Assert.Contains("Rebuilt", (await RunAsync("rebuild", "a")).Out, StringComparison.Ordinal);
        Assert.Contains("8", (await RunAsync("backup", "list")).Out, StringComparison.Ordinal);
    }

    private async Task<string> CreateBackupAsync() => JsonElement.Parse((await RunAsync("backup", "create", "--json")).Out).GetProperty("name").GetString()!;

    private async Task RememberAsync(int count)
    {
        await using var stores = Doors.Share(new(CommonSettings.DefaultStore, Data, Json: false, LogLevel: null));
        await Corpus.RememberAsync(stores["default"], count, "a");
    }

    private async Task<(int Code, string Out)> CodeAndOut(params string[] args)
    {
        var result = await RunAsync(args);
        return (result.Code, result.Out);
    }

    private Task<CliResult> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--data", Data]);
}
