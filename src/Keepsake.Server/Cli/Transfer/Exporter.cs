using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Server.Cli.Transfer;

/// <summary>Writes a store's records and events as JSON Lines, one page at a time, the next page on its way meanwhile.</summary>
/// <param name="memory">The store.</param>
/// <param name="scope">The scope; <see langword="null"/>: everything.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Told after each page how many items are written.</param>
internal sealed class Exporter(IMemory memory, string? scope, TimeProvider time, Action<long> report)
{
    private const int FileBufferSize = 256 * 1024;
    private static readonly TimeSpan NoteInterval = TimeSpan.FromSeconds(1);
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _lines = new(1 << 20);

    /// <summary>Where a file's unfinished export is.</summary>
    public static string PartOf(string path) => path + ".part";

    /// <summary>Where the place of a file's unfinished export is.</summary>
    public static string PlaceOf(string path) => path + ".part.place";

    /// <summary>Writes to a stream, from the start to the end.</summary>
    public Task<TransferPlace> ToStreamAsync(Stream output, TransferPlace start, CancellationToken cancellationToken) =>
        WriteAsync(output, start, note: null, cancellationToken);

    /// <summary>Writes to a file that appears whole or not at all, going on where an interrupted run stopped.</summary>
    /// <param name="path">The file. One that is there is replaced at the end.</param>
    /// <param name="start">A new run's place.</param>
    /// <param name="resumed">Told the place when an earlier run is gone on with.</param>
    /// <param name="cancellationToken">Stops; the same call goes on.</param>
    public async Task<TransferPlace> ToFileAsync(
        string path, TransferPlace start, Action<TransferPlace> resumed, CancellationToken cancellationToken)
    {
        var part = PartOf(path);
        var placeFile = PlaceOf(path);
        var end = await WritePartAsync(part, placeFile, start, resumed, cancellationToken);
        File.Move(part, path, overwrite: true);
        TransferPlace.Delete(placeFile);
        return end;
    }

    private async Task<TransferPlace> WritePartAsync(
        string part, string placeFile, TransferPlace start, Action<TransferPlace> resumed, CancellationToken cancellationToken)
    {
        // Opened apart from the rest: a part that another export holds is not this one's to delete.
        PlainFile.RefusePipe(part);
        var file = new FileStream(part, PartOptions());
        try
        {
            var place = TransferPlace.Load(placeFile, start);
            // The part may be shorter than its place says after a crash of the machine; then neither is worth anything.
            place = place.Bytes <= file.Length ? place : start;
            if (place.Bytes > 0)
            {
                resumed(place);
            }

            file.SetLength(place.Bytes);
            file.Seek(0, SeekOrigin.End);
            var end = await WriteAsync(file, place, noted => Note(file, noted, placeFile), cancellationToken);
            file.Flush(flushToDisk: true);
            return end;
        }
        catch when (!File.Exists(placeFile))
        {
            // Without a place nobody goes on with it.
            await file.DisposeAsync();
            File.Delete(part);
            throw;
        }
        finally
        {
            await file.DisposeAsync();
        }
    }

    private static FileStreamOptions PartOptions()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            // Two exports into one file would mix their lines.
            Share = FileShare.None,
            BufferSize = FileBufferSize,
        };
        if (!OperatingSystem.IsWindows())
        {
            // Memories are their owner's, in a copy too.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private static void Note(FileStream file, TransferPlace place, string placeFile)
    {
        // The place must never be ahead of the lines.
        file.Flush(flushToDisk: true);
        place.Save(placeFile);
    }

    private async Task<TransferPlace> WriteAsync(
        Stream output, TransferPlace place, Action<TransferPlace>? note, CancellationToken cancellationToken)
    {
        var notedAt = time.GetTimestamp();
        var isNoted = true;
        try
        {
            var reading = memory.ExportAsync(scope, place.Cursor, cancellationToken);
            while (true)
            {
                var page = await reading;
                if (page.NextCursor is not null)
                {
                    reading = memory.ExportAsync(scope, page.NextCursor, cancellationToken);
                }

                var bytes = Lines(page.Items);
                await output.WriteAsync(bytes, CancellationToken.None);
                place = place with
                {
                    Bytes = place.Bytes + bytes.Length,
                    Lines = place.Lines + page.Items.Count,
                    Records = place.Records + page.Items.Count(i => i is MemoryRecord),
                    Cursor = page.NextCursor,
                    At = time.GetUtcNow(),
                };
                report(place.Lines);
                if (page.NextCursor is null)
                {
                    await output.FlushAsync(cancellationToken);
                    return place;
                }

                isNoted = false;
                if (time.GetElapsedTime(notedAt) >= NoteInterval)
                {
                    note?.Invoke(place);
                    notedAt = time.GetTimestamp();
                    isNoted = true;
                }
            }
        }
        catch when (!isNoted)
        {
            note?.Invoke(place);
            throw;
        }
    }

    private ReadOnlyMemory<byte> Lines(IReadOnlyList<MemoryItem> items)
    {
        _lines.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_lines, Format);
        foreach (var item in items)
        {
            JsonSerializer.Serialize(writer, item, KeepsakeJson.Default.MemoryItem);
            writer.Flush();
            writer.Reset();
            _lines.Write("\n"u8);
        }

        return _lines.WrittenMemory;
    }
}
