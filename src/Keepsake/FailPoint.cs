using System.Diagnostics;

namespace Keepsake;

/// <summary>Named points at which a test can have the process killed, to see what survives.</summary>
/// <remarks>Armed by the environment variable <see cref="Variable"/>: a name, or <c>name:n</c> for the n-th time it is passed.</remarks>
internal static class FailPoint
{
    public const string Variable = "KEEPSAKE_FAILPOINT";

    private static readonly (string Name, int Times)? Armed = Read();
    private static int _passed;

    /// <summary>Kills the process, as SIGKILL does, when this point is armed and it is its turn.</summary>
    public static void Hit(string name)
    {
        if (Armed is { } armed
            && string.Equals(name, armed.Name, StringComparison.Ordinal)
            && Interlocked.Increment(ref _passed) == armed.Times)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private static (string Name, int Times)? Read()
    {
        var parts = Environment.GetEnvironmentVariable(Variable)?.Split(':');
        return parts switch
        {
            [var name] when name.Length > 0 => (name, 1),
            [var name, var times] when int.TryParse(times, out var n) => (name, n),
            _ => null,
        };
    }
}
