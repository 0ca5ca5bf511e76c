namespace Keepsake.Server.Cli.Transfer;

/// <summary>Consecutive lines of an import, read and parsed.</summary>
internal sealed class ImportBatch
{
    /// <summary>Most items: what one write takes.</summary>
    public const int MaxItems = 1_000;

    /// <summary>Most bytes of lines, so that a batch of very long records stays small in memory. One line may be longer.</summary>
    public const int MaxBytes = 4 << 20;

    private int _bytes;

    /// <summary>Gets the records and events, in the order of their lines.</summary>
    public List<MemoryItem> Items { get; } = new(MaxItems);

    /// <summary>Gets the line of each item, from 1.</summary>
    public List<long> Lines { get; } = new(MaxItems);

    /// <summary>Gets the lines that could not be read, and why.</summary>
    public List<(long Line, string Reason)> Unreadable { get; } = [];

    /// <summary>Gets where in the file the lines end.</summary>
    public long EndOffset { get; private set; }

    /// <summary>Gets the last line, from 1.</summary>
    public long EndLine { get; private set; }

    /// <summary>Gets whether another line should go into another batch.</summary>
    public bool IsFull => Items.Count >= MaxItems || _bytes >= MaxBytes || Unreadable.Count >= MaxItems;

    /// <summary>Adds a line that was parsed.</summary>
    public void Add(MemoryItem item, long line)
    {
        Items.Add(item);
        Lines.Add(line);
    }

    /// <summary>Notes that a line belongs to the batch, whatever was in it.</summary>
    /// <param name="length">The line's bytes.</param>
    /// <param name="endOffset">Where in the file it ends.</param>
    /// <param name="line">Its number, from 1.</param>
    public void Extend(int length, long endOffset, long line)
    {
        _bytes += length;
        EndOffset = endOffset;
        EndLine = line;
    }
}
