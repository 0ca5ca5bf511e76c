using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Keepsake.Recall.Index;

/// <summary>The ids of a segment's documents, and where each is. Ids that Keepsake made take 17 or 13 bytes, others as many as they have.</summary>
internal sealed class IdTable
{
    /// <summary>Longest form of an id, in bytes: three for each UTF-16 character of the longest id, and one.</summary>
    public const int MaxForm = 1 + (3 * 1_024);

    private const byte Verbatim = 0;
    private const byte RecordId = 1;
    private const byte EventId = 2;
    private const string RecordPrefix = "mem-";

    private readonly byte[] _forms;
    private readonly int[] _ends;
    private readonly int[] _slots;

    /// <summary>Takes the forms of all documents one after another, and where each ends.</summary>
    public IdTable(byte[] forms, int[] ends)
    {
        (_forms, _ends) = (forms, ends);

        // Half empty, so that a search for an id that is not there, as most are, ends after a step or two.
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, 2 * ends.Length))];
        for (var document = 0; document < ends.Length; document++)
        {
            var slot = First(FormOf(document));
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = document + 1;
        }
    }

    /// <summary>All forms, as given.</summary>
    public byte[] Forms => _forms;

    /// <summary>Where each form ends, as given.</summary>
    public int[] Ends => _ends;

    /// <summary>The id of a document.</summary>
    public string this[int document] => Decode(FormOf(document));

    /// <summary>An id in its short form.</summary>
    public ReadOnlySpan<byte> FormOf(int document) => _forms.AsSpan((document == 0 ? 0 : _ends[document - 1]).._ends[document]);

    /// <summary>The document with an id, or -1.</summary>
    public int Find(ReadOnlySpan<byte> form)
    {
        for (var slot = First(form); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (FormOf(_slots[slot] - 1).SequenceEqual(form))
            {
                return _slots[slot] - 1;
            }
        }

        return -1;
    }

    /// <summary>Writes the short form of an id.</summary>
    /// <returns>The bytes written, at most <see cref="MaxForm"/>.</returns>
    public static int Encode(string id, Span<byte> form)
    {
        if (id.StartsWith(RecordPrefix, StringComparison.Ordinal) && Guid.TryParseExact(id.AsSpan(RecordPrefix.Length), "D", out var guid)
            && guid.TryWriteBytes(form[1..], bigEndian: true, out _) && IsSame(form[..17], RecordId, id))
        {
            return 17;
        }

        if (id.Length == 28 && id[19] == '#'
            && long.TryParse(id.AsSpan(0, 19), NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && uint.TryParse(id.AsSpan(20), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var tail))
        {
            BinaryPrimitives.WriteInt64BigEndian(form[1..], time);
            BinaryPrimitives.WriteUInt32BigEndian(form[9..], tail);
            if (IsSame(form[..13], EventId, id))
            {
                return 13;
            }
        }

        form[0] = Verbatim;
        return 1 + Encoding.UTF8.GetBytes(id, form[1..]);
    }

    // Only what reads back as it was: capitals in a hexadecimal number, for one, do not.
    private static bool IsSame(Span<byte> form, byte kind, string id)
    {
        form[0] = kind;
        return Decode(form) == id;
    }

    private static string Decode(ReadOnlySpan<byte> form) => form[0] switch
    {
        RecordId => $"{RecordPrefix}{new Guid(form[1..], bigEndian: true):D}",
        EventId => string.Create(
            CultureInfo.InvariantCulture,
            $"{BinaryPrimitives.ReadInt64BigEndian(form[1..]):D19}#{BinaryPrimitives.ReadUInt32BigEndian(form[9..]):x8}"),
        _ => Encoding.UTF8.GetString(form[1..]),
    };

    private int First(ReadOnlySpan<byte> form) => (int)(TermHash.Of(form) & (uint)(_slots.Length - 1));
}
