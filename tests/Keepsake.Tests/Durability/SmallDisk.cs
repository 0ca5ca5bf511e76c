using System.Diagnostics;

namespace Keepsake.Tests.Durability;

/// <summary>A file system of its own in memory, which can be full or read-only. Mounting takes root, which the tests' machines have.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk Of(string size)
    {
        var disk = new SmallDisk(Directory.CreateTempSubdirectory("keepsake-").FullName);
        Run("mount", "-t", "tmpfs", "-o", $"size={size},mode=700", "keepsake-test", disk.Path);
        return disk;
    }

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Path);

    public void MakeWritable() => Run("mount", "-o", "remount,rw", Path);

    /// <summary>Writes a file as large as there is space for.</summary>
    /// <returns>The file; removing it gives the space back.</returns>
    public string Fill()
    {
        var file = System.IO.Path.Combine(Path, "ballast");
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4_096];
        try
        {
            while (true)
            {
                stream.Write(block);
            }
        }
        catch (IOException)
        {
            return file;
        }
    }

    public void Dispose()
    {
        Run("umount", "--lazy", Path);
        Directory.Delete(Path);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {said}");
    }
}
