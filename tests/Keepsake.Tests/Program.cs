using Keepsake.Tests.Durability;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Keepsake.Tests;

/// <summary>Runs the tests, or, in a process that a test starts and kills, writes.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        [DurableWriter.Verb, var folder, var round] => DurableWriter.RunAsync(folder, int.Parse(round, null)),
        [KeyRotator.Verb, var folder, var round] => KeyRotator.RunAsync(folder, int.Parse(round, null)),
        [IndexWriter.Verb, var folder, var round] => IndexWriter.RunAsync(folder, int.Parse(round, null)),
        _ when args.Any(arg => arg is "--server" or "--internal-msbuild-node") =>
            TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => ConsoleRunner.Run(args),
    };
}
