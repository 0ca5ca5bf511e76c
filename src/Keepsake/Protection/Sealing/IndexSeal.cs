using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Keepsake.Protection.Sealing;

/// <summary>Seals files of a search index: in chunks, each bound to the file's name, its place and whether it is the last.</summary>
/// <param name="key">The key.</param>
/// <param name="store">The store's id.</param>
internal sealed class IndexSeal(byte[] key, string store)
{
    /// <summary>Most bytes in a chunk.</summary>
    public const int MaxChunk = 1 << 20;

    /// <summary>The seal of a store whose keys cannot be had: nothing is read or written.</summary>
    public static IndexSeal None { get; } = new([], "");

    /// <summary>Gets whether files can be sealed and opened.</summary>
    public bool IsUsable => Key.Length > 0;

    /// <summary>Writes a file.</summary>
    /// <param name="to">Takes the sealed bytes.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="write">Writes the plain bytes.</param>
    public void Write(Stream to, string name, Action<Stream> write)
    {
        using var sealing = new Chunks(this, to, name);
        write(sealing);
        sealing.End();
    }

    /// <summary>Reads a file.</summary>
    /// <returns>The plain bytes.</returns>
    /// <exception cref="InvalidDataException">It was changed, is another file, or is not sealed with this key.</exception>
    public MemoryStream Read(Stream from, string name)
    {
        var plain = new MemoryStream(capacity: (int)Math.Min(from.Length, Array.MaxLength));
        using var aes = new AesGcm(Key, Envelope.TagLength);
        Span<byte> header = stackalloc byte[5];
        for (var number = 0; ; number++)
        {
            try
            {
                from.ReadExactly(header);
                var length = BinaryPrimitives.ReadInt32LittleEndian(header);
                if (length is < Envelope.Overhead or > MaxChunk + Envelope.Overhead)
                {
                    throw new InvalidDataException("The file is damaged.");
                }

                var envelope = GC.AllocateUninitializedArray<byte>(length);
                from.ReadExactly(envelope);
                plain.Write(Envelope.Open(aes, envelope, AboutOf(name, number, isLast: header[4] == 1).Bytes));
            }
            catch (CryptographicException e)
            {
                throw new InvalidDataException("The file is damaged, or sealed with another key.", e);
            }

            if (header[4] == 1)
            {
                plain.Position = 0;
                return plain;
            }
        }
    }

    private byte[] Key { get; } = key;

    private About AboutOf(string name, int number, bool isLast)
    {
        var about = new About("index");
        about.Add(store);
        about.Add(name);
        about.Add(number);
        about.Add(isLast ? 1 : 0);
        return about;
    }

    /// <summary>Gathers bytes to chunks.</summary>
    private sealed class Chunks(IndexSeal seal, Stream to, string name) : Stream
    {
        private readonly AesGcm _aes = new(seal.Key, Envelope.TagLength);
        private readonly byte[] _chunk = new byte[MaxChunk];
        private int _length;
        private int _number;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (buffer.Length > 0)
            {
                if (_length == MaxChunk)
                {
                    Seal(isLast: false);
                }

                var taken = Math.Min(buffer.Length, MaxChunk - _length);
                buffer[..taken].CopyTo(_chunk.AsSpan(_length));
                _length += taken;
                buffer = buffer[taken..];
            }
        }

        public void End() => Seal(isLast: true);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _aes.Dispose();
                CryptographicOperations.ZeroMemory(_chunk);
            }

            base.Dispose(disposing);
        }

        private void Seal(bool isLast)
        {
            var envelope = Envelope.Seal(_aes, 0, _chunk.AsSpan(0, _length), seal.AboutOf(name, _number++, isLast).Bytes);
            Span<byte> header = stackalloc byte[5];
            BinaryPrimitives.WriteInt32LittleEndian(header, envelope.Length);
            header[4] = (byte)(isLast ? 1 : 0);
            to.Write(header);
            to.Write(envelope);
            _length = 0;
        }
    }
}
