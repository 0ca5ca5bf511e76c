using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Keepsake.Serialization;
using Keepsake.Server.Cli;
using Keepsake.Server.Cli.Scan;

namespace Keepsake.Tests.Cli;

/// <summary><c>keepsake scan</c> as a process: what it says, what it leaves on the disk, and what is left of it after a kill.</summary>
public sealed class ScanVerbTests : IDisposable
{
    // Written in two parts, so that no scanner takes the test for a leak.
    private const string Secret = "gh" + "p_Zq8vR3tY7uB1nM5kL9wX2cD4fG6hJ0pQ1sA3";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keepsake-tests-");

    private string Export => Path.Combine(_folder.FullName, "memories.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_dry_run_reports_and_changes_nothing_and_apply_leaves_no_byte_of_a_secret()
    {
        await PlantAsync();

        var dry = await RunAsync(null, "scan");
        Assert.Equal(0, dry.Code);
        Assert.Equal(2, dry.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(dry.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains("\tfound\t", line, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, dry.Out + dry.Error, StringComparison.Ordinal);
        Assert.Contains("2 secrets in 2 of 2 memories; nothing was changed", dry.Error, StringComparison.Ordinal);
        Assert.NotEmpty(FilesWithSecret("data"));

        var applied = Answer(await RunAsync(null, "scan", "--apply", "--json"));
        Assert.Equal((true, 2L, 2L), (applied.Applied, applied.Scanned, applied.Items));
        Assert.Empty(FilesWithSecret("data"));
        Assert.Empty(Answer(await RunAsync(null, "scan", "--json")).Findings);
        var clean = await RunAsync(null, "scan");
        Assert.Equal(("", true), (clean.Out, clean.Error.Contains("0 secrets in 0 of 2 memories", StringComparison.Ordinal)));

        // Records and events are a page each.
        var log = (await RunAsync(null, "audit", "--json")).Out;
        Assert.Contains("\"dry run over 1\"", log, StringComparison.Ordinal);
        Assert.Equal(2, log.Split("\"apply\"").Length - 1);
        Assert.DoesNotContain(Secret, log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scan.noted")]
    [InlineData("scan.redacted")]
    [InlineData("commit.before")]
    public async Task A_killed_scan_goes_on_and_reports_all_that_was_there(string failPoint)
    {
        await PlantAsync();

        Assert.NotEqual(0, (await RunAsync(failPoint, "scan", "--apply")).Code);
        var applied = Answer(await RunAsync(null, "scan", "--apply", "--json"));

        Assert.Equal(2, applied.Findings.Count);
        Assert.Equal(2, applied.Kinds.Values.Sum());
        Assert.Empty(FilesWithSecret("data"));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder.FullName, "data"), "scan-*"));
    }

    [Fact]
    public async Task An_export_and_a_copy_of_the_database_are_scanned_as_files()
    {
        await PlantAsync();
        Assert.Equal(0, (await RunAsync(null, "export", Export)).Code);
        await File.AppendAllTextAsync(Export, $"{{}} no memory: {Secret}\r\n{{\"type\":\"x\"}}", TestContext.Current.CancellationToken);
        var backup = Path.Combine(_folder.FullName, "backup.db");
        File.Copy(Path.Combine(_folder.FullName, "data", "keepsake.db"), backup);

        var dry = Answer(await RunAsync(null, "scan", Export, backup, "--json"));
        Assert.Equal([1, 2, 3, null, null], dry.Findings.Select(f => f.Line));
        Assert.Equal(2, FilesWithSecret("").Count(file => !file.Contains("/data/", StringComparison.Ordinal)));
        var applied = Answer(await RunAsync(null, "scan", Export, backup, "--apply", "--json"));

        Assert.Equal(JsonSerializer.Serialize(dry.Kinds), JsonSerializer.Serialize(applied.Kinds));
        Assert.DoesNotContain(FilesWithSecret(""), file => !file.Contains("/data/", StringComparison.Ordinal));
        var lines = (await File.ReadAllTextAsync(Export, TestContext.Current.CancellationToken)).Split('\n');
        Assert.Equal("{} no memory: [REDACTED:github-token]\r", lines[2]);
        Assert.Equal("{\"type\":\"x\"}", lines[3]);
        Assert.Equal(0, (await RunAsync(null, "store", "create", "other")).Code);
        Assert.Equal("created\t2", (await RunAsync(null, "import", Export, "--store", "other")).Out.Split('\n').FirstOrDefault(l => l.StartsWith("created", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("scan.announced")]
    [InlineData("scan.replaced")]
    public async Task A_scanned_backup_is_still_a_backup_also_after_a_kill(string? failPoint)
    {
        await PlantAsync();
        var name = JsonDocument.Parse((await RunAsync(null, "backup", "create", "--json")).Out).RootElement.GetProperty("name").GetString();
        var backup = Path.Combine(_folder.FullName, "data", "backups", $"{name}.db");

        Assert.Equal(failPoint is null, (await RunAsync(failPoint, "scan", backup, "--apply")).Code == 0);
        Assert.Equal(0, (await RunAsync(null, "scan", backup, "--apply")).Code);

        Assert.Empty(FilesWithSecret(Path.Combine("data", "backups")));
        Assert.Equal(0, (await RunAsync(null, "backup", "verify", name!)).Code);
        Assert.Equal([$"{name}.db", $"{name}.json"], Directory.EnumerateFiles(Path.GetDirectoryName(backup)!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_database_of_another_folder_is_looked_at_and_not_changed()
    {
        await PlantAsync();
        var copy = Path.Combine(_folder.FullName, "copy.db");
        File.Move(Path.Combine(_folder.FullName, "data", "keepsake.db"), copy);
        Directory.Delete(Path.Combine(_folder.FullName, "data"), recursive: true);

        Assert.Equal(2, Answer(await RunAsync(null, "scan", copy, "--json")).Items);
        var refused = await RunAsync(null, "scan", copy, "--apply");

        Assert.Equal(ExitCode.Unavailable, refused.Code);
        Assert.Contains("--data", refused.Error, StringComparison.Ordinal);
        Assert.Equal([copy], FilesWithSecret(""));
    }

    [Fact]
    public async Task What_cannot_be_scanned_is_refused_and_left_as_it_was()
    {
        await PlantAsync();
        await File.WriteAllTextAsync(Export, Secret + "\n", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.NotFound, (await RunAsync(null, "scan", Export, Path.Combine(_folder.FullName, "nothing"), "--apply")).Code);
        Assert.Equal(ExitCode.Invalid, (await RunAsync(null, "scan", Export, _folder.FullName, "--apply")).Code);
        Assert.Equal(ExitCode.Invalid, (await RunAsync(null, "scan", Path.Combine(_folder.FullName, "data", "keepsake.db"), "--apply")).Code);
        Assert.Equal(ExitCode.NotFound, (await RunAsync(null, "scan", "--store", "nobody's")).Code);
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "latin1"), [0xE9, 0x0A], TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Invalid, (await RunAsync(null, "scan", Path.Combine(_folder.FullName, "latin1"))).Code);

        Assert.Equal(Secret + "\n", await File.ReadAllTextAsync(Export, TestContext.Current.CancellationToken));
        Assert.NotEmpty(FilesWithSecret("data"));
    }

    private async Task PlantAsync()
    {
        Assert.Equal(0, (await RunAsync(null, flags: true, "remember", $"deploy with {Secret} only", "--namespace", "a/b")).Code);
        Assert.Equal(0, (await RunAsync(null, flags: true, "event", $"said {Secret}", "--actor", "a", "--session", "s")).Code);
        Assert.NotEmpty(FilesWithSecret("data"));
    }

    private List<string> FilesWithSecret(string under) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(_folder.FullName, under), "*", SearchOption.AllDirectories)
            .Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) >= 0),
    ];

    private static ScanAnswer Answer(CliResult result)
    {
        Assert.Equal(0, result.Code);
        Assert.Matches(@"^(keepsake: going on after [12] memories of an interrupted scan\r?\n)?$", result.Error);
        return JsonSerializer.Deserialize(result.Out, CliJson.Default.ScanAnswer)!;
    }

    private Task<CliResult> RunAsync(string? failPoint, params string[] args) => RunAsync(failPoint, flags: false, args);

    private async Task<CliResult> RunAsync(string? failPoint, bool flags, params string[] args)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Keepsake.Server.exe" : "Keepsake.Server");
        var start = new ProcessStartInfo(program, [.. args, "--data", Path.Combine(_folder.FullName, "data")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = KeepsakeJson.Utf8,
        };
        start.Environment[FailPoint.Variable] = failPoint ?? "";
        start.Environment["KEEPSAKE__STORE__REDACTION__POLICY"] = flags ? "Flag" : "Redact";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }
}
