using Keepsake.Tests.Durability;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Keepsake.Tests;

/// <summary>Runs the tests, or, in a process that a test starts and kills, writes.</summary>
internal static class Program
{
    // A runtime that is killed leaves its diagnostic sockets and pipes in the temporary folder; what the tests start and kill makes none.
    private const string Diagnostics = "DOTNET_EnableDiagnostics";

    public static Task<int> Main(string[] args)
    {
        Environment.SetEnvironmentVariable(Diagnostics, "0");
        return RunAsync(args);
    }

    private static Task<int> RunAsync(string[] args) => args switch
    {
        [DurableWriter.Verb, var folder, var round] => DurableWriter.RunAsync(folder, int.Parse(round, null)),
        [KeyRotator.Verb, var folder, var round] => KeyRotator.RunAsync(folder, int.Parse(round, null)),
        [IndexWriter.Verb, var folder, var round] => IndexWriter.RunAsync(folder, int.Parse(round, null)),
        _ when args.Any(arg => arg is "--server" or "--internal-msbuild-node") =>
            TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => ConsoleRunner.Run(args),
    };
}
