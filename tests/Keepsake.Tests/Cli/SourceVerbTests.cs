using Keepsake.Server.Cli;

namespace Keepsake.Tests.Cli;

public sealed class SourceVerbTests
{
    private readonly CliRunner _cli = new();

    [Theory]
    [InlineData("found\t2\t1\t1\n", true, "--dry-run")]
    [InlineData("deleted\t2\t1\t1\n", false)]
    public async Task A_source_is_forgotten_or_counted(string line, bool dryRun, params string[] options)
    {
        var result = await _cli.RunAsync(["forget", "--source", "https://evil.test/", "--hard", "--reason", "it lied", .. options]);

        Assert.Equal((ExitCode.Done, line), (result.Code, result.Out));
        Assert.Equal(("https://evil.test/", true, dryRun, "it lied"), Assert.Single(_cli.Memory.Asked));
    }

    [Fact]
    public async Task As_json_the_answer_is_that_of_http() => Assert.Equal(
        """{"success":true,"dryRun":true,"records":2,"events":1,"derived":1}""" + "\n",
        (await _cli.RunAsync("forget", "--source", "x.md", "--dry-run", "--json")).Out);

    [Theory]
    [InlineData("mem-1", "--source", "x")]
    [InlineData("--source", "x", "--actor", "a", "--session", "s")]
    [InlineData("--source", "x", "--actor", "a")]
    [InlineData("mem-1", "--dry-run")]
    [InlineData("--dry-run")]
    public async Task What_to_forget_is_said_in_one_way(params string[] options)
    {
        Assert.Equal(ExitCode.Invalid, (await _cli.RunAsync(["forget", .. options])).Code);
        Assert.Empty(_cli.Memory.Asked);
    }

    [Theory]
    [InlineData(true, null, MemoryOrigin.User)]
    [InlineData(false, null, null)]
    [InlineData(true, "web", MemoryOrigin.Web)]
    [InlineData(false, "user", MemoryOrigin.Agent)]
    [InlineData(true, "user", MemoryOrigin.User)]
    public async Task A_person_at_a_terminal_is_the_user(bool isInPerson, string? said, MemoryOrigin? origin)
    {
        _cli.IsInPerson = isInPerson;

        await _cli.RunAsync(["remember", "tabs", "--source", "x.md", .. said is null ? Array.Empty<string>() : ["--origin", said]]);

        var request = Assert.IsType<RememberRequest>(Assert.Single(_cli.Memory.Asked));
        Assert.Equal((origin, "x.md"), (request.Origin, request.Source));
    }

    [Fact]
    public async Task An_origin_that_is_none_is_refused() => Assert.Equal(ExitCode.Invalid, (await _cli.RunAsync("remember", "tabs", "--origin", "god")).Code);

    [Fact]
    public async Task What_is_suspicious_is_one_more_field()
    {
        _cli.Memory.Remembers = _ => RememberAnswer.Of([new() { Id = "mem-0", Outcome = WriteResult.Created, Suspicions = ["secrecy", "tool-order"] }]);

        Assert.Equal("created\tmem-0\t\tsecrecy,tool-order\n", (await _cli.RunAsync("remember", "x")).Out);
    }
}
