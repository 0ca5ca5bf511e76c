using System.Runtime.Versioning;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Ownership;

[UnsupportedOSPlatform("windows")]
public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_folder_is_made_private_with_all_above_it_that_is_missing()
    {
        var folder = DataFolder.Open(_temporary["a/b"]);

        Assert.True(Directory.Exists(folder.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
        }
    }

    [Fact]
    public void An_empty_path_is_refused() =>
        Assert.Equal(MemoryErrorCode.InvalidRequest, Assert.Throws<MemoryException>(() => DataFolder.Open("")).Code);

    [Theory]
    [InlineData(UnixFileMode.OtherExecute)]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute)]
    public void A_folder_open_to_others_is_refused_with_the_command_that_mends_it(UnixFileMode others)
    {
        Assert.False(OperatingSystem.IsWindows());
        var path = Directory.CreateDirectory(_temporary["data"]).FullName;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | others);

        var error = Assert.Throws<MemoryException>(() => DataFolder.Open(path));

        Assert.Equal(MemoryErrorCode.Forbidden, error.Code);
        Assert.Contains($"chmod 700 '{path}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_open_to_others_is_refused_with_the_command_that_mends_it()
    {
        Assert.False(OperatingSystem.IsWindows());
        var folder = DataFolder.Open(_temporary["data"]);
        var file = Path.Combine(folder.Path, "keepsake.db");
        File.WriteAllText(file, "");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var error = Assert.Throws<MemoryException>(() => DataFolder.Open(folder.Path));

        Assert.Equal(MemoryErrorCode.Forbidden, error.Code);
        Assert.Contains("chmod 600", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nfs4")]
    [InlineData("CIFS")]
    [InlineData("9p")]
    [InlineData("fuse.sshfs")]
    public void A_network_file_system_is_refused_by_its_name(string fileSystem)
    {
        var error = Assert.Throws<MemoryException>(() => DataFolder.RefuseIfRemote(fileSystem));

        Assert.Equal(MemoryErrorCode.InvalidRequest, error.Code);
        Assert.Contains(fileSystem, error.Message, StringComparison.Ordinal);
        DataFolder.RefuseIfRemote("ext4");
    }

    [Fact]
    public void The_lock_is_held_by_one_and_free_again_when_it_lets_go()
    {
        var folder = DataFolder.Open(_temporary["data"]);
        using (folder.TryLock())
        {
            Assert.Null(folder.TryLock());
            Assert.Null(DataFolder.Open(folder.Path).TryLock());
        }

        using var again = folder.TryLock();
        Assert.NotNull(again);
    }

    [Fact]
    public async Task A_folder_is_taken_while_its_owner_makes_and_removes_files()
    {
        var folder = DataFolder.Open(_temporary["data"]);
        using var stop = new CancellationTokenSource();
        var owner = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    PrivateFile.Open(Path.Combine(folder.Path, "keepsake.db-wal"), FileMode.Create).Dispose();
                    File.Delete(Path.Combine(folder.Path, "keepsake.db-wal"));
                }
            },
            TestContext.Current.CancellationToken);

        for (var i = 0; i < 2_000; i++)
        {
            DataFolder.Open(folder.Path);
        }

        await stop.CancelAsync();
        await owner;
    }

    [Fact]
    public void A_path_that_is_a_file_is_said_to_be_no_folder()
    {
        File.WriteAllText(_temporary["file"], "");

        var error = Assert.Throws<MemoryException>(() => DataFolder.Open(_temporary["file"]));

        Assert.Equal(MemoryErrorCode.Unavailable, error.Code);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }
}
