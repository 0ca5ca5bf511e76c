using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Keepsake.Bench;

/// <summary>Where and of what a figure was measured.</summary>
/// <param name="Processor">The processor's name, as it says itself.</param>
/// <param name="Cores">How many cores the process may use.</param>
/// <param name="MemoryGibibytes">How much memory there is.</param>
/// <param name="System">The operating system and the runtime.</param>
/// <param name="Commit">The commit, with a <c>+</c> where files were changed since; empty: not known.</param>
internal sealed record Machine(string Processor, int Cores, double MemoryGibibytes, string System, string Commit)
{
    public static Machine Current { get; } = new(
        ProcessorName(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024), 1),
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
        Git("rev-parse --short HEAD") is { Length: > 0 } commit ? commit + (Git("status --porcelain -uno").Length > 0 ? "+" : "") : "");

    private static string ProcessorName()
    {
        const string Information = "/proc/cpuinfo";
        var line = File.Exists(Information)
            ? File.ReadLines(Information).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Git(string arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = AppContext.BaseDirectory,
            })!;
            var text = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? text : "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }
}
