using System.Security.Cryptography;

namespace Keepsake.Protection.Sealing;

/// <summary>The keys of a store as an export holds them, opened. They are wiped when it is disposed.</summary>
/// <param name="StoreId">The store's id.</param>
/// <param name="Keys">The keys, destroyed ones too, in the order of their making.</param>
internal sealed record ExportedRing(string StoreId, IReadOnlyList<ExportedKey> Keys) : IDisposable
{
    /// <summary>Gets the highest epoch of a key.</summary>
    public int Epoch => Keys.Select(key => key.Epoch).DefaultIfEmpty(1).Max();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in Keys)
        {
            CryptographicOperations.ZeroMemory(key.Material);
        }
    }
}

/// <summary>A key as an export holds it.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Name">Whose it is.</param>
/// <param name="Number">Its number in the ring.</param>
/// <param name="Uid">The number of the first key of this name.</param>
/// <param name="Epoch">The ring's epoch when it was made or destroyed.</param>
/// <param name="CreatedAt">When that was, in UTC.</param>
/// <param name="Material">The key and the name's salt; empty: it was destroyed.</param>
internal sealed record ExportedKey(KeyKind Kind, string Name, int Number, int Uid, int Epoch, DateTimeOffset CreatedAt, byte[] Material)
{
    /// <summary>Whether it is the key that a ring has, as far as that can be told without opening it.</summary>
    public bool IsOf(RingKey key) => (Kind, Number, Uid, Epoch) == (key.Kind, key.Number, key.Uid, key.Epoch) && string.Equals(Name, key.Name, StringComparison.Ordinal);
}
