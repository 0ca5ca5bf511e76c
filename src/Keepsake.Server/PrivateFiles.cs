using System.Runtime.InteropServices;

namespace Keepsake.Server;

/// <summary>Makes every file of this process readable by its user only, from the moment it is made.</summary>
/// <remarks>A socket or a database that is restricted just after it was made is open for an instant, in which another process may look at it and refuse the folder.</remarks>
internal static partial class PrivateFiles
{
    private const uint GroupAndOthers = 0x3F;

    public static void Only()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetMask(GroupAndOthers);
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint SetMask(uint mask);
}
