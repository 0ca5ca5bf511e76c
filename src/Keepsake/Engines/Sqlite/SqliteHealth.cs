using System.Collections.Concurrent;

namespace Keepsake.Engines.Sqlite;

/// <summary>What is wrong with a database file, for status and for refusing writes.</summary>
internal sealed class SqliteHealth
{
    /// <summary>Most damaged rows that are remembered one by one.</summary>
    public const int MaxDamagedRows = 10_000;

    private readonly ConcurrentDictionary<(string Table, long Row), bool> _damaged = new();
    private readonly ConcurrentDictionary<string, string> _findings = new(StringComparer.Ordinal);
    private volatile HashSet<long> _distrusted = [];

    private string? _fault;

    /// <summary>Gets or sets why writes are refused; <see langword="null"/>: they are not.</summary>
    public string? ReadOnly
    {
        get => _fault ?? Mode;
        set => _fault = value;
    }

    /// <summary>Gets whether something is wrong with the file, rather than that nobody wants writes.</summary>
    public bool HasFault => _fault is not null;

    /// <summary>Gets or sets why a person wants no writes; <see langword="null"/>: they are wanted.</summary>
    public string? Mode { get; set; }

    /// <summary>Gets or sets why neither reads nor writes are answered; <see langword="null"/>: they are.</summary>
    public string? Refused { get; set; }

    /// <summary>Gets how many rows were found damaged.</summary>
    public int DamagedRows => _damaged.Count;

    public IReadOnlyList<string> Warnings =>
    [
        .. _damaged.IsEmpty ? (string[])[] : [$"{(_damaged.Count == 1 ? "1 damaged row was found and is" : $"{_damaged.Count} damaged rows were found and are")} left out of every answer."],
        .. _findings.Values.Order(StringComparer.Ordinal),
        .. Refused is { } refused ? (string[])[refused] : [],
    ];

    /// <summary>Gets whether rows of some head are left out of every answer.</summary>
    public bool HasDistrusted => _distrusted.Count > 0;

    /// <summary>Whether the rows of a head are left out of every answer.</summary>
    public bool IsDistrusted(long head) => _distrusted.Contains(head);

    /// <summary>Leaves the rows of heads out of every answer, until the next start.</summary>
    public void Distrust(IReadOnlySet<long> heads)
    {
        if (!heads.IsSubsetOf(_distrusted))
        {
            _distrusted = [.. _distrusted, .. heads];
        }
    }

    /// <summary>Notes what an operator should know, in place of what was noted under the name before.</summary>
    /// <param name="name">What it is about.</param>
    /// <param name="text">What it is; <see langword="null"/>: nothing any more.</param>
    public void Note(string name, string? text)
    {
        if (text is null)
        {
            _findings.TryRemove(name, out _);
        }
        else
        {
            _findings[name] = text;
        }
    }

    public void ThrowIfRefused()
    {
        if (Refused is { } reason)
        {
            throw new MemoryException(MemoryErrorCode.Corrupt, reason);
        }
    }

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
