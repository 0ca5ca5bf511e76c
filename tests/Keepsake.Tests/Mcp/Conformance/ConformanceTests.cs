namespace Keepsake.Tests.Mcp.Conformance;

/// <summary>The official conformance suites against our transport.</summary>
public sealed class ConformanceTests
{
    private const string Suite2025 = "@modelcontextprotocol/conformance/dist/index.js";
    private const string Suite2026 = "conformance-next/dist/index.js";

    [Fact]
    public async Task The_suite_of_2025_passes() => await RunAsync(Suite2025, "--suite", "all");

    [Fact]
    public async Task The_requirements_of_2026_07_28_pass() => await RunAsync(Suite2026, "--requirements", "2026-07-28");

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task The_newer_suite_passes_for_the_revisions_with_sessions(string revision) =>
        await RunAsync(Suite2026, "--suite", "active", "--spec-version", revision);

    private static async Task RunAsync(string suite, params string[] arguments)
    {
        await using var server = await ConformanceServer.StartAsync(TestContext.Current.CancellationToken);
        var url = server.Addresses.Single() + ConformanceServer.Path;
        var answer = await NodeProcess.RunAsync(NodeProcess.Package(suite), ["server", "--url", url, .. arguments]);
        TestContext.Current.TestOutputHelper!.WriteLine(answer.Output);
        answer.Succeeded();
    }
}
