using System.Globalization;

namespace Keepsake.Engines;

/// <summary>Reads the numbers of cursors.</summary>
internal static class Cursor
{
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is not a cursor of ours.</exception>
    public static long Number(ReadOnlySpan<char> cursor) =>
        long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unknown();

    public static MemoryException Unknown() => MemoryException.Invalid("The cursor is not one that this list gave. Start without one.");
}

/// <summary>Where a list of records ended: a namespace's path and the order within it.</summary>
internal static class RecordCursor
{
    public static string Format(string path, long order) => string.Create(CultureInfo.InvariantCulture, $"{order}:{path}");

    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is not a cursor of ours.</exception>
    public static (string Path, long Order) Parse(string? cursor)
    {
        if (cursor is null)
        {
            return ("", -1);
        }

        var colon = cursor.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? (cursor[(colon + 1)..], Cursor.Number(cursor.AsSpan(0, colon))) : throw Cursor.Unknown();
    }
}
