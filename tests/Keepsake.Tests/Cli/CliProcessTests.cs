using System.Diagnostics;
using System.Text.Json;
using Keepsake.Serialization;
using Keepsake.Server.Cli;

namespace Keepsake.Tests.Cli;

/// <summary>The program as a process of its own, on a data folder of its own: what no fake terminal can show.</summary>
public sealed class CliProcessTests : IDisposable
{
    // Not SIGINT, which whatever a shell runs in the background ignores, and so do the processes that it starts.
    private const int Sigterm = 15;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keepsake-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_one_process_remembers_another_recalls_exports_and_imports()
    {
        var remembered = await RunAsync("", "remember", "Releases are cut on Thursdays – always", "--namespace", "codebase/conventions");
        var happened = await RunAsync("built\n", "event", "-", "--actor", "ci", "--session", "17");
        var recalled = await RunAsync("", "recall", "when is a release cut?", "--json");
        var exported = await RunAsync("", "export", "-");
        var other = Path.Combine(_folder.FullName, "other");
        var imported = await RunInAsync(other, exported.Out, "import", "-");
        var again = await RunInAsync(other, "", "export", "-");

        Assert.Equal((0, ""), (remembered.Code, remembered.Error));
        Assert.StartsWith("created\tmem-", remembered.Out, StringComparison.Ordinal);
        Assert.StartsWith("created\t", happened.Out, StringComparison.Ordinal);
        var answer = JsonSerializer.Deserialize(recalled.Out, KeepsakeJson.Default.RecallAnswer)!;
        Assert.Equal("Releases are cut on Thursdays – always", Assert.Single(answer.Memories).Content);
        Assert.Equal("lines\t2\ncreated\t2\nfailed\t0\n", imported.Out);
        Assert.Equal(exported.Out, again.Out);
    }

    [Theory]
    [InlineData("import <(cat lines) --data data", "lines\t1\ncreated\t1\nfailed\t0\n")]
    [InlineData("import <(gzip -c lines) --data data", "")]
    [InlineData("redact <(printf 'password: hunter2hunter2') --data data", "password: [REDACTED:password]")]
    public async Task A_pipe_that_a_shell_names_is_read_like_standard_input(string command, string says)
    {
        // Only there it is told from a file.
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "lines"),
            CliJson.Line(Support.ScriptedMemory.Record($"mem-{0:d36}", "from a pipe"), KeepsakeJson.Default.MemoryItem) + "\n",
            TestContext.Current.CancellationToken);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"'{Path.Combine(AppContext.BaseDirectory, "Keepsake.Server")}' {command}"])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(says, await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        if (says.Length == 0)
        {
            Assert.Contains("gunzip -c | keepsake import -", await error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_signal_ends_a_run_that_waits_for_input_with_130()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var process = Start(_folder.FullName, "import", "-");
        // Nothing comes on standard input. The data is there once the run waits for it.
        while (!File.Exists(Path.Combine(_folder.FullName, "data", "keepsake.db")))
        {
            Assert.False(process.HasExited, "The run ended by itself.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, Kill(process.Id, Sigterm));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Interrupted, process.ExitCode);
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_an_export_without_a_word()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // More than a pipe holds, so that the writer meets the closed end.
        var lines = string.Concat(Enumerable.Range(0, 300).Select(i => CliJson.Line(
            Support.ScriptedMemory.Record($"mem-{i:d36}", $"{i} {new string('x', 2_000)}"), KeepsakeJson.Default.MemoryItem) + "\n"));
        Assert.Equal(0, (await RunAsync(lines, "import", "-")).Code);

        using var process = Start(_folder.FullName, "export", "-");
        Assert.NotNull(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        process.StandardOutput.Close();
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((ExitCode.Interrupted, ""), (process.ExitCode, error));
    }

    [Fact]
    public async Task Serve_says_where_it_is_and_how_to_connect_and_ends_in_order()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var process = Start(_folder.FullName, "serve", "--urls", "http://127.0.0.1:0");
        List<string> lines = [];
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (line.StartsWith("Stop with", StringComparison.Ordinal))
            {
                break;
            }
        }

        Assert.Equal(0, Kill(process.Id, Sigterm));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Matches("^Keepsake [0-9.]+ serves http://127.0.0.1:[0-9]+$", lines[0]);
        Assert.Equal($"Data: {Path.Combine(_folder.FullName, "data")}", lines[1]);
        Assert.Contains(lines, l => l.Contains("claude mcp add keepsake -- ", StringComparison.Ordinal) && l.Contains("--store PROJECT", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Done, process.ExitCode);
    }

    [Fact]
    public async Task Mcp_on_a_folder_that_others_may_read_is_refused_in_one_line_with_the_command_that_mends_it()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var data = Directory.CreateDirectory(Path.Combine(_folder.FullName, "data")).FullName;
        File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);

        var result = await RunAsync("", "mcp");

        Assert.Equal((ExitCode.Unavailable, ""), (result.Code, result.Out));
        Assert.StartsWith("keepsake: forbidden: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("chmod 700", result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(string input, params string[] args) => RunInAsync(_folder.FullName, input, args);

    private static async Task<CliResult> RunInAsync(string folder, string input, params string[] args)
    {
        using var process = Start(folder, args);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }

    private static Process Start(string folder, params string[] args)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Keepsake.Server.exe" : "Keepsake.Server");
        var start = new ProcessStartInfo(program, [.. args, "--data", Path.Combine(folder, "data")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = KeepsakeJson.Utf8,
            StandardOutputEncoding = KeepsakeJson.Utf8,
        };
        return Process.Start(start)!;
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill")]
    [System.Runtime.InteropServices.DefaultDllImportSearchPaths(System.Runtime.InteropServices.DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
