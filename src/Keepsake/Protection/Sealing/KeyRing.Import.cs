using System.Security.Cryptography;

namespace Keepsake.Protection.Sealing;

/// <content>Puts a ring back that was exported.</content>
internal sealed partial class KeyRing
{
    private KeyRing(RingFile file, string store, MasterKeys masters, TimeProvider time, ExportedRing exported, IEnumerable<int> gone)
    {
        (_file, _store, _masters, _time, _lines) = (file, store, masters, time, []);
        foreach (var key in exported.Keys)
        {
            // Sealing wipes what it is given, and the caller may still compare.
            var line = new RingKey(key.Kind, key.Name, key.Number, key.Uid, key.Epoch, key.CreatedAt, "", []);
            _lines.Add(key.Kind == KeyKind.Destroyed ? line : line with { Master = masters.Current().Id, Sealed = masters.Current().Seal(key.Material, AboutOf(line)) });
        }

        // Their numbers are never given again: what they sealed must not be taken for another's.
        _lines.AddRange(gone.Order().Select(number => new RingKey(KeyKind.Destroyed, "", number, number, exported.Epoch, time.GetUtcNow(), "", [])));
        Index();
    }

    /// <summary>Puts exported keys in the place of a ring that is missing or cannot be opened, sealed with the master key that is here; one is made where there is none and none is missed.</summary>
    /// <param name="keys">The folder.</param>
    /// <param name="masters">The master keys.</param>
    /// <param name="time">Dates what is lost.</param>
    /// <param name="exported">The keys.</param>
    /// <param name="gone">The numbers of keys that were made or destroyed and are not among them.</param>
    /// <param name="check">Looks at the ring before anything is written, and throws where it is not the right one.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: another ring needs a master key that is not here.</exception>
    public static void Put(KeysFolder keys, MasterKeys masters, TimeProvider time, ExportedRing exported, IReadOnlyCollection<int> gone, Action<KeyRing> check)
    {
        RefuseIfMissed(keys, masters, except: exported.StoreId);
        masters.Current(creates: true);
        var ring = new KeyRing(new RingFile(keys, exported.StoreId), exported.StoreId, masters, time, exported, gone);
        check(ring);

        // What is there cannot be opened, or this would not be asked for: it is of no use, and its keys may be destroyed one day.
        ring._file.Replace(ring._lines, wipes: true);
        FailPoint.Hit("keys.imported");
        ring.Verify(ring._file.Read());
    }

    /// <summary>Whether the ring holds these keys and no others.</summary>
    public bool Holds(ExportedRing exported)
    {
        var mine = Keys.ToDictionary(line => line.Number);
        return mine.Count == exported.Keys.Count
            && exported.Keys.All(key => mine.TryGetValue(key.Number, out var line) && key.IsOf(line) && (key.Kind == KeyKind.Destroyed || HasMaterial(key)));
    }

    private bool HasMaterial(ExportedKey key)
    {
        var material = Material(key.Number);
        var isEqual = CryptographicOperations.FixedTimeEquals(material, key.Material);
        CryptographicOperations.ZeroMemory(material);
        return isEqual;
    }
}
