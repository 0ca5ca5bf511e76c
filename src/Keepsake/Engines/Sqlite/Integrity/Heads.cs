using Keepsake.Protection.Integrity;
using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>Keeps the heads in step with the rows that are written: in the same transaction, once for all rows of a commit.</summary>
/// <remarks>Used by the writer's thread alone. A guard is a small row beside each record and event: its tag once more, its head, and in an encrypted store its key.</remarks>
internal sealed class Heads(IntegrityKey key)
{
    /// <summary>Most heads that are kept in memory.</summary>
    public const int MaxKept = 20_000;

    private const long RootNumber = 0;

    private readonly List<Step> _steps = [];
    private readonly Dictionary<(long, GuardedTable, string), Head> _byPath = [];
    private readonly Dictionary<long, Head> _byNumber = [];
    private byte[] _tags = new byte[IntegrityKey.TagLength * 64];
    private UInt128[] _numbers = new UInt128[64];
    private Head? _root;
    private long _nextNumber;
    private long _commits;

    private enum StepKind
    {
        Add,
        Remove,
        Empty,
    }

    /// <summary>Gets how many commits there were that changed rows, those that are not flushed yet left out. Read by any thread.</summary>
    public long Commits => Volatile.Read(ref _commits);

    /// <summary>Gets or sets whether rows were erased or overwritten whose bytes are still in the log.</summary>
    public bool HasErased { get; set; }

    /// <summary>Gets where the steps stand, for <see cref="RollBack"/>.</summary>
    public int Mark => _steps.Count;

    /// <summary>Guards a row that was inserted, and counts it.</summary>
    public void Add(SqliteSession session, long row, long store, GuardedTable table, string path, ReadOnlySpan<byte> checksum, RowKey? rowKey = null)
    {
        var head = Of(session, store, table, path);
        var tag = checksum[..IntegrityKey.TagLength].ToArray();
        session.Execute(
            "INSERT OR REPLACE INTO guards (guarded, head, guard, namespace_key, actor_key, row_key) VALUES ($1, $2, $3, $4, $5, $6)",
            row, head.Number, tag, rowKey?.NamespaceKey, rowKey?.ActorKey, rowKey?.Sealed);
        _steps.Add(new(head, StepKind.Add, tag));
    }

    /// <summary>Guards a row that was changed, and counts it in the place of what it was.</summary>
    public void Change(SqliteSession session, long row, long store, GuardedTable table, string path, ReadOnlySpan<byte> checksum, RowKey? rowKey = null)
    {
        Remove(session, row);
        Add(session, row, store, table, path, checksum, rowKey);
    }

    /// <summary>Counts a row out that is erased.</summary>
    public void Remove(SqliteSession session, long row)
    {
        using (var reader = session.Query("SELECT head, guard FROM guards WHERE guarded = $1", row))
        {
            if (!reader.Read())
            {
                return;
            }

            HasErased = true;

            // A tag of another length is damaged, and so is in no sum.
            if (reader.Bytes(1) is { Length: IntegrityKey.TagLength } tag)
            {
                _steps.Add(new(OfNumber(session, reader.GetInt64(0)), StepKind.Remove, tag));
            }
        }

        session.Execute("DELETE FROM guards WHERE guarded = $1", row);
    }

    /// <summary>Counts out all rows of a store, which are still there and erased next.</summary>
    public void RemoveStore(SqliteSession session, long store)
    {
        HasErased = true;
        session.Execute("DELETE FROM guards WHERE guarded IN (SELECT seq FROM records WHERE store = $1)", store);
        session.Execute("DELETE FROM guards WHERE guarded IN (SELECT seq FROM events WHERE store = $1)", store);

        // What something else removed has a guard and no row.
        session.Execute(
            "DELETE FROM guards WHERE head IN (SELECT number FROM heads WHERE store = $1 AND tbl IN ($2, $3))",
            store, (long)GuardedTable.Records, (long)GuardedTable.Events);

        // A head that was made in this commit is not in the file yet.
        foreach (var number in HeadRows.All(session, store).Concat(_byNumber.Values.Where(head => head.Store == store)).Where(IsOfRows).Select(head => head.Number).ToHashSet())
        {
            _steps.Add(new(OfNumber(session, number), StepKind.Empty, []));
        }
    }

    /// <summary>Takes back the steps of an operation that was rolled back.</summary>
    public void RollBack(int mark) => _steps.RemoveRange(mark, _steps.Count - mark);

