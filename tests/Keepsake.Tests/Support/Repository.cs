namespace Keepsake.Tests.Support;

/// <summary>The working copy that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Gets the folder of <c>Keepsake.slnx</c>.</summary>
    public static string Root { get; } = Find();

    // Not [CallerFilePath]: a deterministic build rewrites it.
    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Keepsake.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("There is no Keepsake.slnx above the tests.");
    }
}
