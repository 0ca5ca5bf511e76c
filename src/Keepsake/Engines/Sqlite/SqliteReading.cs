using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>Columns that may be null, or of another type than they were.</summary>
internal static class SqliteReading
{
    public static string? TextOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static long? NumberOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public static byte[] Bytes(this SqliteDataReader reader, int column) => (byte[])reader.GetValue(column);

    /// <summary>Reads a column that somebody may have put something else into.</summary>
    /// <returns>The bytes; of what are none, an empty array.</returns>
    public static byte[] BytesOrNone(this SqliteDataReader reader, int column) => reader.GetValue(column) as byte[] ?? [];

    public static byte[]? BytesOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.Bytes(column);
}
