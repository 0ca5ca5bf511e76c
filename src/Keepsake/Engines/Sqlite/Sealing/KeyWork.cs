using System.Security.Cryptography;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite.Sealing;

/// <summary>Brings the rows of a store to the keys and the state that the store has now: row by row, beside the work.</summary>
/// <remarks>
/// There is nothing to remember: what is to be done is seen in the rows, so work that was cut off anywhere is done by doing it again. New rows are right
/// from the start, because a row is sealed with what counts at the moment when it is written.
/// </remarks>
/// <param name="database">The database.</param>
/// <param name="store">The store's number.</param>
internal sealed class KeyWork(SqliteDatabase database, long store)
{
    /// <summary>Most keys of rows that are sealed anew in one transaction, so that writers do not wait long.</summary>
    public const int MaxKeysAtOnce = 100;

    /// <summary>Most rows that are written anew in one transaction.</summary>
    public const int MaxRowsAtOnce = 50;

    private const int ReadAtOnce = 4_000;

    private readonly HashSet<long> _unopenable = [];
    private long _done;
    private long _total;

    /// <summary>Gets how many rows were looked at.</summary>
    public long Done => Interlocked.Read(ref _done);

    private StoreVault Vault => database.Guard.VaultOf(store) ?? throw MemoryException.NotFound("The store is not encrypted any more.");

    /// <summary>Seals the keys of rows with the keys of the present epoch.</summary>
    public async Task SealKeysAnewAsync(CancellationToken cancellationToken)
    {
        for (var after = 0L; after >= 0;)
        {
            var from = after;
            var keys = await database.ReadAsync(session => Keys(session, from), cancellationToken);
            after = keys.Count < ReadAtOnce ? -1 : keys[^1].Row;
            foreach (var part in keys.Chunk(MaxKeysAtOnce))
            {
                await WriteAsync(SealAnew(part), cancellationToken);
                Interlocked.Add(ref _done, part.Length);
            }
        }
    }

    /// <summary>Writes rows anew that are not as they are to be: sealed, plain, or sealed with other keys.</summary>
    /// <param name="which">Which rows: a condition over the columns of rows and guards.</param>
    /// <param name="values">The values of the condition, from <c>$4</c> on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RewriteAsync(string which, object?[] values, CancellationToken cancellationToken)
    {
        foreach (var table in (string[])["records", "events"])
        {
            var sql = $"SELECT seq FROM {table} {GuardedRow.Join} WHERE seq > $2 AND +store = $1 AND ({which}) ORDER BY seq LIMIT $3";
            for (var after = 0L; after >= 0;)
            {
                var from = after;
                after = await database.WriteAsync((session, _) => Rewrite(session, table, sql, from, values), null, cancellationToken);
            }
        }
    }

    /// <summary>How many rows a condition of <see cref="RewriteAsync"/> holds for: after it, those that could not be read.</summary>
    public Task<long> CountAsync(string which, CancellationToken cancellationToken) => database.ReadAsync(
        session => ((string[])["records", "events"]).Sum(table => session.Number($"SELECT count(*) FROM {table} {GuardedRow.Join} WHERE +store = $1 AND ({which})", store)),
        cancellationToken);

