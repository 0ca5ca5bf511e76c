using System.Security.Cryptography;
using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Operations;

/// <summary>The file beside a backup that says what it holds: written when the backup has been verified, so what has none is no backup.</summary>
/// <param name="Backup">What it holds.</param>
/// <param name="Checksum">The SHA-256 of that, in hex digits.</param>
internal sealed record BackupManifest(BackupInfo Backup, string Checksum)
{
    /// <summary>Longest manifest, in bytes: 1,000 stores of 1,000 long namespaces each do not fit, and there the smaller are left out.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Makes the manifest of a backup, as long as a manifest may be.</summary>
    public static byte[] Write(BackupInfo backup)
    {
        for (var most = int.MaxValue; ; most = Math.Min(most, 1_024) / 2)
        {
            var named = backup with { Stores = [.. backup.Stores.Select(store => store with { Namespaces = [.. store.Namespaces.Take(most)] })] };
            var bytes = JsonSerializer.SerializeToUtf8Bytes(new(named, ChecksumOf(named)), KeepsakeJson.Default.BackupManifest);
            if (bytes.Length <= MaxBytes)
            {
                return bytes;
            }
        }
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: it is none, or was altered.</exception>
    public static BackupInfo Read(string name, ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (JsonSerializer.Deserialize(bytes, KeepsakeJson.Default.BackupManifest) is { } manifest
                && string.Equals(manifest.Checksum, ChecksumOf(manifest.Backup), StringComparison.Ordinal)
                && string.Equals(manifest.Backup.Name, name, StringComparison.Ordinal))
            {
                return manifest.Backup;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Altered to no JSON at all, or to other members.
        }

        throw Altered();
    }

    public static MemoryException Altered() =>
        new(MemoryErrorCode.Corrupt, "This backup was altered or damaged since it was made, and is not used. Take another: keepsake backup list");

    private static string ChecksumOf(BackupInfo backup) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(backup, KeepsakeJson.Default.BackupInfo)));
}
