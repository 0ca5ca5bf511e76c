using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Keepsake.Protection.Audit;

/// <summary>The one form of an entry as bytes: each text with its length before it, so that no two entries have the same bytes.</summary>
internal static class AuditCodec
{
    private const byte Version = 1;
    private const int NoText = -1;

    // Lenient: an id with half a surrogate pair is logged with U+FFFD rather than not at all.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static byte[] Encode(AuditEntry entry)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        bytes.Write([Version]);
        Add(bytes, entry.Seq);
        Add(bytes, entry.At.UtcTicks);
        Add(bytes, entry.Caller);
        Add(bytes, entry.Door);
        Add(bytes, entry.Operation);
        Add(bytes, entry.Store);
        Add(bytes, entry.Namespace);
        Add(bytes, entry.ActorId);
        Add(bytes, entry.Outcome);
        Add(bytes, entry.Count);
        Add(bytes, entry.Ids.Count);
        foreach (var id in entry.Ids)
        {
            Add(bytes, id);
        }

        Add(bytes, entry.Detail);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads an entry.</summary>
    /// <returns>The entry, or <see langword="null"/>: these are not the bytes of one.</returns>
    public static AuditEntry? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var at = 1;
            if (bytes[0] != Version)
            {
                return null;
            }

            var seq = Number(bytes, ref at);
            var ticks = Number(bytes, ref at);
            var entry = new AuditEntry
            {
                Seq = seq,
                At = new(ticks, TimeSpan.Zero),
                Caller = Text(bytes, ref at)!,
                Door = Text(bytes, ref at)!,
                Operation = Text(bytes, ref at)!,
                Store = Text(bytes, ref at),
                Namespace = Text(bytes, ref at),
                ActorId = Text(bytes, ref at),
                Outcome = Text(bytes, ref at)!,
                Count = Number(bytes, ref at),
            };
            var ids = new string[checked((int)Number(bytes, ref at))];
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i] = Text(bytes, ref at)!;
            }

            entry = entry with { Ids = ids, Detail = Text(bytes, ref at) };
            return at == bytes.Length ? entry : null;
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or IndexOutOfRangeException or OutOfMemoryException)
        {
            return null;
        }
    }

    private static void Add(ArrayBufferWriter<byte> bytes, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(8), value);
        bytes.Advance(8);
    }

    private static void Add(ArrayBufferWriter<byte> bytes, string? text)
    {
        var length = text is null ? NoText : Utf8.GetByteCount(text);
        BinaryPrimitives.WriteInt32BigEndian(bytes.GetSpan(4), length);
        bytes.Advance(4);
        if (text is not null)
        {
            bytes.Advance(Utf8.GetBytes(text, bytes.GetSpan(length)));
        }
    }

    private static long Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = BinaryPrimitives.ReadInt64BigEndian(bytes[at..]);
        at += 8;
        return value;
    }

    private static string? Text(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
        at += 4;
        if (length == NoText)
        {
            return null;
        }

        var text = Utf8.GetString(bytes.Slice(at, length));
        at += length;
        return text;
    }
}
