using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using System.Threading.Channels;
using Keepsake.Operations;
using Keepsake.Serialization;
using Keepsake.Server.Http;

namespace Keepsake.Server.Cli.Transfer;

/// <summary>Reads JSON Lines into batches, ahead of the store that takes them in.</summary>
/// <param name="input">The lines, UTF-8.</param>
/// <param name="offset">Where in the file the stream stands.</param>
/// <param name="line">How many lines are before that.</param>
internal sealed class ImportReader(Stream input, long offset, long line)
{
    /// <summary>Longest line, in bytes: a record with everything at its limit, escaped, and its embeddings.</summary>
    public const int MaxLineLength = 32 << 20;

    private const int ReadSize = 1 << 20;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
    private long _offset = offset;
    private long _line = line;
    private bool _isSkipping;
    private ImportBatch _batch = new();

    /// <summary>Gets the file's name, or <c>-</c> for standard input: what is wrong with it as a whole is said with its name.</summary>
    public string File { get; init; } = "-";

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads to the end and completes the channel, with the failure if there was one.</summary>
    public async Task ReadAsync(ChannelWriter<ImportBatch> batches, CancellationToken cancellationToken)
    {
        try
        {
            await ReadLinesAsync(batches, cancellationToken);
            batches.Complete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException or MemoryException)
        {
            batches.Complete(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private async Task ReadLinesAsync(ChannelWriter<ImportBatch> batches, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (true)
        {
            var read = await input.ReadAsync(_buffer.AsMemory(filled), cancellationToken);
            filled += read;
            RefuseIfCompressed(_buffer.AsSpan(0, filled));
            var used = 0;
            while (_buffer.AsSpan(used, filled - used).IndexOf((byte)'\n') is var length and >= 0)
            {
                Take(_buffer.AsSpan(used, length), lineEnd: 1);
                used += length + 1;
                if (_batch.IsFull)
                {
                    await SendAsync(batches, cancellationToken);
                }
            }

            filled -= used;
            if (read == 0)
            {
                if (filled > 0 || _isSkipping)
                {
                    Take(_buffer.AsSpan(0, filled), lineEnd: 0);
                }

                await SendAsync(batches, cancellationToken);
                return;
            }

            Buffer.BlockCopy(_buffer, used, _buffer, 0, filled);
            if (filled == _buffer.Length)
            {
                filled = MakeRoom(filled);
            }
        }
    }

    // Said once, in place of as many refused lines as the compressed bytes happen to have.
    private void RefuseIfCompressed(ReadOnlySpan<byte> text)
    {
        if (_offset == 0 && Compression.Of(text) is { } compressed)
        {
            throw MemoryException.Invalid(
                $"The input is compressed with {compressed.Name}. Decompress it on its way: {compressed.Command} {(File == "-" ? "" : ShellWord.Of(File) + " ")}| keepsake import -");
        }
    }

    // A line that outgrows every record is not kept in memory; it is refused where it ends.
    private int MakeRoom(int filled)
    {
        if (filled >= MaxLineLength)
        {
            _isSkipping = true;
            _offset += filled;
            return 0;
        }

        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        Buffer.BlockCopy(_buffer, 0, larger, 0, filled);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return filled;
    }

    private void Take(ReadOnlySpan<byte> text, int lineEnd)
    {
        _line++;
        _offset += text.Length + lineEnd;
        if (_isSkipping || text.Length > MaxLineLength)
        {
            _isSkipping = false;
            _batch.Unreadable.Add((_line, $"The line has more than {MaxLineLength:N0} bytes, more than any record."));
        }
        else if (Parse(_line == 1 && text.StartsWith(ByteOrderMark) ? text[3..] : text, out var reason) is { } item)
        {
            _batch.Add(item, _line);
        }
        else if (reason is not null)
        {
            _batch.Unreadable.Add((_line, reason));
        }

        _batch.Extend(text.Length, _offset, _line);
    }

    private async Task SendAsync(ChannelWriter<ImportBatch> batches, CancellationToken cancellationToken)
    {
        if (_batch.EndLine > 0)
        {
            await batches.WriteAsync(_batch, cancellationToken);
            _batch = new();
        }
    }

    /// <summary>Parses one line.</summary>
    /// <param name="text">The line without its end.</param>
    /// <param name="reason">What is wrong and what would work; <see langword="null"/> when nothing is, as with an empty line.</param>
    private static MemoryItem? Parse(ReadOnlySpan<byte> text, out string? reason)
    {
        reason = null;
        if (text.Trim(" \t\r"u8).IsEmpty)
        {
            return null;
        }

        if (!Utf8.IsValid(text))
        {
            reason = "The line is not UTF-8. Convert the file with iconv.";
            return null;
        }

        try
        {
            var item = JsonSerializer.Deserialize(text, KeepsakeJson.Default.MemoryItem);
            reason = item is null ? NotAnItem : null;
            return item;
        }
        catch (JsonException e)
        {
            reason = Explain(e, text);
        }
        catch (Exception e) when (e is NotSupportedException or MemoryException or InvalidOperationException or ArgumentException)
        {
            // No type at all, or a value that is JSON and yet no such value: a lone surrogate, a namespace that is none.
            reason = e switch
            {
                NotSupportedException => NotAnItem,
                MemoryException => e.Message,
                InvalidOperationException => JsonFaults.LoneSurrogate,
                _ => "A value of the line is not what belongs there.",
            };
        }

        return null;
    }

    private const string NotAnItem =
        """
        The line has no type. Write lines as an export does, such as {"type":"record","id":"mem-1","namespace":"notes","content":"…","occurredAt":"2026-01-31T09:30:00Z","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z"}; single facts go in by 'keepsake remember'.
        """;

    // The serializer's own words repeat what they could not read, which may be a secret.
    private static string Explain(JsonException e, ReadOnlySpan<byte> text)
    {
        if (text.TrimStart(" \t"u8) is [not (byte)'{', ..])
        {
            return "The line is not a JSON object. " + NotAnItem;
        }

        return e.Message.StartsWith("Read unrecognized type discriminator", StringComparison.Ordinal)
            ? "The line's type is not known. It is record or event."
            : JsonFaults.Explain(e, isLine: true);
    }
}
