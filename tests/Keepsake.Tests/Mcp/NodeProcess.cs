using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Keepsake.Tests.Mcp;

/// <summary>Runs a program of the npm packages that <c>npm ci --prefix tests</c> installed, with the Node.js that came with them.</summary>
internal static class NodeProcess
{
    /// <summary>The <c>tests</c> folder of the sources, where the packages are.</summary>
    public static string TestsFolder { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", ".."));

    public static string Package(string path) => Path.Combine(TestsFolder, "node_modules", path);

    /// <summary>Runs a script to its end.</summary>
    /// <param name="script">The script's path.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<NodeAnswer> RunAsync(string script, params IEnumerable<string> arguments)
    {
        var node = Package(".bin/node");
        Assert.True(File.Exists(node), "Node.js is missing. Run `npm ci --prefix tests`; ./test does it.");
        var folder = Directory.CreateTempSubdirectory("keepsake-node-");
        try
        {
            using var process = Process.Start(new ProcessStartInfo(node, [script, .. arguments])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["NO_COLOR"] = "1" },
            })!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return new(process.ExitCode, await output, await errors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}

internal sealed record NodeAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>Fails the test with all that was said unless the program ended well.</summary>
    public NodeAnswer Succeeded()
    {
        Assert.True(ExitCode == 0, $"Exit code {ExitCode}.\n{Output}\n{Errors}");
        return this;
    }
}
