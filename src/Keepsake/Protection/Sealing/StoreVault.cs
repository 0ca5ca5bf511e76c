using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Keepsake.Protection.Sealing;

/// <summary>How far a store is encrypted.</summary>
internal enum SealingState
{
    /// <summary>Not at all.</summary>
    Plain = 0,

    /// <summary>Wholly: a row that is not sealed is not taken.</summary>
    Sealed = 1,

    /// <summary>It is being encrypted: what is written is sealed, and what was there is, row by row.</summary>
    Sealing = 2,

    /// <summary>It is being decrypted: what is written is plain, and what was there is, row by row.</summary>
    Opening = 3,
}

/// <summary>Seals what a store writes and opens what it reads. One for each store that is encrypted, or on its way to or from it.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class StoreVault : IDisposable
{
    private const string BodyField = "body";
    private const string EmbeddingField = "embedding";

    private readonly KeyRing? _ring;
    private readonly RecordKeys? _recordKeys;
    private readonly MemoryException? _locked;
    private readonly bool _wasSealed;
    private readonly byte[] _blindNames;
    private readonly ConcurrentDictionary<int, byte[]> _salts = new();
    private volatile SealingState _state;

    /// <summary>Opens the vault of a store.</summary>
    /// <param name="storeId">The store's id, which everything sealed is bound to.</param>
    /// <param name="state">How far the store is encrypted.</param>
    /// <param name="ring">Its keys.</param>
    public StoreVault(string storeId, SealingState state, KeyRing ring)
    {
        (StoreId, _state, _ring, _wasSealed) = (storeId, state, ring, state is SealingState.Sealed);
        _recordKeys = new(ring, storeId);
        _blindNames = Derive("keepsake names of keyed records");
        IndexKey = Derive("keepsake search index");
    }

    /// <summary>Makes the vault of a store whose keys cannot be had.</summary>
    /// <param name="storeId">The store's id.</param>
    /// <param name="state">How far the store is encrypted.</param>
    /// <param name="reason">Why they cannot.</param>
    public StoreVault(string storeId, SealingState state, MemoryException reason) => (StoreId, _state, _locked, _blindNames, IndexKey) = (storeId, state, reason, [], []);

    public string StoreId { get; }

    /// <summary>Gets or sets how far the store is encrypted.</summary>
    public SealingState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>Gets whether a row that is not sealed is refused: only while the store is as encrypted as it was when it was opened, else a reader may still see one.</summary>
    public bool IsStrict => _wasSealed && _state is SealingState.Sealed;

    /// <summary>Gets whether what is written is sealed.</summary>
    public bool Seals => _state is SealingState.Sealed or SealingState.Sealing;

    /// <summary>Gets the epoch that is sealed in.</summary>
    public int Epoch => Ring.Epoch;

    /// <summary>Gets the key of the search index's files.</summary>
    public byte[] IndexKey { get; }

    /// <summary>Gets why nothing can be read or written; <see langword="null"/>: it can.</summary>
    public MemoryException? Locked => _locked;

    /// <summary>Gets the keys.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: they cannot be had.</exception>
    public KeyRing Ring => _ring ?? throw new MemoryException(_locked!.Code, _locked.Message, _locked);

    /// <summary>Makes the keys that are missing to seal for some names, in one step.</summary>
    public void Ensure(IEnumerable<(string? Namespace, string? Actor)> names) => Ring.Ensure(names.SelectMany(Named));

    /// <summary>Seals a row.</summary>
    public SealedRow Seal(RowName name, ReadOnlySpan<byte> body, byte[]? embedding)
    {
        // The epoch first: a key that another epoch brings meanwhile makes it an older one, and so it is sealed anew before it is written.
        var epoch = Epoch;
        Ensure([(name.Namespace, name.Actor)]);
        var (namespaceKey, actorKey) = (Active(KeyKind.Namespace, name.Namespace), Active(KeyKind.Actor, name.Actor));
        Span<byte> key = stackalloc byte[MasterKey.Length];
        RandomNumberGenerator.Fill(key);
        using var aes = new AesGcm(key, Envelope.TagLength);
        var uid = namespaceKey?.Uid ?? 0;
        var row = new SealedRow(
            Envelope.Seal(aes, 0, body, AboutOf(name, uid, BodyField).Bytes),
            embedding is null ? null : Envelope.Seal(aes, 0, embedding, AboutOf(name, uid, EmbeddingField).Bytes),
            SealKey(namespaceKey, actorKey, key),
            this,
            epoch);
        CryptographicOperations.ZeroMemory(key);
        return row;
    }

    /// <summary>Opens a row.</summary>
    /// <exception cref="CryptographicException">It was changed, or is another row's.</exception>
    public (byte[] Body, byte[]? Embedding) Open(RowName name, RowKey key, byte[] body, byte[]? embedding)
    {
        var uid = Uid(key);
        var plain = _recordKeys!.Open(key.NamespaceKey, key.ActorKey, key.Sealed);
        using var aes = new AesGcm(plain, Envelope.TagLength);
        CryptographicOperations.ZeroMemory(plain);
        return (
            Envelope.Open(aes, body, AboutOf(name, uid, BodyField).Bytes),
            embedding is null ? null : Envelope.Open(aes, embedding, AboutOf(name, uid, EmbeddingField).Bytes));
    }

    /// <summary>Seals the key of a row with the keys of the present epoch.</summary>
    /// <returns>The key, or <see langword="null"/>: it is sealed with them already.</returns>
    /// <exception cref="CryptographicException">It was changed.</exception>
    public RowKey? SealAnew(RowKey key)
    {
        if (IsActive(key))
        {
            return null;
        }

        var plain = _recordKeys!.Open(key.NamespaceKey, key.ActorKey, key.Sealed);
        var anew = SealKey(Successor(key.NamespaceKey), Successor(key.ActorKey), plain);
        CryptographicOperations.ZeroMemory(plain);
        return anew;
    }

    /// <summary>Whether a row's key is sealed with the keys of the present epoch.</summary>
    public bool IsActive(RowKey key) =>
        (Successor(key.NamespaceKey)?.Number ?? 0) == key.NamespaceKey && (Successor(key.ActorKey)?.Number ?? 0) == key.ActorKey;

    /// <summary>Whether a row can be opened, as far as its keys were not destroyed.</summary>
    public bool HasKeys(RowKey key) =>
        (key.NamespaceKey == 0 || Ring.Find(key.NamespaceKey) is not null) && (key.ActorKey == 0 || Ring.Find(key.ActorKey) is not null);

    /// <summary>What stands for a record's key in its column: equal for equal keys, and says nothing about them.</summary>
    public string BlindKey(string key) => Convert.ToBase64String(HMACSHA256.HashData(_blindNames, Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));

    /// <summary>What stands for a content: equal for equal contents of one namespace and actor, and says nothing once either's key was destroyed.</summary>
    public byte[] BlindContent(string? @namespace, string? actor, string content)
    {
        if (Seals)
        {
            Ensure([(@namespace, actor)]);
        }

        Span<byte> salts = stackalloc byte[2 * MasterKey.Length];
        salts.Clear();
        TakeSalt(Active(KeyKind.Namespace, @namespace), salts[..MasterKey.Length]);
        TakeSalt(Active(KeyKind.Actor, actor), salts[MasterKey.Length..]);
        return HMACSHA256.HashData(salts, Encoding.UTF8.GetBytes(content))[..16];
    }

    /// <summary>Forgets keys that are in memory, because some were destroyed.</summary>
    public void Forget()
    {
        _recordKeys?.Forget();
        _salts.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _recordKeys?.Dispose();
        CryptographicOperations.ZeroMemory(_blindNames);
        CryptographicOperations.ZeroMemory(IndexKey);
    }

    private static IEnumerable<(KeyKind, string)> Named((string? Namespace, string? Actor) names)
    {
        if (names.Namespace is { } path)
        {
            yield return (KeyKind.Namespace, path);
        }

        if (names.Actor is { } actor)
        {
            yield return (KeyKind.Actor, actor);
        }
    }

    private RingKey? Active(KeyKind kind, string? name) => name is null ? null : Ring.Active(kind, name);

    private int Uid(RowKey key) => key.NamespaceKey == 0 ? 0 : (Ring.Find(key.NamespaceKey) ?? throw RingFile.Damaged()).Uid;

    // The key that seals now for whom a key seals, or sealed.
    private RingKey? Successor(int number) => number == 0 ? null : Ring.Find(number) is { } key ? Ring.Active(key.Kind, key.Name) : throw RingFile.Damaged();

    private RowKey SealKey(RingKey? namespaceKey, RingKey? actorKey, ReadOnlySpan<byte> key)
    {
        var (first, second) = (namespaceKey?.Number ?? 0, actorKey?.Number ?? 0);
        return new(first, second, _recordKeys!.Seal(first, second, key));
    }

    private About AboutOf(RowName name, int uid, string field)
    {
        var about = new About(name.IsRecord ? "record" : "event");
        about.Add(StoreId);
        about.Add(uid);
        about.Add(name.Id);
        about.Add(name.Version);
        about.Add(field);
        return about;
    }

    private void TakeSalt(RingKey? key, Span<byte> salt)
    {
        if (key is null)
        {
            return;
        }

        if (!_salts.TryGetValue(key.Number, out var known))
        {
            if (_salts.Count >= RecordKeys.MaxDerived)
            {
                _salts.Clear();
            }

            var material = Ring.Material(key.Number);
            _salts[key.Number] = known = material[MasterKey.Length..];
            CryptographicOperations.ZeroMemory(material);
        }

        known.CopyTo(salt);
    }

    private byte[] Derive(string purpose)
    {
        var material = Ring.Material(Ring.Active(KeyKind.Store, "")!.Number);
        var key = HKDF.Expand(HashAlgorithmName.SHA256, material.AsSpan(MasterKey.Length).ToArray(), MasterKey.Length, Encoding.UTF8.GetBytes(purpose));
        CryptographicOperations.ZeroMemory(material);
        return key;
    }
}
