using Keepsake.Capture;
using Keepsake.Engines;
using Keepsake.Engines.Sqlite;
using Keepsake.Recall;
using Keepsake.Serialization;

namespace Keepsake;

/// <content>Deleting stores, with all that is theirs outside the database.</content>
public sealed partial class MemoryStores
{
    private static readonly DeleteAnswer Deleted = new(Success: true, 1);

    /// <summary>Deletes a store, whoever asks.</summary>
    internal Task DeleteOwnAsync(string name, string? token, CancellationToken cancellationToken)
    {
        var once = CallToken.Of(token, "delete store", name);
        return OnceAsync(
            TokenRows.Folder, once, KeepsakeJson.Default.DeleteAnswer,
            () => AloneAsync(() => DeleteOnceAsync(name, once, cancellationToken), cancellationToken), cancellationToken);
    }

    private async Task<DeleteAnswer> DeleteOnceAsync(string name, WriteToken? token, CancellationToken cancellationToken)
    {
        if (string.Equals(name, DefaultStore, StringComparison.Ordinal))
        {
            throw MemoryException.Invalid("The default store stays. Forget its records instead.");
        }

        if (!_numbers.TryGetValue(name, out var number))
        {
            throw NoSuchStore(name);
        }

        await _database.WriteAsync((session, _) => Erase(session, name, number, token), committed: null, cancellationToken);
        FailPoint.Hit("delete.committed");
        _numbers.TryRemove(new(name, number));
        try
        {
            _keys.Delete(number, _ids[number]);
        }
        finally
        {
            // It is deleted, also where a file of its keys stays until the next start.
            if (_open.TryRemove(number, out var open) && open.IsValueCreated)
            {
                await open.Value.DisposeAsync();
            }

            IndexSnapshot.Delete(IndexFolder(number));
        }

        return Deleted;
    }

    private bool Erase(SqliteSession session, string name, long number, WriteToken? token)
    {
        if (!StoreRows.Exists(session, number))
        {
            throw NoSuchStore(name);
        }

        _keys.Deleted.Begin(_ids[number]);
        FailPoint.Hit("delete.noted");
        StoreRows.Erase(session, number, _database.NextSeq);
        Note(session, TokenRows.Folder, token, Deleted, KeepsakeJson.Default.DeleteAnswer);
        return true;
    }

    /// <summary>Removes what a kill left of stores that were deleted.</summary>
    private async Task FinishDeletionsAsync()
    {
        if (_database.Health.ReadOnly is not null)
        {
            return;
        }

        try
        {
            var ids = _ids.Values.ToHashSet(StringComparer.Ordinal);
            var folder = Path.Combine(_folder, IndexName);
            string[] indexes = Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).Where(path => !ids.Contains(Path.GetFileName(path)))] : [];
            if (indexes.Length == 0 && _keys.Deleted.Begun.Count == 0)
            {
                return;
            }

            // A database that is not the right one does not say which stores are gone.
            await _database.Care.Checked;
            if (_database.Health.Refused is null)
            {
                Array.ForEach(indexes, IndexSnapshot.Delete);
                _keys.FinishDeletions(ids.Contains);
            }
        }
        catch (Exception e) when (e is MemoryException or IOException or UnauthorizedAccessException)
        {
            // What is wrong with the folder is said to whoever writes; the next start tries again.
        }
    }
}
