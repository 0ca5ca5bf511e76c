using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keepsake.Capture;
using Keepsake.Protection.Redaction;
using Keepsake.Serialization;

namespace Keepsake.Operations;

/// <summary>Finds secrets in an export, line by line, with today's rules. Lines without any stay byte for byte.</summary>
/// <param name="redactor">Today's rules.</param>
internal sealed class ExportScan(Redactor redactor)
{
    /// <summary>Longest line, in bytes: a record with everything at its limit, escaped, and its embeddings.</summary>
    public const int MaxLineLength = 32 << 20;

    private const int ReadSize = 1 << 16;

    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StoredCheck _check = new(redactor);

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
        var clean = Clean(line, number, found);
        if (output is not null)
        {
            await output.WriteAsync(clean, cancellationToken);
        }
    }

    private ReadOnlyMemory<byte> Clean(ReadOnlyMemory<byte> line, long number, Action<long, IReadOnlyList<ScanFinding>> found)
    {
        if (Item(line.Span) is { } item)
        {
            var (clean, secrets) = _check.Of(item);
            if (secrets.Count > 0)
            {
                found(number, StoreScan.Findings(item, secrets));
            }

            return ReferenceEquals(clean, item) ? line : Bytes(clean);
        }

        string text;
        try
        {
            text = KeepsakeJson.Utf8.GetString(line.Span);
        }
        catch (ArgumentException)
        {
            throw MemoryException.Invalid($"Line {number:N0} is no UTF-8. Scan an export, or a text.");
        }

        var redacted = redactor.Redact(text);
        if (redacted.Redactions.Count == 0)
        {
            return line;
        }

        found(number, [.. redacted.Redactions.GroupBy(redaction => redaction.Kind, StringComparer.Ordinal).Select(group => new ScanFinding
        {
            Kind = group.Key,
            Count = group.Count(),
            Type = "line",
            Field = "text",
            Stays = redactor.Flags(group.Key),
        })]);
        return KeepsakeJson.Utf8.GetBytes(redacted.Text);
    }

    private static MemoryItem? Item(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, KeepsakeJson.Default.MemoryItem);
        }
        catch (Exception e) when (e is JsonException or MemoryException or NotSupportedException or FormatException)
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
