using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Keepsake.Protection.Sealing;

/// <summary>What an envelope is about, as bytes: each part with its length before it, so that no two lists of parts give the same bytes.</summary>
/// <remarks>One at a time per thread; the bytes are good until the next one is begun.</remarks>
internal readonly ref struct About
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _shared;

    private readonly ArrayBufferWriter<byte> _bytes;

    /// <summary>Begins.</summary>
    /// <param name="what">What kind of thing it is about.</param>
    /// <param name="isNested">Whether it may be made while another is in use on the same thread.</param>
    public About(string what, bool isNested = false)
    {
        _bytes = isNested ? new(256) : _shared ??= new(256);
        _bytes.ResetWrittenCount();
        Add("keepsake/1");
        Add(what);
    }

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public void Add(string part)
    {
        var length = Encoding.UTF8.GetByteCount(part);
        AddLength(length);
        _bytes.Advance(Encoding.UTF8.GetBytes(part, _bytes.GetSpan(length)));
    }

    public void Add(long part)
    {
        AddLength(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), part);
        _bytes.Advance(sizeof(long));
    }

    private void AddLength(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), length);
        _bytes.Advance(sizeof(int));
    }
}
