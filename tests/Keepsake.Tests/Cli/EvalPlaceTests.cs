using Keepsake.Server.Cli.Eval;

namespace Keepsake.Tests.Cli;

/// <summary>An evaluation that is killed cannot remove its folder; the next one does.</summary>
public sealed class EvalPlaceTests : IDisposable
{
    private readonly List<string> _made = [];

    [Fact]
    public void What_a_killed_evaluation_left_goes_with_the_next_one_and_what_is_in_use_stays()
    {
        var (killed, running, beginning) = (Make(), Make(), Make());
        Lock(killed, Old).Dispose();
        using var owner = Lock(running, Old);
        Lock(beginning, DateTime.UnixEpoch.AddYears(200)).Dispose();

        var next = Make();

        Assert.Equal([false, true, true, true], ((string[])[killed, running, beginning, next]).Select(Directory.Exists));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(next));
        }

        EvalPlace.Remove(next);
        EvalPlace.Remove(next);
        Assert.False(Directory.Exists(next));
    }

    public void Dispose() => _made.Where(Directory.Exists).ToList().ForEach(EvalPlace.Remove);

    private static DateTime Old { get; } = DateTime.UnixEpoch.AddYears(30);

    private static FileStream Lock(string folder, DateTime written)
    {
        var path = Path.Combine(folder, DataFolder.LockName);
        File.WriteAllText(path, "");
        File.SetLastWriteTimeUtc(path, written);
        return new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    private string Make()
    {
        var folder = EvalPlace.Create(TimeProvider.System);
        _made.Add(folder);
        return folder;
    }
}
