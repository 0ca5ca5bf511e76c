using System.Collections.Concurrent;

namespace Keepsake.Engines.Sqlite;

/// <summary>What is wrong with a database file, for status and for refusing writes.</summary>
internal sealed class SqliteHealth
{
    /// <summary>Most damaged rows that are remembered one by one.</summary>
    public const int MaxDamagedRows = 10_000;

    private readonly ConcurrentDictionary<(string Table, long Row), bool> _damaged = new();

    /// <summary>Gets or sets why writes are refused; <see langword="null"/>: they are not.</summary>
    public string? ReadOnly { get; set; }

    public IReadOnlyList<string> Warnings =>
        _damaged.IsEmpty ? [] : [$"{_damaged.Count} damaged rows were found and are left out of every answer."];

    public void Damaged(string table, long row)
    {
        if (_damaged.Count < MaxDamagedRows)
        {
            _damaged[(table, row)] = true;
        }
    }

    /// <summary>Says that a damaged row is gone.</summary>
    public void Mended(string table, long row) => _damaged.TryRemove((table, row), out _);

    public void ThrowIfReadOnly()
    {
        if (ReadOnly is { } reason)
        {
            throw new MemoryException(MemoryErrorCode.ReadOnly, reason);
        }
    }
}
