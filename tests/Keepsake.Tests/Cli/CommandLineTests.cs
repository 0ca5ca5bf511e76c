using Keepsake.Server.Cli;
using Microsoft.Extensions.Logging;

namespace Keepsake.Tests.Cli;

public sealed class CommandLineTests
{
    private static readonly string[] Verbs =
    [
        "serve", "mcp", "remember", "recall", "event", "events", "forget", "restore", "list", "status", "export", "import", "redact",
        "store", "store create", "store list", "store delete", "eval", "eval locomo", "eval conversations",
    ];

    private readonly CliRunner _cli = new();

    public static TheoryData<string> EveryVerb => [.. Verbs];

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public async Task Help_of_a_verb_shows_an_example_and_the_options_of_all_verbs(string verb)
    {
        var result = await _cli.RunAsync([.. verb.Split(' '), "--help"]);

        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Contains("Examples:", result.Out, StringComparison.Ordinal);
        Assert.Contains($"keepsake {verb}", result.Out, StringComparison.Ordinal);
        Assert.All(["--store", "--data", "--json", "--log-level"], option => Assert.Contains(option, result.Out, StringComparison.Ordinal));
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData("", "Say what to do: a verb is missing. Try 'keepsake --help'.")]
    [InlineData("recal x", "'recal' is not a verb; did you mean 'recall'. Try 'keepsake --help'.")]
    [InlineData("frobnicate", "'frobnicate' is not a verb. Try 'keepsake --help'.")]
    [InlineData("eval chats.json", "'chats.json' is not a verb; use locomo, conversations or beir. Try 'keepsake eval --help'.")]
    [InlineData("store", "Say what to do: a verb is missing. Try 'keepsake store --help'.")]
    [InlineData("recall two words", "'words' is one word too many; put quotes around a text of several words. Try 'keepsake recall --help'.")]
    [InlineData("quarantine --list", "'--list' is not an option of 'keepsake quarantine'; after '--' it is a text. Try 'keepsake quarantine --help'.")]
    [InlineData("store create --encrypt", "'--encrypt' is not an option of 'keepsake store create'; after '--' it is a text. Try 'keepsake store create --help'.")]
    [InlineData("remember --key=x --keys=y", "'--keys=y' is not an option of 'keepsake remember'; after '--' it is a text. Try 'keepsake remember --help'.")]
    [InlineData("recall x --topk 3", "'--topk' is not an option of 'keepsake recall'; after '--' it is a text. Try 'keepsake recall --help'.")]
    [InlineData("recall x --top-k three", "Cannot parse argument 'three' for option '--top-k' as a whole number. Try 'keepsake recall --help'.")]
    [InlineData("recall x --min-relevance high", "'high' is not a relevance; use a number from 0 to 1, such as 0.35. Try 'keepsake recall --help'.")]
    [InlineData("recall x --min-relevance 0,1", "'0,1' is not a relevance; use a number from 0 to 1, such as 0.35. Try 'keepsake recall --help'.")]
    [InlineData("recall x --min-relevance NaN", "'NaN' is not a relevance; use a number from 0 to 1, such as 0.35. Try 'keepsake recall --help'.")]
    [InlineData("recall x --min-relevance 1e999", "'1e999' is not a relevance; use a number from 0 to 1, such as 0.35. Try 'keepsake recall --help'.")]
    [InlineData("remember x --origin bogus", "'bogus' is not an origin; use user, agent, tool, web or import. Try 'keepsake remember --help'.")]
    [InlineData("audit --limit few", "Cannot parse argument 'few' for option '--limit' as a whole number. Try 'keepsake audit --help'.")]
    [InlineData("event hello --actor alice", "Option '--session' is required. Try 'keepsake event --help'.")]
    [InlineData("status --log-level loud", "--log-level is 'loud'; use one of trace, debug, information, warning, error, critical, none. Try 'keepsake status --help'.")]
    [InlineData("audit --export=", "Required argument missing for option: '--export'. Try 'keepsake --help'.")]
    [InlineData("forget --source=", "Required argument missing for option: '--source'. Try 'keepsake --help'.")]
    [InlineData("forget", "Say what to forget: either ids, or --actor and --session together, or --source. Try 'keepsake forget --help'.")]
    [InlineData("forget mem-1 --actor alice", "Say what to forget: either ids, or --actor and --session together, or --source. Try 'keepsake forget --help'.")]
    [InlineData("eval locomo f --level word", "--level is 'word'; use turn or session. Try 'keepsake eval locomo --help'.")]
    public async Task A_mistake_is_one_line_that_says_what_would_work_and_exit_code_2(string line, string message)
    {
        var result = await _cli.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal($"keepsake: invalid_request: {message}{Environment.NewLine}", result.Error);
        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Empty(result.Out);
        Assert.Empty(_cli.Opened);
    }

