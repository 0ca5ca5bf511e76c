using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Keepsake.Capture;
using Keepsake.Protection.Redaction;
using Keepsake.Serialization;

namespace Keepsake.Operations;

/// <summary>Finds secrets in an export with today's rules: line by line in records and events, and across the lines of what is neither. Lines without any stay byte for byte.</summary>
/// <param name="redactor">Today's rules.</param>
/// <remarks>For one file.</remarks>
internal sealed class ExportScan(Redactor redactor)
{
    /// <summary>Longest line, in bytes: a record with everything at its limit, escaped, and its embeddings.</summary>
    public const int MaxLineLength = 32 << 20;

    private const int ReadSize = 1 << 16;

    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StoredCheck _check = new(redactor);
    private readonly TextRun _text = new(redactor);

    /// <summary>Scans lines.</summary>
    /// <param name="input">The lines, UTF-8.</param>
    /// <param name="output">Where they go without their secrets; <see langword="null"/>: nowhere.</param>
    /// <param name="found">Told what a line holds, with its number from 1.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>How many lines there are.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.TooLarge"/>: a line has more than <see cref="MaxLineLength"/> bytes;
    /// <see cref="MemoryErrorCode.InvalidRequest"/>: it is no UTF-8.</exception>
    public async Task<long> RunAsync(Stream input, Stream? output, Action<long, IReadOnlyList<ScanFinding>> found, CancellationToken cancellationToken)
    {
        var buffer = new byte[ReadSize];
        var filled = 0;
        var lines = 0L;
        while (true)
        {
            var read = await input.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            var searched = filled;
            filled += read;
            var used = 0;
            while (buffer.AsSpan(Math.Max(used, searched), filled - Math.Max(used, searched)).IndexOf((byte)'\n') is var length and >= 0)
            {
                var end = Math.Max(used, searched) + length;
                await LineAsync(buffer.AsMemory(used, end + 1 - used), ++lines, output, found, cancellationToken);
                used = end + 1;
            }

            if (read == 0)
            {
                if (filled > used)
                {
                    await LineAsync(buffer.AsMemory(used, filled - used), ++lines, output, found, cancellationToken);
                }

                await WriteAsync(_text.Take(isEnd: true, found), output, cancellationToken);
                return lines;
            }

            filled -= used;
            Buffer.BlockCopy(buffer, used, buffer, 0, filled);
            if (filled == buffer.Length)
            {
                if (filled >= MaxLineLength)
                {
                    throw new MemoryException(MemoryErrorCode.TooLarge, $"Line {lines + 1:N0} has more than {MaxLineLength:N0} bytes, more than any record. Scan it with: keepsake redact FILE");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    private async Task LineAsync(
        ReadOnlyMemory<byte> line, long number, Stream? output, Action<long, IReadOnlyList<ScanFinding>> found, CancellationToken cancellationToken)
    {
        if (Item(line.Span) is { } item)
        {
            await WriteAsync(_text.Take(isEnd: true, found), output, cancellationToken);
            var (clean, secrets) = _check.Of(item);
            if (secrets.Count > 0)
            {
                found(number, StoreScan.Findings(item, secrets));
            }

            await WriteAsync(ReferenceEquals(clean, item) ? line : Bytes(clean), output, cancellationToken);
            return;
        }

        if (!Utf8.IsValid(line.Span))
        {
            throw MemoryException.Invalid($"Line {number:N0} is no UTF-8. Scan an export, or a text.");
        }

        _text.Add(line.Span, number);
        if (_text.IsFull)
        {
            await WriteAsync(_text.Take(isEnd: false, found), output, cancellationToken);
        }
    }

    private static ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, Stream? output, CancellationToken cancellationToken) =>
        output is null || bytes.IsEmpty ? ValueTask.CompletedTask : output.WriteAsync(bytes, cancellationToken);

    private static MemoryItem? Item(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, KeepsakeJson.Default.MemoryItem);
        }
        catch (Exception e) when (e is JsonException or MemoryException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Bytes(MemoryItem item)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Format))
        {
            JsonSerializer.Serialize(writer, item, KeepsakeJson.Default.MemoryItem);
        }

        bytes.Write("\n"u8);
        return bytes.WrittenMemory;
    }
}
