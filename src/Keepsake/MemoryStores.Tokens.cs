using System.Text.Json.Serialization.Metadata;
using Keepsake.Capture;
using Keepsake.Engines;
using Keepsake.Engines.Sqlite;

namespace Keepsake;

/// <content>Calls about stores that may be sent again.</content>
public sealed partial class MemoryStores
{
    private readonly SemaphoreSlim _alone = new(1);

    /// <summary>Makes a call once per token; its transaction must <see cref="Note"/> what it answers.</summary>
    /// <param name="store">Whose tokens: a store's, or <see cref="TokenRows.Folder"/>.</param>
    /// <param name="token">The token; <see langword="null"/>: none.</param>
    /// <param name="type">How the answer is kept.</param>
    /// <param name="write">Makes the call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private Task<T> OnceAsync<T>(long store, WriteToken? token, JsonTypeInfo<T> type, Func<Task<T>> write, CancellationToken cancellationToken)
        where T : class
    {
        return CallToken.OnceAsync(token, FindAsync, write, Task.FromResult);

        async Task<T?> FindAsync(WriteToken once)
        {
            // Until the heads were looked at, nobody knows whether the rows are the last ones.
            await _database.Care.Checked.WaitAsync(cancellationToken);
            _database.Health.ThrowIfRefused();
            return await _database.ReadAsync(session => TokenRows.Find(session, _database.Health, store, once, type), cancellationToken);
        }
    }

    /// <summary>Makes or deletes a store when no other is being made or deleted, so that whoever is refused sees why: what got through is committed then.</summary>
    private async Task<T> AloneAsync<T>(Func<Task<T>> write, CancellationToken cancellationToken)
    {
        await _alone.WaitAsync(cancellationToken);
        try
        {
            return await write();
        }
        finally
        {
            _alone.Release();
        }
    }

    private void Note<T>(SqliteSession session, long store, WriteToken? token, T answer, JsonTypeInfo<T> type)
    {
        if (token is not null)
        {
            TokenRows.Insert(session, store, token, answer, type, _time.GetUtcNow());
        }
    }
}
