using System.Security.Cryptography;

namespace Keepsake.Protection.Sealing;

/// <summary>Seals the keys of single records and events, under a key that is derived from the namespace's and the actor's.</summary>
/// <remarks>Safe for concurrent use. Derived keys are kept for as long as there is room, and never on a disk.</remarks>
internal sealed class RecordKeys(KeyRing ring, string store) : IDisposable
{
    /// <summary>Most derived keys that are kept.</summary>
    public const int MaxDerived = 4_096;

    private readonly Dictionary<(int, int), AesGcm> _derived = [];
    private readonly Lock _lock = new();

    /// <summary>Seals the key of a record.</summary>
    /// <param name="namespaceKey">The number of the namespace's key; 0: none.</param>
    /// <param name="actorKey">The number of the actor's key; 0: none.</param>
    /// <param name="key">The record's key.</param>
    public byte[] Seal(int namespaceKey, int actorKey, ReadOnlySpan<byte> key)
    {
        lock (_lock)
        {
            return Envelope.Seal(Derived(namespaceKey, actorKey), Math.Max(namespaceKey, actorKey), key, AboutOf(namespaceKey, actorKey).Bytes);
        }
    }

    /// <summary>Opens the key of a record. The caller wipes it.</summary>
    /// <exception cref="CryptographicException">It was changed or is another's.</exception>
    /// <exception cref="MemoryException">A key that it needs is not there.</exception>
    public byte[] Open(int namespaceKey, int actorKey, ReadOnlySpan<byte> envelope)
    {
        lock (_lock)
        {
            return Envelope.Open(Derived(namespaceKey, actorKey), envelope, AboutOf(namespaceKey, actorKey).Bytes);
        }
    }

    /// <summary>Forgets the derived keys: one that they stem from was destroyed.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            foreach (var key in _derived.Values)
            {
                key.Dispose();
            }

            _derived.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Forget();

    // Not the record: its key opens its own content and nothing else, and so a key that is moved to another row opens nothing.
    private About AboutOf(int namespaceKey, int actorKey)
    {
        var about = new About("row key", isNested: false);
        about.Add(store);
        about.Add(namespaceKey);
        about.Add(actorKey);
        return about;
    }

    private AesGcm Derived(int namespaceKey, int actorKey)
    {
        if (_derived.TryGetValue((namespaceKey, actorKey), out var known))
        {
            return known;
        }

        if (_derived.Count == MaxDerived)
        {
            Forget();
        }

        var material = GC.AllocateArray<byte>(2 * MasterKey.Length, pinned: true);
        Span<byte> key = stackalloc byte[MasterKey.Length];
        Take(namespaceKey, material.AsSpan(0, MasterKey.Length));
        Take(actorKey, material.AsSpan(MasterKey.Length));
        HKDF.DeriveKey(HashAlgorithmName.SHA256, material, key, [], "keepsake record keys"u8);
        var derived = new AesGcm(key, Envelope.TagLength);
        CryptographicOperations.ZeroMemory(material);
        CryptographicOperations.ZeroMemory(key);
        return _derived[(namespaceKey, actorKey)] = derived;
    }

    private void Take(int number, Span<byte> key)
    {
        if (number != 0)
        {
            var material = ring.Material(number);
            material.AsSpan(0, MasterKey.Length).CopyTo(key);
            CryptographicOperations.ZeroMemory(material);
        }
    }
}
