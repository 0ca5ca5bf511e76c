using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Keepsake.Engines.Sqlite;

/// <summary>Loads the newest SQLite that is present: the one that comes along, or the system's.</summary>
/// <remarks>
/// Versions before <see cref="FirstWithoutWalReset"/> can corrupt a database when two connections write or checkpoint at
/// once. This engine has one that does either, so the fault cannot be reached; status names the version all the same.
/// </remarks>
internal static class SqliteNative
{
    /// <summary>The first version without the WAL-reset fault.</summary>
    public static readonly Version FirstWithoutWalReset = new(3, 51, 3);

    private const int MemoryStatistics = 9;

    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.dylib"];
    private static readonly Lazy<Version> Loaded = new(Load);

    /// <summary>Gets the version in use; loads it on first use.</summary>
    public static Version Version => Loaded.Value;

    /// <summary>Gets the version, and what it means when it is an old one.</summary>
    public static string Description => Version >= FirstWithoutWalReset
        ? Version.ToString()
        : $"{Version} (below {FirstWithoutWalReset}; its WAL-reset fault cannot be reached with one writing connection)";

    private static unsafe Version Load()
    {
        var bundled = typeof(SQLite3Provider_e_sqlite3).Assembly;
        if (NewestSystemLibrary() is { } system && system.Version > BundledVersion(bundled))
        {
            NativeLibrary.SetDllImportResolver(bundled, (name, _, _) => name == "e_sqlite3" ? system.Handle : IntPtr.Zero);
        }

        Batteries_V2.Init();

        // Counting what is allocated takes a lock each time, and nobody asks for the sum. In a process that uses SQLite already it is refused, and stays.
        _ = raw.sqlite3_config(MemoryStatistics, 0);

        return Version.Parse(raw.sqlite3_libversion().utf8_to_string());
    }

    private static (IntPtr Handle, Version Version)? NewestSystemLibrary()
    {
        foreach (var name in SystemNames)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                return (handle, VersionOf(handle));
            }
        }

        return null;
    }

    private static Version BundledVersion(Assembly provider) =>
        NativeLibrary.TryLoad("e_sqlite3", provider, null, out var handle) ? VersionOf(handle) : new(0, 0);

    private static unsafe Version VersionOf(IntPtr library)
    {
        var version = (delegate* unmanaged[Cdecl]<byte*>)NativeLibrary.GetExport(library, "sqlite3_libversion");
        return Version.Parse(Marshal.PtrToStringUTF8((IntPtr)version())!);
    }
}
