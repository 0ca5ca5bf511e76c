using System.Security.Cryptography;
using Keepsake.Engines.Sqlite;

namespace Keepsake.Access;

/// <summary>The API keys of a data folder: in the database, and in memory for those who ask with each request.</summary>
/// <param name="database">Where they are kept.</param>
/// <param name="time">Says what has expired.</param>
internal sealed class ApiKeys(SqliteDatabase database, TimeProvider time)
{
    private List<(ApiKey Key, byte[] Hash)> _keys = [];

    /// <summary>Reads the keys.</summary>
    public async Task LoadAsync() => _keys = await database.ReadAsync(ApiKeyRows.All, CancellationToken.None);

    /// <summary>Finds whose secret it is.</summary>
    public Authenticated Find(string? secret)
    {
        var keys = _keys;
        if (secret is null)
        {
            return new(keys.Count > 0, Caller: null);
        }

        // All are compared and each in constant time: how long it takes tells nothing of which is nearest.
        var hash = ApiKey.HashOf(secret);
        ApiKey? found = null;
        foreach (var (key, known) in keys)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, known) ? key : found;
        }

        return new(keys.Count > 0, found is not null && found.IsValidAt(time.GetUtcNow()) ? found.ToCaller() : null);
    }

    /// <inheritdoc cref="IAdministration.ListKeysAsync"/>
    public IReadOnlyList<ApiKey> List() => [.. _keys.Select(row => row.Key)];

    /// <inheritdoc cref="IAdministration.CreateKeyAsync"/>
    public async Task<CreatedApiKey> CreateAsync(NewApiKey wanted, CancellationToken cancellationToken)
    {
        var key = ApiKey.Of(wanted, time.GetUtcNow());
        var secret = ApiKey.NewSecret();
        await WriteAsync(
            all =>
            {
                if (all.Exists(row => string.Equals(row.Key.Name, key.Name, StringComparison.Ordinal)))
                {
                    throw new MemoryException(
                        MemoryErrorCode.Conflict, $"There is, or was, a key '{key.Name}', and the audit log knows it by that name. Choose another.");
                }

                return all.Count < ApiKey.MaxKeys
                    ? (key, ApiKey.HashOf(secret))
                    : throw MemoryException.Invalid($"There are {ApiKey.MaxKeys} keys, revoked ones included, the most there can be.");
            },
            cancellationToken);
        return new(key, secret);
    }

    /// <inheritdoc cref="IAdministration.RevokeKeyAsync"/>
    public Task<ApiKey> RevokeAsync(string name, CancellationToken cancellationToken) => WriteAsync(
        all => all.Find(row => string.Equals(row.Key.Name, name, StringComparison.Ordinal)) is { Key: { } key, Hash: { } hash }
            ? (key with { RevokedAt = key.RevokedAt ?? time.GetUtcNow() }, hash)
            : throw MemoryException.NotFound("There is no key with that name. List them with: keepsake apikey list"),
        cancellationToken);

    private async Task<ApiKey> WriteAsync(Func<List<(ApiKey Key, byte[] Hash)>, (ApiKey Key, byte[] Hash)> change, CancellationToken cancellationToken)
    {
        var written = await database.WriteAsync(
            (session, _) =>
            {
                var (key, hash) = change(ApiKeyRows.All(session));
                ApiKeyRows.Upsert(session, key, hash);
                return key;
            },
            committed: null,
            cancellationToken);
        await LoadAsync();
        return written;
    }
}
