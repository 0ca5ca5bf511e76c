using System.Diagnostics;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>What a test kills cannot clean up behind itself.</summary>
public sealed class KilledProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_process_that_is_killed_leaves_nothing_in_the_temporary_folder()
    {
        var temporary = Directory.CreateDirectory(_folder["tmp"]).FullName;
        var start = new ProcessStartInfo(KilledProcess.Program, ["serve", "--urls", "http://127.0.0.1:0", "--data", _folder["data"]]);
        start.Environment["TMPDIR"] = temporary;
        await using var process = KilledProcess.Of(start);
        await process.SaidAsync(1);

        await process.KillAsync();

        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
    }

    public void Dispose() => _folder.Dispose();
}
