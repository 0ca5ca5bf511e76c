using System.Collections.Concurrent;
using System.Security.Cryptography;
using Keepsake.Protection;
using Keepsake.Protection.Integrity;
using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>Says of each row of a database whether it may be given out, and knows the vaults of its stores.</summary>
/// <remarks>One for each database, shared by its connections.</remarks>
internal sealed class RowGuard : IDisposable
{
    private readonly ConcurrentDictionary<long, StoreVault> _vaults = new();

    public RowGuard(KeysFolder keys, SqliteHealth health)
    {
        Keys = keys;
        Health = health;
        Key = IntegrityKey.Of(keys);
        Heads = new(Key);
    }

    /// <summary>Gets the folder of the keys.</summary>
    public KeysFolder Keys { get; }

    public SqliteHealth Health { get; }

    public IntegrityKey Key { get; }

    /// <summary>Gets the heads; only the writer's thread changes them.</summary>
    public Heads Heads { get; }

    /// <summary>Gets or sets up to which row rows may be as an earlier program, or one with another key, wrote them.</summary>
    /// <remarks>It stays until the next start also when all were signed anew: a reader may have begun before.</remarks>
    public long AdoptsUpTo { get; set; }

    /// <summary>Gets or sets up to which time, in ticks, tokens may be as an earlier program, or one with another key, wrote them.</summary>
    public long AdoptsTokensUpTo { get; set; }

    /// <summary>Gets or sets whether those rows were written with another key, so that only damage can be told.</summary>
    public bool AdoptsForeign { get; set; }

    /// <summary>Gets or sets whether all rows were written with another key, so that only damage can be told: of a file that is read and not used.</summary>
    public bool IsForeign { get; set; }

    /// <summary>Gets or sets whether rows that are read whole, of API keys, quarantines and rebuilds, may be as an earlier program, or one with another key, wrote them.</summary>
    public bool TakesUnsigned { get; set; }

    /// <summary>Gets or sets which keys of each store have been destroyed, where rows are checked by their checksum alone; <see langword="null"/>: checked rows are opened.</summary>
    public IReadOnlyDictionary<long, IReadOnlySet<int>>? Destroyed { get; set; }

    /// <summary>The vault of a store.</summary>
    /// <returns>The vault, or <see langword="null"/>: the store is not encrypted.</returns>
    public StoreVault? VaultOf(long store) => _vaults.GetValueOrDefault(store);

    /// <summary>Sets the vault of a store; <see langword="null"/>: it is not encrypted any more.</summary>
    public void SetVault(long store, StoreVault? vault)
    {
        if (vault is null)
        {
            _vaults.TryRemove(store, out _);
        }
        else
        {
            _vaults[store] = vault;
        }
    }

    /// <summary>Gets the vaults.</summary>
    public IEnumerable<(long Store, StoreVault Vault)> Vaults => _vaults.Select(pair => (pair.Key, pair.Value));

    /// <summary>Whether a row may be given out.</summary>
    /// <param name="row">The row's columns, as they were read.</param>
    /// <param name="digest">Gives the digest of its columns; with its numbers in it as schema 3 had it, where that is asked for.</param>
    public bool Passes(GuardedRow row, Func<bool, byte[]> digest)
    {
        if (row.Guard is null)
        {
            return row.Seq <= AdoptsUpTo && (row.Checksum.Length == RowChecksum.UnkeyedLength
                ? row.Checksum.AsSpan().SequenceEqual(digest(true).AsSpan(0, RowChecksum.UnkeyedLength))
                : AdoptsForeign || IsForeign
                    ? IntegrityKey.IsUndamaged(row.Store, row.Seq, digest(false), row.Checksum)
                    : Key.Vouches(row.Store, row.Seq, digest(false), row.Checksum));
        }

        return !Health.IsDistrusted(row.Head)
            && row.Checksum.Length == IntegrityKey.ChecksumLength
            && row.Checksum.AsSpan(0, IntegrityKey.TagLength).SequenceEqual(row.Guard)
            && (IsForeign
                ? IntegrityKey.IsUndamaged(row.Store, row.Seq, digest(false), row.Checksum)
                : Key.Vouches(row.Store, row.Seq, digest(false), row.Checksum));
    }

    /// <summary>What vouches for a row that has no number.</summary>
    /// <param name="digest">A SHA-256 over its columns and its table's name.</param>
    public byte[] ChecksumOf(ReadOnlySpan<byte> digest) => Key.Checksum(0, 0, digest);

    /// <summary>Whether a row that has no number counts.</summary>
    /// <param name="digest">A SHA-256 over its columns and its table's name, which is all that schema 8 and before stored.</param>
    /// <param name="checksum">Its checksum.</param>
    public bool Passes(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> checksum) => Key.Vouches(0, 0, digest, checksum)
        || (TakesUnsigned && (checksum.SequenceEqual(digest) || IntegrityKey.IsUndamaged(0, 0, digest, checksum)));

    /// <summary>Whether a key that a row is sealed with has been destroyed.</summary>
    public bool IsShredded(GuardedRow row) => row.Key is { } key && Destroyed?.GetValueOrDefault(row.Store) is { } destroyed
        && (destroyed.Contains(key.NamespaceKey) || destroyed.Contains(key.ActorKey));

    /// <summary>Opens what a row holds.</summary>
    /// <exception cref="CryptographicException">It was changed, is another row's, or is not sealed where it must be.</exception>
    public (byte[] Body, byte[]? Embedding) Open(GuardedRow row, RowName name, byte[] body, byte[]? embedding)
    {
        var vault = VaultOf(row.Store);
        if (Envelope.Is(body))
        {
            return vault is not null && row.Key is { } key
                ? vault.Open(name, key, body, embedding)
                : throw new CryptographicException("A sealed row in a store that is not encrypted.");
        }

        // Who can write rows must not get a plain one taken for one of an encrypted store.
        return vault is { IsStrict: true } ? throw new CryptographicException("A plain row in an encrypted store.") : (body, embedding);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, vault) in Vaults)
        {
            vault.Dispose();
        }

        Key.Dispose();
    }
}

/// <summary>The columns of a row that say whether it may be given out.</summary>
/// <param name="Store">Its store.</param>
/// <param name="Seq">Its number.</param>
/// <param name="Checksum">Its checksum.</param>
/// <param name="Head">The head that counts it.</param>
/// <param name="Guard">Its tag, as its guard has it; <see langword="null"/>: it has no guard, or one that only keeps its key.</param>
/// <param name="Key">Its sealed key; <see langword="null"/>: it is not sealed.</param>
internal readonly record struct GuardedRow(long Store, long Seq, byte[] Checksum, long Head, byte[]? Guard, RowKey? Key)
{
    /// <summary>The columns of guards that follow a row's own.</summary>
    public const string Columns = "head, guard, namespace_key, actor_key, row_key";

    /// <summary>Joins a row's guard to it.</summary>
    public const string Join = "LEFT JOIN guards ON guarded = seq";

    /// <summary>Reads them.</summary>
    public static GuardedRow Read(Microsoft.Data.Sqlite.SqliteDataReader reader, long store, long seq, byte[] checksum, int first) => new(
        store,
        seq,
        checksum,
        reader.NumberOrNull(first) ?? 0,
        reader.BytesOrNull(first + 1) is { Length: > 0 } guard ? guard : null,
        reader.BytesOrNull(first + 4) is { } sealedKey
            ? new((int)(reader.NumberOrNull(first + 2) ?? 0), (int)(reader.NumberOrNull(first + 3) ?? 0), sealedKey)
            : null);
}
