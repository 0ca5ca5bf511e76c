using System.Text;
using Keepsake.Server.Cli.Transfer;

namespace Keepsake.Tests.Cli;

public sealed class ReadAheadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pipe_that_says_nothing_more_holds_nobody_up()
    {
        using var silent = new SilentStream();
        var ahead = new ReadAhead(silent, Cancellation);
        ahead.Begin(0, 0);
        await silent.WasAsked;

        await ahead.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    [Fact]
    public async Task Reading_begins_once_where_it_was_begun_first()
    {
        using var lines = new MemoryStream(Encoding.UTF8.GetBytes("no record\nnor this\n"));
        await using var ahead = new ReadAhead(lines, Cancellation);
        ahead.Begin(offset: 100, line: 7);
        ahead.Begin(offset: 0, line: 0);

        var batch = Assert.Single(await ahead.Batches.ReadAllAsync(Cancellation).ToListAsync(Cancellation));

        Assert.Equal((119, 9), (batch.EndOffset, batch.EndLine));
        Assert.Equal([8L, 9L], batch.Unreadable.Select(line => line.Line));
    }

    [Fact]
    public async Task What_was_never_begun_ends_at_once()
    {
        using var silent = new SilentStream();
        await using (new ReadAhead(silent, Cancellation))
        {
        }

        Assert.False(silent.WasAsked.IsCompleted);
    }

    // A pipe whose other end is open: a read does not end, and cannot be called back.
    private sealed class SilentStream : Stream
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WasAsked => _asked.Task;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _asked.TrySetResult();
            return new(new TaskCompletionSource<int>().Task);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
