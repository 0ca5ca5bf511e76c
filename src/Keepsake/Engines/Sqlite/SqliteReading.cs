using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>Columns that may be null.</summary>
internal static class SqliteReading
{
    public static string? TextOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static long? NumberOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public static byte[] Bytes(this SqliteDataReader reader, int column) => (byte[])reader.GetValue(column);

    public static byte[]? BytesOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.Bytes(column);
}
