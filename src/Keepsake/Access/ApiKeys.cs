using System.Security.Cryptography;
using Keepsake.Capture;
using Keepsake.Engines.Sqlite;
using Keepsake.Protection.Redaction;

namespace Keepsake.Access;

/// <summary>The API keys of a data folder: in the database, and in memory for those who ask with each request.</summary>
/// <param name="database">Where they are kept.</param>
/// <param name="redactor">Finds secrets in what a key names.</param>
/// <param name="time">Says what has expired.</param>
internal sealed class ApiKeys(SqliteDatabase database, Redactor redactor, TimeProvider time) : IDisposable
{
    /// <summary>The file in <c>keys/</c> that says that a key was made once, whatever became of the database.</summary>
    public const string MarkName = "callers";

    private const string Finding = "api_keys";

    private readonly SemaphoreSlim _turn = new(1);
    private volatile ApiKeyList _list = new() { Guards = new Dictionary<long, byte[]>() };
    private volatile bool _wereMade;

    /// <summary>Reads the keys.</summary>
    public async Task LoadAsync()
    {
        Take(await database.ReadAsync(ApiKeyRows.All, CancellationToken.None));
        _wereMade = database.Guard.Keys.Has(MarkName);
        if (!_list.IsAny || database.Health.ReadOnly is not null)
        {
            return;
        }

        try
        {
            Mark();
        }
        catch (MemoryException)
        {
            // The disk is full: the next start does it. As long as the rows are there, they say the same.
        }
    }

    /// <summary>Finds whose secret it is.</summary>
    public Authenticated Find(string? secret)
    {
        var list = _list;
        var isRequired = _wereMade || list.IsAny;
        if (secret is null)
        {
            return new(isRequired, Caller: null);
        }

        // All are compared and each in constant time: how long it takes tells nothing of which is nearest.
        var hash = ApiKey.HashOf(secret);
        ApiKey? found = null;
        foreach (var (key, known) in list.Keys)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, known) ? key : found;
        }

        // In a database that is refused a key may be as it was before it was revoked.
        var isValid = found is not null && found.IsValidAt(time.GetUtcNow()) && database.Health.Refused is null;
        return new(isRequired, isValid ? found!.ToCaller() : null);
    }

    /// <inheritdoc cref="IAdministration.ListKeysAsync"/>
    public IReadOnlyList<ApiKey> List() => [.. _list.Keys.Select(row => row.Key)];

    /// <inheritdoc cref="IAdministration.CreateKeyAsync"/>
    public async Task<CreatedApiKey> CreateAsync(NewApiKey wanted, CancellationToken cancellationToken)
    {
        var key = ApiKey.Of(wanted, time.GetUtcNow());
        RefuseSecrets(key);
        var secret = ApiKey.NewSecret();
        await WriteAsync(
            all =>
            {
                if (all.Knows(key.Name))
                {
                    throw new MemoryException(
                        MemoryErrorCode.Conflict, $"There is, or was, a key '{key.Name}', and the audit log knows it by that name. Choose another.");
                }

                return all.Keys.Count + all.Doubtful.Count < ApiKey.MaxKeys
                    ? (key, ApiKey.HashOf(secret))
                    : throw MemoryException.Invalid($"There are {ApiKey.MaxKeys} keys, revoked ones included, the most there can be.");
            },
            cancellationToken);
        return new(key, secret);
    }

    /// <inheritdoc cref="IAdministration.RevokeKeyAsync"/>
    public Task<ApiKey> RevokeAsync(string name, CancellationToken cancellationToken) => WriteAsync(
        all => all.Of(name) is { } known ? (known.Key with { RevokedAt = known.Key.RevokedAt ?? time.GetUtcNow() }, known.Hash)
            : all.Doubtful.Contains(name, StringComparer.Ordinal) ? (RevokedOf(name), ApiKey.HashOf(ApiKey.NewSecret()))
            : throw MemoryException.NotFound("There is no key with that name. List them with: keepsake apikey list"),
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private void RefuseSecrets(ApiKey key)
    {
        Cleaner.Identifier(redactor, key.Name, "The name of a key");
        foreach (var (name, kind) in (key.Stores ?? []).Select(name => (name, "A store"))
            .Concat((key.Namespaces ?? []).Select(name => (name, "A namespace")))
            .Concat((key.Actors ?? []).Select(name => (name, "An actor"))))
        {
            Cleaner.Identifier(redactor, name, $"{kind} of the key");
        }
    }

    // What somebody else wrote is not taken over, but for the name.
    private ApiKey RevokedOf(string name) => new() { Name = name, Scopes = "", CreatedAt = time.GetUtcNow(), RevokedAt = time.GetUtcNow() };

    // One at a time until it is in memory: else a list that was read before a revocation may take the place of one that was read after.
    private async Task<ApiKey> WriteAsync(Func<ApiKeyList, (ApiKey Key, byte[] Hash)> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var (written, list) = await database.WriteAsync(
                (session, _) =>
                {
                    var (key, hash) = change(ApiKeyRows.All(session));
                    Mark();
                    ApiKeyRows.Upsert(session, key, hash);
                    return (key, ApiKeyRows.All(session));
                },
                committed: null,
                cancellationToken);
            Take(list);
            return written;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Take(ApiKeyList list)
    {
        _list = list;
        database.Health.Note(Finding, list.Warning);
    }

    private void Mark()
    {
        if (!_wereMade)
        {
            database.Guard.Keys.Replace(MarkName, []);
            _wereMade = true;
        }
    }
}