    /// <summary>Writes down what the steps since the last commit make of the heads.</summary>
    public void Flush(SqliteSession session)
    {
        if (_steps.Count == 0)
        {
            return;
        }

        _root ??= Root(session);
        HashSet<Head> touched = [];
        var numbers = Numbers(_steps);
        for (var i = 0; i < _steps.Count; i++)
        {
            var (head, kind, _) = _steps[i];
            touched.Add(head);
            (head.Members, head.Sum) = kind switch
            {
                StepKind.Add => (head.Members + 1, unchecked(head.Sum + numbers[i])),
                StepKind.Remove => (head.Members - 1, unchecked(head.Sum - numbers[i])),
                _ => (0L, UInt128.Zero),
            };
        }

        List<Step> ofRoot = new(2 * touched.Count);
        foreach (var head in touched)
        {
            if (head.Tag.Length > 0)
            {
                ofRoot.Add(new(head, StepKind.Remove, head.Tag));
            }

            if (head.Members == 0)
            {
                HeadRows.Erase(session, head);
                head.Tag = [];
                continue;
            }

            head.Tag = head.TagWith(key);
            HeadRows.Put(session, head);
            ofRoot.Add(new(head, StepKind.Add, head.Tag));
        }

        numbers = Numbers(ofRoot);
        for (var i = 0; i < ofRoot.Count; i++)
        {
            _root.Sum = unchecked(ofRoot[i].Kind == StepKind.Add ? _root.Sum + numbers[i] : _root.Sum - numbers[i]);
        }

        _root.Members++;
        _root.Tag = _root.TagWith(key);
        HeadRows.Put(session, _root);
        _steps.Clear();
    }

    /// <summary>The commit is done.</summary>
    public void Committed() => Volatile.Write(ref _commits, _root?.Members ?? _commits);

    /// <summary>The commit was rolled back as a whole: what the file says counts.</summary>
    public void Forget()
    {
        _steps.Clear();
        _byPath.Clear();
        _byNumber.Clear();
        _root = null;
        _nextNumber = 0;
    }

    /// <summary>Begins to count commits where the file is.</summary>
    public void Begin(SqliteSession session)
    {
        Forget();
        _commits = (_root = Root(session)).Members;
    }

    private static bool IsOfRows(Head head) => head.Table is GuardedTable.Records or GuardedTable.Events;

    private static Head Root(SqliteSession session) => HeadRows.ByNumber(session, RootNumber)
        ?? new() { Number = RootNumber, Store = 0, Table = GuardedTable.Root, Path = "" };

    private Head Of(SqliteSession session, long store, GuardedTable table, string path)
    {
        if (_byPath.TryGetValue((store, table, path), out var head))
        {
            return head;
        }

        return Keep(HeadRows.ByPath(session, store, table, path)
            ?? new() { Number = NextNumber(session), Store = store, Table = table, Path = path });
    }

    private Head OfNumber(SqliteSession session, long number)
    {
        if (_byNumber.TryGetValue(number, out var head))
        {
            return head;
        }

        // One that is not there was taken away: its rows are not trusted, and may go without it.
        return Keep(HeadRows.ByNumber(session, number)
            ?? new() { Number = number, Store = 0, Table = GuardedTable.Root, Path = $"{number}" });
    }

    private Head Keep(Head head)
    {
        if (_byNumber.Count >= MaxKept && _steps.Count == 0)
        {
            _byPath.Clear();
            _byNumber.Clear();
        }

        _byNumber[head.Number] = head;
        return _byPath[(head.Store, head.Table, head.Path)] = head;
    }

    // A number whose head was erased is given again only after a restart, when nothing in memory means the old one.
    private long NextNumber(SqliteSession session)
    {
        if (_nextNumber == 0)
        {
            _nextNumber = 1 + Math.Max(session.Number("SELECT max(number) FROM heads"), session.Number("SELECT max(head) FROM guards"));
        }

        return _nextNumber++;
    }

    private ReadOnlySpan<UInt128> Numbers(List<Step> steps)
    {
        if (_numbers.Length < steps.Count)
        {
            _numbers = new UInt128[2 * steps.Count];
            _tags = new byte[IntegrityKey.TagLength * _numbers.Length];
        }

        for (var i = 0; i < steps.Count; i++)
        {
            steps[i].Tag.CopyTo(_tags.AsSpan(i * IntegrityKey.TagLength));
        }

        var numbers = _numbers.AsSpan(0, steps.Count);
        key.Numbers(_tags.AsSpan(0, steps.Count * IntegrityKey.TagLength), numbers);
        return numbers;
    }

    private readonly record struct Step(Head Head, StepKind Kind, byte[] Tag);
}
