using System.Security.Cryptography;
using System.Text.Json;

namespace Keepsake.Engines.Sqlite;

/// <summary>What a row that is not what it was makes the code fail with.</summary>
internal static class RowFaults
{
    /// <summary>Whether a failure while reading a row means that the row is damaged.</summary>
    /// <remarks>A flipped bit in a row's header changes the columns' types before the checksum is reached. A key that is not there, because its ring was
    /// changed or the key destroyed, leaves a row that cannot be read any more; a master key that is not there is no damage.</remarks>
    public static bool AreDamage(Exception failure) => failure is InvalidCastException or JsonException or InvalidOperationException or CryptographicException
        or MemoryException { Code: MemoryErrorCode.Corrupt };
}
