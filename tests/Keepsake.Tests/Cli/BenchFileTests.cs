using System.Diagnostics;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

/// <summary>The benchmarks say in one line what is wrong with a file that they are given.</summary>
public sealed class BenchFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("poisoning", "missing.jsonl")]
    [InlineData("poisoning", "missing.txt")]
    [InlineData("recall-quality", "missing.jsonl.gz")]
    [InlineData("redact", "-q", "missing.jsonl.gz")]
    [InlineData("redact", "-q", "missing.jsonl.gz", "missing.txt")]
    [InlineData("report", "missing.json")]
    [InlineData("embed", "--model", "missing")]
    public async Task A_missing_file_is_one_line_and_a_status_for_each_verb_that_takes_files(params string[] arguments) =>
        Assert.Contains("missing", await FailAsync(arguments), StringComparison.Ordinal);

    [Theory]
    [InlineData("poisoning", "broken.jsonl")]
    [InlineData("recall-quality", "broken.jsonl")]
    [InlineData("redact", "-q", "broken.jsonl.gz")]
    [InlineData("report", "broken.json")]
    [InlineData("embed", "--model", "broken")]
    public async Task A_broken_file_is_one_line_that_repeats_nothing_of_it(params string[] arguments)
    {
        await File.WriteAllTextAsync(_folder[arguments[^1]], "{\"a\": [1, zanzibar", TestContext.Current.CancellationToken);

        Assert.DoesNotContain("zanzibar", await FailAsync(arguments), StringComparison.Ordinal);
    }

    private async Task<string> FailAsync(string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Keepsake.Bench.exe" : "Keepsake.Bench");
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await output;

        Assert.True(process.ExitCode is 1 or 2, $"{process.ExitCode}: {errors}");
        return Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
