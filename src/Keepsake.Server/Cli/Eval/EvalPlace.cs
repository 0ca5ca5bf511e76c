namespace Keepsake.Server.Cli.Eval;

/// <summary>The data folder of one evaluation, in the temporary folder: it goes with the evaluation, or, where that was killed, with the next one.</summary>
internal static class EvalPlace
{
    private const string Prefix = "keepsake-eval-";

    // Far longer than from making a lock to holding it.
    private static readonly TimeSpan MinAge = TimeSpan.FromMinutes(1);

    /// <summary>Makes a folder, and removes those that evaluations left which were killed.</summary>
    public static string Create(TimeProvider time)
    {
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), $"{Prefix}*"))
        {
            RemoveLeft(left, time.GetUtcNow() - MinAge);
        }

        return Directory.CreateTempSubdirectory(Prefix).FullName;
    }

    /// <summary>Removes the folder of an evaluation that ends.</summary>
    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another evaluation found it without an owner a moment ago.
        }
    }

    // One without a lock may be another's that is just being made; one whose lock is held is in use.
    private static void RemoveLeft(string folder, DateTimeOffset before)
    {
        try
        {
            var lockFile = new FileInfo(Path.Combine(folder, DataFolder.LockName));
            if (new DirectoryInfo(folder).LinkTarget is null && lockFile is { Exists: true, LinkTarget: null } && lockFile.LastWriteTimeUtc < before.UtcDateTime)
            {
                using (lockFile.Open(FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                Remove(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // In use, or another user's.
        }
    }
}