    [Fact]
    public async Task A_mistake_is_a_problem_document_where_json_is_asked_for()
    {
        var result = await _cli.RunAsync("recall", "--json");

        Assert.StartsWith("{\"code\":\"invalid_request\",\"detail\":\"", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_of_all_verbs_may_stand_before_and_after_the_verb()
    {
        await _cli.RunAsync("--store", "work", "status", "--data", "/d", "--log-level", "Debug", "--json");

        Assert.Equal(new CommonSettings("work", "/d", Json: true, LogLevel.Debug), Assert.Single(_cli.Opened));
    }

    [Fact]
    public async Task Serve_gets_its_addresses_and_mcp_its_store()
    {
        await _cli.RunAsync("serve", "--urls", "http://127.0.0.1:1");
        await _cli.RunAsync("serve");
        await _cli.RunAsync("mcp", "--store", "work");

        Assert.Equal(
            [
                new ServeSettings(new("default", null, false, null), "http://127.0.0.1:1"),
                new ServeSettings(new("default", null, false, null), "http://127.0.0.1:3333"),
                new CommonSettings("work", null, false, null),
            ],
            _cli.Opened);
    }

    [Theory]
    [InlineData(MemoryErrorCode.InvalidRequest, 2)]
    [InlineData(MemoryErrorCode.TooLarge, 2)]
    [InlineData(MemoryErrorCode.NotSupported, 2)]
    [InlineData(MemoryErrorCode.NotFound, 3)]
    [InlineData(MemoryErrorCode.Conflict, 1)]
    [InlineData(MemoryErrorCode.PreconditionFailed, 1)]
    [InlineData(MemoryErrorCode.Corrupt, 1)]
    [InlineData(MemoryErrorCode.Unauthenticated, 5)]
    [InlineData(MemoryErrorCode.Forbidden, 5)]
    [InlineData(MemoryErrorCode.RateLimited, 5)]
    [InlineData(MemoryErrorCode.Unavailable, 5)]
    [InlineData(MemoryErrorCode.ReadOnly, 5)]
    [InlineData(MemoryErrorCode.StorageFull, 5)]
    public async Task A_failure_is_one_line_and_its_own_exit_code(MemoryErrorCode code, int exit)
    {
        _cli.Memory.Before = _ => throw new MemoryException(code, "It\nfailed.");

        var result = await _cli.RunAsync("recall", "x");

        Assert.Equal(exit, result.Code);
        Assert.Equal($"keepsake: {code.WireName}: It\\nfailed.{Environment.NewLine}", result.Error);
        Assert.True(_cli.Stores.IsClosed);
    }

    [Fact]
    public async Task A_failure_says_how_long_to_wait_where_it_is_known()
    {
        _cli.Memory.Before = _ => throw new MemoryException(MemoryErrorCode.RateLimited, "Too many.") { RetryAfter = TimeSpan.FromSeconds(2.5) };

        var plain = await _cli.RunAsync("recall", "x");
        var json = await _cli.RunAsync("recall", "x", "--json");

        Assert.Equal($"keepsake: rate_limited: Too many. Try again in 3 s.{Environment.NewLine}", plain.Error);
        Assert.Equal($"{{\"code\":\"rate_limited\",\"detail\":\"Too many.\",\"retryAfter\":2.5}}{Environment.NewLine}", json.Error);
        Assert.Empty(json.Out);
    }

    [Fact]
    public async Task What_nobody_foresaw_is_told_as_a_mistake_of_the_program_on_one_line()
    {
        _cli.Memory.Before = _ => throw new InvalidOperationException("Oops.");

        var result = await _cli.RunAsync("recall", "x");

        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.StartsWith("keepsake: internal_error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Oops.", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal(result.Error.Length - Environment.NewLine.Length, result.Error.IndexOf(Environment.NewLine, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_a_mistake_of_the_program_is_comes_with_a_talkative_log()
    {
        _cli.Memory.Before = _ => throw new InvalidOperationException("Oops.");

        var result = await _cli.RunAsync("recall", "x", "--log-level", "debug");

        Assert.Contains("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Oops.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FILE", "export", "")]
    [InlineData("FILE", "import", "")]
    [InlineData("FILE", "redact", "")]
    [InlineData("FILE", "scan", "")]
    [InlineData("FILE", "keys", "export", "")]
    [InlineData("FILE", "eval", "locomo", "")]
    [InlineData("FOLDER", "eval", "beir", "")]
    [InlineData("DIR|NAME", "model", "add", "")]
    [InlineData("NAME", "store", "create", "")]
    [InlineData("--export", "audit", "--export", "")]
    [InlineData("--from", "rebuild", "n", "--from", "")]
    [InlineData("--data", "status", "--data", "")]
    [InlineData("--store", "status", "--store", "")]
    [InlineData("--store", "mcp", "--store", "")]
    public async Task An_empty_path_or_name_is_refused_by_what_it_is(string named, params string[] args)
    {
        var result = await _cli.RunAsync(args);

        Assert.Equal((ExitCode.Invalid, ""), (result.Code, result.Out));
        Assert.StartsWith($"keepsake: invalid_request: {named} is empty; say which one.", result.Error, StringComparison.Ordinal);
        Assert.Empty(_cli.Opened);
    }

    [Fact]
    public async Task An_interrupted_run_exits_with_130()
    {
        using var interrupted = new CancellationTokenSource();
        _cli.Memory.Before = async _ =>
        {
            await interrupted.CancelAsync();
            interrupted.Token.ThrowIfCancellationRequested();
        };

        var result = await _cli.RunUntilAsync(interrupted.Token, "recall", "x");

        Assert.Equal(ExitCode.Interrupted, result.Code);
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData("mcp", "default", null)]
    [InlineData("mcp --store work --data /d", "work", "/d")]
    [InlineData("mcp --data=/d --store=work --log-level=debug", "work", "/d")]
    public void The_usual_mcp_call_is_read_without_the_command_tree(string line, string store, string? data)
    {
        var settings = McpArguments.TryRead(line.Split(' '));

        Assert.NotNull(settings);
        Assert.Equal((store, data), (settings.Store, settings.Data));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("mcp --help")]
    [InlineData("mcp --store")]
    [InlineData("mcp --store --data")]
    [InlineData("mcp --store=")]
    [InlineData("mcp --store a --store b")]
    [InlineData("mcp --log-level loud")]
    [InlineData("mcp serve")]
    [InlineData("--store a mcp")]
    public void Any_other_mcp_call_is_left_to_the_command_tree(string line) => Assert.Null(McpArguments.TryRead(line.Split(' ')));
}