    /// <summary>How many rows the store had when this was first asked: to count a million takes longer than a caller waits between two questions.</summary>
    public async Task<long> TotalAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Read(ref _total) == 0)
        {
            Interlocked.Exchange(ref _total, await database.ReadAsync(
                session => session.Number("SELECT count(*) FROM guards JOIN heads ON number = head WHERE store = $1", store),
                cancellationToken));
        }

        return Interlocked.Read(ref _total);
    }

    /// <summary>Begins anew.</summary>
    public void Restart() => Interlocked.Exchange(ref _done, 0);

    /// <summary>Writes rows anew whose keys are not those of the present epoch.</summary>
    public async Task RewriteOldAsync(CancellationToken cancellationToken)
    {
        for (var after = 0L; after >= 0;)
        {
            var from = after;
            var keys = await database.ReadAsync(session => Keys(session, from), cancellationToken);
            after = keys.Count < ReadAtOnce ? -1 : keys[^1].Row;
            foreach (var part in keys.Where(key => Vault.HasKeys(key.Key) && !Vault.IsActive(key.Key)).Chunk(MaxRowsAtOnce))
            {
                await database.WriteAsync((session, _) => Rewrite(session, part), null, cancellationToken);
            }
        }
    }

    /// <summary>How many rows there are whose keys are not those of the present epoch, without those that were found changed.</summary>
    public async Task<long> CountOldAsync(CancellationToken cancellationToken)
    {
        var old = 0L;
        for (var after = 0L; after >= 0;)
        {
            var from = after;
            var keys = await database.ReadAsync(session => Keys(session, from), cancellationToken);
            after = keys.Count < ReadAtOnce ? -1 : keys[^1].Row;
            old += keys.Count(key => Vault.HasKeys(key.Key) && !Vault.IsActive(key.Key) && !_unopenable.Contains(key.Row));
        }

        return old;
    }

    private List<(long Row, RowKey Key, RowKey New)> SealAnew(IEnumerable<(long Row, RowKey Key)> keys)
    {
        List<(long, RowKey, RowKey)> anew = [];
        var vault = Vault;
        foreach (var (row, key) in keys)
        {
            try
            {
                if (vault.HasKeys(key) && vault.SealAnew(key) is { } @new)
                {
                    anew.Add((row, key, @new));
                }
            }
            catch (CryptographicException)
            {
                // It was changed by something else: the row cannot be read, before and after.
                database.Health.Damaged("guards", row);
                _unopenable.Add(row);
            }
        }

        return anew;
    }

    private async Task WriteAsync(List<(long Row, RowKey Old, RowKey New)> keys, CancellationToken cancellationToken)
    {
        if (keys.Count > 0)
        {
            // A row that was written meanwhile has another key, and that one is right.
            await database.WriteAsync(
                (session, _) => keys.Sum(key => session.Execute(
                    "UPDATE guards SET namespace_key = $2, actor_key = $3, row_key = $4 WHERE guarded = $1 AND row_key = $5",
                    key.Row, key.New.NamespaceKey, key.New.ActorKey, key.New.Sealed, key.Old.Sealed)),
                null,
                cancellationToken);
            FailPoint.Hit("rotate.rewrapped");
        }
    }

    private List<(long Row, RowKey Key)> Keys(SqliteSession session, long after)
    {
        using var reader = session.Query(
            """
            SELECT guarded, namespace_key, actor_key, row_key FROM guards JOIN heads ON number = head
            WHERE guarded > $1 AND +store = $2 AND row_key IS NOT NULL ORDER BY guarded LIMIT $3
            """,
            after, store, ReadAtOnce);
        List<(long, RowKey)> keys = [];
        while (reader.Read())
        {
            keys.Add((reader.GetInt64(0), new((int)reader.GetInt64(1), (int)reader.GetInt64(2), reader.Bytes(3))));
        }

        return keys;
    }

    private long Rewrite(SqliteSession session, string table, string sql, long after, object?[] values)
    {
        List<long> rows = [];
        using (var reader = session.Query(sql, [store, after, MaxRowsAtOnce, .. values]))
        {
            while (reader.Read())
            {
                rows.Add(reader.GetInt64(0));
            }
        }

        foreach (var row in rows)
        {
            Rewrite(session, isEvent: table == "events", row);
        }

        Interlocked.Add(ref _done, rows.Count);
        FailPoint.Hit("rotate.rewritten");
        return rows.Count < MaxRowsAtOnce ? -1 : rows[^1];
    }

    private int Rewrite(SqliteSession session, (long Row, RowKey Key)[] rows)
    {
        foreach (var (row, _) in rows)
        {
            Rewrite(session, isEvent: session.Number("SELECT 1 FROM events WHERE seq = $1", row) == 1, row);
        }

        Interlocked.Add(ref _done, rows.Length);
        FailPoint.Hit("rotate.rewritten");
        return rows.Length;
    }

    private void Rewrite(SqliteSession session, bool isEvent, long row)
    {
        try
        {
            if (isEvent)
            {
                EventRows.Rewrite(session, store, row);
            }
            else if (!RecordRows.TryRewrite(session, store, row, TimeProvider.System.GetUtcNow()))
            {
                ChangeRows.NoteChange(session, row, database.NextSeq);
            }
        }
        catch (Exception e) when (RowFaults.AreDamage(e))
        {
            database.Health.Damaged(isEvent ? "events" : "records", row);
        }
    }
}
