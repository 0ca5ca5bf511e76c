using System.Runtime.InteropServices;

namespace Keepsake.Protection;

/// <summary>Who owns a file, which .NET does not say.</summary>
internal static partial class FileOwner
{
    public const uint Root = 0;

    private const int CurrentFolder = -100;
    private const uint OwnerWanted = 0x8;
    private const int SizeOfAnswer = 256;
    private const int PlaceOfOwner = 20;

    /// <summary>Gets the user this process runs as.</summary>
    public static uint Self => EffectiveUser();

    /// <summary>The user that owns a file; <see langword="null"/>: the kernel does not say.</summary>
    public static unsafe uint? Of(string file)
    {
        var answer = stackalloc byte[SizeOfAnswer];
        return Statx(CurrentFolder, file, 0, OwnerWanted, answer) == 0 ? *(uint*)(answer + PlaceOfOwner) : null;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* answer);
}
