namespace Keepsake.Tests.Support;

/// <summary>Reads the files of a data folder that is in use: they grow, shrink and are replaced meanwhile.</summary>
internal static class FilesInUse
{
    /// <summary>Gives every file under a folder, but the lock, with what it holds. One that is gone before it is read holds nothing.</summary>
    public static async Task<List<(string Name, byte[] Bytes)>> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        List<(string, byte[])> files = [];
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != DataFolder.LockName))
        {
            try
            {
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var bytes = new MemoryStream();
                await stream.CopyToAsync(bytes, cancellationToken);
                files.Add((Path.GetFileName(file), bytes.ToArray()));
            }
            catch (FileNotFoundException)
            {
                // Moved to the place of another, which is read too, or removed.
            }
        }

        return files;
    }
}
