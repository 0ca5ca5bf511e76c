namespace Keepsake.Server.Cli;

/// <summary>Says in plain words what is wrong with a file that the caller named.</summary>
internal static class FileFault
{
    // errno values, which .NET hands on in HResult; the same on Linux and macOS.
    private const int BrokenPipe = 32;
    private const int NoSpace = 28;

    // ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_DISK_FULL as HRESULTs.
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsNoData = unchecked((int)0x800700E8);
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Whether the reader of a pipe went away, which is its right.</summary>
    public static bool IsBrokenPipe(Exception e) => e.HResult is BrokenPipe or WindowsBrokenPipe or WindowsNoData;

    /// <summary>The failure as an error that a caller can be told.</summary>
    public static MemoryException Explain(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => MemoryException.NotFound(e.Message),
        UnauthorizedAccessException => new(MemoryErrorCode.Forbidden, e.Message, e),
        _ when e.HResult is NoSpace or WindowsDiskFull =>
            new(MemoryErrorCode.StorageFull, "The disk is full. Make room and run the same command again; it goes on where it stopped.", e),
        _ => new(MemoryErrorCode.Unavailable, e.Message, e),
    };
}
