using System.Buffers.Binary;
using Keepsake.Protection;
using Keepsake.Protection.Integrity;

namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>The file <c>keys/commits</c>: how many commits the database has had, so that an older database in its place is noticed.</summary>
/// <remarks>
/// Written some seconds behind the commits, and at a clean close, then with the size and the time of the database: one that still has both was
/// touched by nobody. Without the file the database is taken as it is.
/// </remarks>
/// <param name="keys">The folder of the keys.</param>
/// <param name="key">The key that signed the database.</param>
/// <param name="database">The database.</param>
/// <param name="name">The file's name.</param>
internal sealed class CommitsFile(KeysFolder keys, IntegrityKey key, string database, string name = CommitsFile.FileName)
{
    public const string FileName = "commits";

    /// <summary>The name of what is known of a database in whose place another is put.</summary>
    public const string BeforeName = FileName + "-before";

    private const int Body = 3 * sizeof(long);

    /// <summary>Reads what was written last.</summary>
    /// <returns>The commits, and whether the database is as it was closed; <see langword="null"/>: there is no file, or it was written with another key.</returns>
    public (long Commits, bool IsAsClosed)? Read()
    {
        if (keys.Read(name) is not { Length: Body + IntegrityKey.TagLength } bytes || !bytes.AsSpan(Body).SequenceEqual(Tag(bytes)))
        {
            return null;
        }

        var (length, time) = Database();
        return (
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            time != 0 && BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)) == length && BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)) == time);
    }

    /// <summary>Writes how many commits there were.</summary>
    /// <param name="commits">The commits, which are on the disk.</param>
    /// <param name="isClosed">Whether the database is closed, and stays as it is.</param>
    public void Write(long commits, bool isClosed)
    {
        var bytes = new byte[Body + IntegrityKey.TagLength];
        var (length, time) = isClosed ? Database() : (0, 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, commits);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), time);
        Tag(bytes).CopyTo(bytes.AsSpan(Body));
        keys.Replace(name, bytes);
    }

    private byte[] Tag(byte[] bytes)
    {
        var tag = new byte[IntegrityKey.TagLength];
        key.Tag(bytes.AsSpan(0, Body), tag);
        return tag;
    }

    private (long Length, long Time) Database() =>
        new FileInfo(database) is { Exists: true } file ? (file.Length, file.LastWriteTimeUtc.Ticks) : (0, 0);
}
