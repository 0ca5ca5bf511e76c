using System.Diagnostics;
using System.Text;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

/// <summary>The launcher in a small checkout of its own, with a <c>dotnet</c> that builds nothing and counts its calls.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string FakeDotnet = """
        #!/bin/sh
        here=${0%/*}
        case $1 in
          --list-sdks) cat "$here/sdks" 2>/dev/null; exit 0 ;;
        esac
        echo "$*" >> "$here/calls"
        while [ -e "$here/hold" ]; do sleep 0.1; done
        out=
        while [ $# -gt 0 ]; do
          [ "$1" != -o ] || out=$2
          shift
        done
        echo "to standard output"
        [ ! -e "$here/fails" ] || { cat "$here/fails"; case $(tail -n 1 "$here/calls") in *ReadyToRun*) exit 1 ;; esac; [ ! -e "$here/fails-always" ] || exit 1; }
        mkdir -p "$out"
        if [ -e "$here/program" ]; then cp "$here/program" "$out/Keepsake.Server"; else
          printf '#!/bin/sh\necho "runs %s: $*"\n' "${out##*/}" > "$out/Keepsake.Server"
          chmod +x "$out/Keepsake.Server"
        fi
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("keepsake tests-").FullName;

    public LauncherTests()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(Path.Combine(Checkout, "src", "Keepsake.Server"));
        Directory.CreateDirectory(Sdk);
        Copy(Path.Combine(Repository.Root, "keepsake"), Launcher);
        foreach (var file in (ReadOnlySpan<string>)["Directory.Build.props", "Directory.Packages.props", "global.json", "src/Keepsake.Server/A.cs", "src/Keepsake.Server/B.cs"])
        {
            File.WriteAllText(Path.Combine(Checkout, file), "x");
        }

        // No other tools than these, so that a real SDK of this machine stays out of it.
        Directory.CreateDirectory(Tools);
        foreach (var tool in (ReadOnlySpan<string>)
            ["cat", "chmod", "cp", "date", "dirname", "find", "flock", "grep", "head", "ls", "mkdir", "mv", "readlink", "rm", "sed", "sh", "sleep", "sort", "tail", "touch", "uname"])
        {
            var places = ((string[])["/usr/bin", "/bin"]).Select(place => Path.Combine(place, tool));
            if (places.FirstOrDefault(File.Exists) is { } real)
            {
                File.CreateSymbolicLink(Path.Combine(Tools, tool), real);
            }
        }

        File.WriteAllText(Path.Combine(Sdk, "dotnet.text"), FakeDotnet);
        Copy(Path.Combine(Sdk, "dotnet.text"), Path.Combine(Sdk, "dotnet"));
        File.WriteAllText(Path.Combine(Sdk, "sdks"), "8.0.100 [/x]\n10.0.401 [/x]\n");
        foreach (var file in (ReadOnlySpan<string>)[Launcher, Path.Combine(Sdk, "dotnet")])
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        // All sources are older than the first build's stamp, as in a checkout that a person made.
        Date(-60);
    }

    private string Checkout => Path.Combine(_folder, "check out");

    private string Launcher => Path.Combine(Checkout, "keepsake");

    private string Sdk => Path.Combine(_folder, "sdk");

    private string Tools => Path.Combine(_folder, "tools");

    private string Apps => Path.Combine(Checkout, "artifacts", "app");

    private string[] Builds => Directory.Exists(Apps) ? Directory.GetDirectories(Apps, "v-*") : [];

    private string[] Calls => File.Exists(Path.Combine(Sdk, "calls")) ? File.ReadAllLines(Path.Combine(Sdk, "calls")) : [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_first_start_builds_and_runs_and_speaks_on_standard_error_only()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var (code, output, error) = await RunAsync(["recall", "two words"]);

        Assert.Equal(0, code);
        Assert.StartsWith("runs v-", output, StringComparison.Ordinal);
        Assert.EndsWith(": recall two words\n", output, StringComparison.Ordinal);
        Assert.Contains("first use", error, StringComparison.Ordinal);
        Assert.Contains("PublishReadyToRun=true", Assert.Single(Calls), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_start_does_no_set_up_work()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await RunAsync([]);
        var (_, _, error) = await RunAsync([]);

        Assert.Empty(error);
        Assert.Single(Calls);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("added")]
    [InlineData("deleted")]
    [InlineData("properties")]
    public async Task A_change_of_the_sources_is_built_and_the_build_before_stays(string change)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var first = (await RunAsync([])).Output;
        // The stamp goes back rather than the change forward: file times are coarse, and a test does not wait for them.
        Date(-60);
        DateStamps(-30);
        var source = Path.Combine(Checkout, "src", "Keepsake.Server");
        switch (change)
        {
            case "changed":
                File.WriteAllText(Path.Combine(source, "A.cs"), "y");
                break;
            case "added":
                File.WriteAllText(Path.Combine(source, "C.cs"), "z");
                break;
            case "deleted":
                File.Delete(Path.Combine(source, "B.cs"));
                break;
            default:
                File.WriteAllText(Path.Combine(Checkout, "Directory.Packages.props"), "y");
                break;
        }

        var (_, second, error) = await RunAsync([]);
        var (_, third, _) = await RunAsync([]);

        Assert.Contains("the sources changed", error, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
        Assert.Equal(second, third);
        Assert.Equal(2, Calls.Length);
        Assert.Equal(2, Builds.Length);
    }

    [Fact]
    public async Task Sources_dated_in_the_future_are_not_built_again_and_again()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Date(+3_600);

        await RunAsync([]);
        await RunAsync([]);

        Assert.Single(Calls);
    }

    [Fact]
    public async Task Starts_at_once_build_once()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var starts = await StartAtOnceAsync(4);

        Assert.Single(Calls);
        Assert.Single(starts.Select(s => s.Output).Distinct());
        Assert.All(starts, s => Assert.Equal(0, s.Code));
        Assert.Contains(starts, s => s.Error.Contains("waiting for it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Starts_at_once_build_once_where_there_is_no_flock()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.Delete(Path.Combine(Tools, "flock"));

        var starts = await StartAtOnceAsync(3);

        Assert.Single(Calls);
        Assert.All(starts, s => Assert.Equal(0, s.Code));
        Assert.False(Directory.Exists(Path.Combine(Apps, ".lock.d")));
    }

    [Fact]
    public async Task It_works_through_links_and_from_any_folder()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.CreateSymbolicLink(Path.Combine(_folder, "far"), Launcher);
        File.CreateSymbolicLink(Path.Combine(_folder, "near"), "far");

        var direct = await RunAsync([]);
        var linked = await RunAsync(Path.Combine(_folder, "near"), []);

        Assert.Equal(direct.Output, linked.Output);
        Assert.Single(Calls);
    }

    [Fact]
    public async Task Without_ahead_of_time_compilation_it_builds_without_and_says_so()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await File.WriteAllTextAsync(Path.Combine(Sdk, "fails"), "error NU1101: no crossgen\n", TestContext.Current.CancellationToken);

        var (code, output, error) = await RunAsync([]);

        Assert.Equal(0, code);
        Assert.StartsWith("runs v-", output, StringComparison.Ordinal);
        Assert.Contains("starts more slowly", error, StringComparison.Ordinal);
        Assert.Equal(2, Calls.Length);
    }

    [Theory]
    [InlineData("A.cs(1,2): error CS1002: ; expected [/x/y.csproj]", "A.cs(1,2): error CS1002: ; expected\nkeepsake: the sources do not compile", 1)]
    [InlineData("error NU1301: Unable to load the service index", "keepsake: packages could not be fetched", 2)]
    [InlineData("error : No space left on device", "keepsake: the disk is full", 1)]
    public async Task A_failed_build_is_explained_and_leaves_nothing_half_done(string output, string message, int builds)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await File.WriteAllTextAsync(Path.Combine(Sdk, "fails"), output + "\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Sdk, "fails-always"), "", TestContext.Current.CancellationToken);

        var result = await RunAsync([]);

        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(builds, Calls.Length);
        Assert.Empty(Builds);
    }

    [Theory]
    [InlineData("8.0.100 [/x]\n", "is not version 10")]
    [InlineData(null, "install the .NET 10 SDK")]
    public async Task A_missing_or_old_sdk_is_named_with_what_to_install(string? sdks, string message)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.Delete(Path.Combine(Sdk, sdks is null ? "dotnet" : "sdks"));
        if (sdks is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(Sdk, "sdks"), sdks, TestContext.Current.CancellationToken);
        }

        var (code, output, error) = await RunAsync([]);

        Assert.Equal((5, ""), (code, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Contains("https://dotnet.microsoft.com/download/dotnet/10.0", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_built_still_runs_when_the_sdk_is_gone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var (_, first, _) = await RunAsync([]);
        File.Delete(Path.Combine(Sdk, "dotnet"));
        DateStamps(-120);

        var (code, second, error) = await RunAsync([]);

        Assert.Equal((0, first), (code, second));
        Assert.Contains("runs as it was built", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_runs_keeps_its_files_and_one_that_does_not_is_removed()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        File.Copy("/bin/sleep", Path.Combine(Sdk, "program"));
        using var server = Start(Launcher, ["600"]);
        try
        {
            while (new FileInfo($"/proc/{server.Id}/exe").LinkTarget?.EndsWith("Keepsake.Server", StringComparison.Ordinal) != true)
            {
                Assert.False(server.HasExited, "The launcher gave up.");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            var running = Assert.Single(Builds);
            for (var i = 0; i < 4; i++)
            {
                DateStamps(-120);
                await RunAsync(["0"]);
            }

            Assert.Equal(5, Calls.Length);
            // The one that runs, the newest, and the one before it.
            Assert.Equal(3, Builds.Length);
            Assert.Contains(running, Builds);
        }
        finally
        {
            server.Kill();
        }
    }

    // The build is held until another start waits for it.
    private async Task<(int Code, string Output, string Error)[]> StartAtOnceAsync(int count)
    {
        var hold = Path.Combine(Sdk, "hold");
        File.WriteAllText(hold, "");
        TaskCompletionSource waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var starts = Task.WhenAll(Enumerable.Range(0, count).Select(_ => RunAsync(
            Launcher,
            [],
            line =>
            {
                if (line.Contains("waiting for it", StringComparison.Ordinal))
                {
                    waits.TrySetResult();
                }
            })));
        await waits.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        File.Delete(hold);
        return await starts;
    }

    private Task<(int Code, string Output, string Error)> RunAsync(string[] args) => RunAsync(Launcher, args);

    private async Task<(int Code, string Output, string Error)> RunAsync(string file, string[] args, Action<string>? heard = null)
    {
        using var process = Start(file, args);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = new StringBuilder();
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            error.Append(line).Append('\n');
            heard?.Invoke(line);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, error.ToString());
    }

    // What this process has open for writing, a process that another test starts may hold open for a moment, and nobody can run it meanwhile.
    private static void Copy(string from, string to)
    {
        using var copying = Process.Start("cp", [from, to]);
        copying.WaitForExit();
    }

    private Process Start(string file, string[] args)
    {
        var start = new ProcessStartInfo(file, args) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment.Remove("DOTNET_ROOT");
        start.Environment["KEEPSAKE_DOTNET_PLACES"] = "";
        start.Environment["PATH"] = $"{Sdk}:{Tools}";
        return Process.Start(start)!;
    }

    private void Date(int seconds)
    {
        var at = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds);
        foreach (var entry in Directory.GetFileSystemEntries(Path.Combine(Checkout, "src"), "*", SearchOption.AllDirectories)
            .Append(Path.Combine(Checkout, "src")).Concat(Directory.GetFiles(Checkout)))
        {
            Directory.SetLastWriteTimeUtc(entry, at);
        }
    }

    private void DateStamps(int seconds)
    {
        foreach (var build in Builds)
        {
            File.SetLastWriteTimeUtc(Path.Combine(build, ".stamp"), TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds));
        }
    }
}
