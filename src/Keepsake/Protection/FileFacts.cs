using System.Runtime.InteropServices;

namespace Keepsake.Protection;

/// <summary>Who owns a file and of what kind it is, which .NET does not say. Linux answers.</summary>
internal static partial class FileFacts
{
    public const uint Root = 0;

    private const int CurrentFolder = -100;
    private const uint KindWanted = 0x1;
    private const uint OwnerWanted = 0x8;
    private const int SizeOfAnswer = 256;
    private const int PlaceOfOwner = 20;
    private const int PlaceOfMode = 28;
    private const int KindOfMode = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>Gets the user this process runs as.</summary>
    public static uint Self => EffectiveUser();

    /// <summary>The user that owns a file; <see langword="null"/>: the kernel does not say.</summary>
    public static unsafe uint? OwnerOf(string file)
    {
        var answer = stackalloc byte[SizeOfAnswer];
        return Statx(CurrentFolder, file, 0, OwnerWanted, answer) == 0 ? *(uint*)(answer + PlaceOfOwner) : null;
    }

    /// <summary>Whether a path, or what a link there leads to, is a file that holds bytes, and no pipe, socket, device or folder; <see langword="null"/>: nothing is
    /// there, or the kernel does not say.</summary>
    public static unsafe bool? IsRegular(string file)
    {
        var answer = stackalloc byte[SizeOfAnswer];
        return Statx(CurrentFolder, file, 0, KindWanted, answer) == 0 ? (*(ushort*)(answer + PlaceOfMode) & KindOfMode) == Regular : null;
    }

    /// <summary>Whether a path is known to be a pipe, a socket or a device, or a link to one. Opening a pipe waits for whoever writes into it, for ever and deaf to
    /// every interruption, so this is asked first. What cannot be told is taken for a file.</summary>
    public static bool IsPipeOrDevice(string file) => OperatingSystem.IsLinux() && IsRegular(file) is false && !Directory.Exists(file);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* answer);
}
