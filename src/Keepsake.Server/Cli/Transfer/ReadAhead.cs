using System.Threading.Channels;

namespace Keepsake.Server.Cli.Transfer;

/// <summary>The lines of an import, read and parsed by a task of their own ahead of the store that takes them in.</summary>
/// <param name="input">The lines, UTF-8.</param>
/// <param name="cancellationToken">Stops the reading.</param>
internal sealed class ReadAhead(Stream input, CancellationToken cancellationToken) : IAsyncDisposable
{
    // Enough that the store never waits, few enough that memory stays small.
    private const int MaxBatches = 4;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly Channel<ImportBatch> _batches =
        Channel.CreateBounded<ImportBatch>(new BoundedChannelOptions(MaxBatches) { SingleReader = true, SingleWriter = true });

    private Task? _reading;

    /// <inheritdoc cref="ImportReader.File"/>
    public string File { get; init; } = "-";

    /// <summary>Gets the batches, in the order of their lines. Reading them fails as reading the lines failed.</summary>
    public ChannelReader<ImportBatch> Batches => _batches.Reader;

    /// <summary>Begins to read, unless that was begun.</summary>
    /// <param name="offset">Where in the file the stream stands.</param>
    /// <param name="line">How many lines are before that.</param>
    public void Begin(long offset, long line) =>
        _reading ??= Task.Run(() => new ImportReader(input, offset, line) { File = File }.ReadAsync(_batches.Writer, _stop.Token), CancellationToken.None);

    /// <summary>Stops the reading.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_reading is not null && (input.CanSeek || _reading.IsCompleted))
        {
            // A read of a pipe cannot be called back: nobody waits for its next line.
            await _reading;
        }

        _stop.Dispose();
    }
}
