using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Keepsake.Server.Cli.Scan;

/// <summary>Names of the copies that scans redact beside a file, of a shape that nobody's own file has.</summary>
internal static partial class ScanPart
{
    private const string Mark = ".keepsake-scan-";
    private const int Digits = 16;

    /// <summary>A name for a copy of a file, beside it.</summary>
    public static string NameFor(string file) => $"{file}{Mark}{RandomNumberGenerator.GetHexString(Digits, lowercase: true)}";

    /// <summary>Removes the copies of a file that a killed scan left: they may hold the secrets that it was to take out.</summary>
    public static void RemoveLeft(string file)
    {
        var name = Path.GetFileName(file) + Mark;
        foreach (var other in Directory.EnumerateFiles(Path.GetDirectoryName(file)!))
        {
            if (Path.GetFileName(other) is var own && own.StartsWith(name, StringComparison.Ordinal) && Own().IsMatch(own.AsSpan(name.Length)))
            {
                File.Delete(other);
            }
        }
    }

    // SQLite keeps files of its own beside a database.
    [GeneratedRegex("^[0-9a-f]{16}(-wal|-shm|-journal)?$")]
    private static partial Regex Own();
}
