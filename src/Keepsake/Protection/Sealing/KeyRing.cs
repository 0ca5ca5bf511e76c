using System.Security.Cryptography;

namespace Keepsake.Protection.Sealing;

/// <summary>The keys of one encrypted store: one for the store, one for each namespace and one for each actor, each with its epochs.</summary>
/// <remarks>
/// Safe for concurrent use. A key is on the disk before anything is sealed with it. <see cref="Epoch"/> grows whenever another key is to be sealed
/// with, so that who sealed something under an earlier one sees it.
/// </remarks>
internal sealed partial class KeyRing
{
    /// <summary>Most keys of a ring, destroyed ones included.</summary>
    public const int MaxKeys = 1_000_000;

    /// <summary>Bytes of a key's material: the key itself, and the salt that its name keeps over all epochs.</summary>
    public const int MaterialLength = 2 * MasterKey.Length;

    private readonly RingFile _file;
    private readonly string _store;
    private readonly MasterKeys _masters;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private List<RingKey> _lines;
    private Dictionary<int, RingKey> _byNumber = [];
    private Dictionary<(KeyKind, string), RingKey> _active = [];
    private int _epoch = 1;
    private bool _isClosed;
    private bool _isDeleted;
    private int _nextNumber = 1;

    private KeyRing(KeysFolder keys, string store, MasterKeys masters, TimeProvider time)
    {
        (_file, _store, _masters, _time) = (new(keys, store), store, masters, time);
        _lines = _file.ReadAndMend();
        Index();
    }

    /// <summary>Gets the number that says which keys are sealed with.</summary>
    public int Epoch
    {
        get
        {
            lock (_lock)
            {
                return _epoch;
            }
        }
    }

    /// <summary>Gets the keys, destroyed ones too, in the order of their making.</summary>
    public IReadOnlyList<RingKey> Keys
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Whether a store has a ring that something was sealed with.</summary>
    public static bool HasSealed(KeysFolder keys, string store) => new RingFile(keys, store).Read().Exists(key => key.Kind is KeyKind.Namespace or KeyKind.Actor);

    /// <summary>The numbers of a store's keys that were destroyed. It needs no master key.</summary>
    public static IReadOnlySet<int> DestroyedOf(KeysFolder keys, string store) =>
        new RingFile(keys, store).Read().Where(key => key.Kind == KeyKind.Destroyed).Select(key => key.Number).ToHashSet();

    /// <summary>The epoch of a store's ring. It needs no master key.</summary>
    public static int EpochOf(KeysFolder keys, string store) => new RingFile(keys, store).Read().Select(key => key.Epoch).DefaultIfEmpty(1).Max();

    /// <summary>Opens the ring of a store.</summary>
    /// <param name="keys">The folder.</param>
    /// <param name="store">The store's id.</param>
    /// <param name="masters">The master keys.</param>
    /// <param name="time">Dates new keys.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: the ring or the master key that it needs is not there;
    /// <see cref="MemoryErrorCode.Corrupt"/>: it is damaged or was changed.</exception>
    public static KeyRing Open(KeysFolder keys, string store, MasterKeys masters, TimeProvider time)
    {
        var ring = new KeyRing(keys, store, masters, time);
        if (!ring._active.TryGetValue((KeyKind.Store, ""), out var own))
        {
            throw new MemoryException(
                MemoryErrorCode.Unavailable, "The key ring of this encrypted store is missing. Put the folder keys/ back from a copy, and start Keepsake again; or its keys from an export: keepsake keys import");
        }

        CryptographicOperations.ZeroMemory(ring.Material(own.Number));
        return ring;
    }

    /// <summary>Makes the ring of a store, with the store's own key; the master key too where there is none and none is missed.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: another ring needs a master key that is not here.</exception>
    public static KeyRing Create(KeysFolder keys, string store, MasterKeys masters, TimeProvider time)
    {
        RefuseIfMissed(keys, masters);
        masters.Current(creates: true);
        var ring = new KeyRing(keys, store, masters, time);
        ring.Ensure([(KeyKind.Store, "")]);
        return ring;
    }

    // A new master key, or another one, would stand where the missed one belongs: when that is put back, what was sealed meanwhile is lost.
    private static void RefuseIfMissed(KeysFolder keys, MasterKeys masters, string? except = null)
    {
        foreach (var other in RingFile.Stores(keys).Where(other => other != except))
        {
            if (new RingFile(keys, other).Read().Find(key => key.Kind != KeyKind.Destroyed && masters.Find(key.Master) is null) is { } key)
            {
                throw new MemoryException(
                    MemoryErrorCode.Unavailable,
                    $"{KeysFolder.Name}/{other}.ring needs the master key {key.Master}. {masters.WhyNone ?? "There is another one."} Put that key back before a store is encrypted.");
            }
        }
    }

    /// <summary>The key that seals for a name.</summary>
    /// <returns>The key, or <see langword="null"/>: none was made yet.</returns>
    public RingKey? Active(KeyKind kind, string name)
    {
        lock (_lock)
        {
            return _active.GetValueOrDefault((kind, name));
        }
    }

    /// <summary>What a key is good for: <c>active</c>, <c>retired</c> or <c>destroyed</c>.</summary>
    public string StateOf(RingKey key) =>
        key.Kind == KeyKind.Destroyed ? "destroyed" : Active(key.Kind, key.Name)?.Number == key.Number ? "active" : "retired";

    /// <summary>The key with a number.</summary>
    /// <returns>The key, or <see langword="null"/>: there is none, or it was destroyed.</returns>
    public RingKey? Find(int number)
    {
        lock (_lock)
        {
            return _byNumber.GetValueOrDefault(number);
        }
    }

    /// <summary>Makes the keys that are missing of some names, in one step; none in a closed ring.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>: the store was deleted.</exception>
    public void Ensure(IEnumerable<(KeyKind Kind, string Name)> names)
    {
        lock (_lock)
        {
            RefuseIfDeleted();
            if (_isClosed)
            {
                return;
            }

            // Nearly always all of them are there.
            HashSet<(KeyKind, string)>? missing = null;
            foreach (var name in names)
            {
                if (!_active.ContainsKey(name))
                {
                    (missing ??= []).Add(name);
                }
            }

            if (missing is null)
            {
                return;
            }

            List<RingKey> made = [];
            foreach (var (kind, name) in missing)
            {
                var number = NextNumber();
                made.Add(Seal(kind, name, number, number, _epoch, RandomNumberGenerator.GetBytes(MaterialLength)));
            }

            if (_lines.Count == 0)
            {
                _file.Replace(made, wipes: false);
            }
            else
            {
                _file.Append(made);
            }

            FailPoint.Hit("keys.made");
            _lines.AddRange(made);
            made.ForEach(Index);
        }
    }

    /// <summary>What a key is made of: the key and its name's salt. The caller wipes it.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: the master key is another;
    /// <see cref="MemoryErrorCode.Corrupt"/>: the key was changed, or is not there.</exception>
    public byte[] Material(int number)
    {
        var key = Find(number) ?? throw RingFile.Damaged();
        var master = _masters.Find(key.Master) ?? throw new MemoryException(
            MemoryErrorCode.Unavailable,
            $"This encrypted store needs the master key {key.Master}. {_masters.WhyNone ?? "There is another one. Put that key back, and start Keepsake again."}");
        try
        {
            var material = master.Open(key.Sealed, AboutOf(key));
            return material.Length == MaterialLength ? material : throw RingFile.Damaged();
        }
        catch (CryptographicException e)
        {
            throw RingFile.Damaged(e);
        }
    }

    /// <summary>Begins an epoch: makes new keys for the names that are chosen, which seal from now on.</summary>
    /// <returns>How many were made.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>: the store was deleted.</exception>
    public int Rotate(Func<RingKey, bool> chosen)
    {
        lock (_lock)
        {
            RefuseIfDeleted();
            List<RingKey> made = [];
            foreach (var old in _active.Values.Where(chosen).OrderBy(key => key.Number))
            {
                var material = Material(old.Number);
                RandomNumberGenerator.Fill(material.AsSpan(0, MasterKey.Length));
                made.Add(Seal(old.Kind, old.Name, NextNumber(), old.Uid, _epoch + 1, material));
            }

            if (made.Count == 0)
            {
                return 0;
            }

            _file.Append(made);
            FailPoint.Hit("rotate.created");
            Verify([.. _file.Read().TakeLast(made.Count)]);
            FailPoint.Hit("rotate.verified");
            _lines.AddRange(made);
            made.ForEach(Index);
            return made.Count;
        }
    }

    /// <summary>Destroys keys for good. What is sealed with them is never read again, wherever it lies.</summary>
    /// <returns>The numbers of those that were destroyed.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>: the store was deleted.</exception>
    public IReadOnlyList<int> Destroy(Func<RingKey, bool> chosen)
    {
        lock (_lock)
        {
            RefuseIfDeleted();
            List<int> destroyed = [];
            List<RingKey> lines = new(_lines.Count);
            foreach (var line in _lines)
            {
                if (line.Kind is not (KeyKind.Destroyed or KeyKind.Store) && chosen(line))
                {
                    destroyed.Add(line.Number);
                    lines.Add(new(KeyKind.Destroyed, "", line.Number, line.Uid, _epoch + 1, _time.GetUtcNow(), "", []));
                }
                else
                {
                    lines.Add(line);
                }
            }

            if (destroyed.Count > 0)
            {
                _file.Replace(lines, wipes: true);
                (_lines, _byNumber, _active) = (lines, [], []);
                Index();
            }

            return destroyed;
        }
    }

    /// <summary>Destroys all keys and makes no more. What was being sealed meanwhile is sealed with keys that nothing is kept with.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Destroy(_ => true);
        }
    }

    /// <summary>Seals all keys with the master key that is in use, so that the ones before are not needed.</summary>
    public void SealAnew()
    {
        lock (_lock)
        {
            var master = _masters.Current();
            if (_isDeleted || _lines.TrueForAll(line => line.Kind == KeyKind.Destroyed || line.Master == master.Id))
            {
                return;
            }

            List<RingKey> lines = [.. _lines.Select(line => line.Kind == KeyKind.Destroyed ? line : Sealed(line, master))];
            Verify(lines);
            _file.Replace(lines, wipes: true);
            (_lines, _byNumber, _active) = (lines, [], []);
            Index();
        }
    }

    /// <summary>Removes a ring that was closed. Its keys were overwritten then: a file that a kill left half overwritten now would lock the store.</summary>
    public void Remove()
    {
        lock (_lock)
        {
            _file.Remove();
        }
    }

    /// <summary>Removes the ring of a store that was deleted, and makes no keys any more. Who began to read before goes on with those that are in memory.</summary>
    /// <exception cref="MemoryException">The file could not be removed. It is not changed any more, all the same.</exception>
    public void Delete()
    {
        lock (_lock)
        {
            _isDeleted = true;
            _file.Wipe();
        }
    }

    private void RefuseIfDeleted()
    {
        if (_isDeleted)
        {
            throw MemoryException.NotFound("The store was deleted.");
        }
    }

    private RingKey Sealed(RingKey line, MasterKey master)
    {
        var material = Material(line.Number);
        var sealedAnew = line with { Master = master.Id, Sealed = master.Seal(material, AboutOf(line)) };
        CryptographicOperations.ZeroMemory(material);
        return sealedAnew;
    }

    private RingKey Seal(KeyKind kind, string name, int number, int uid, int epoch, byte[] material)
    {
        var master = _masters.Current();
        var key = new RingKey(kind, name, number, uid, epoch, _time.GetUtcNow(), master.Id, []);
        key = key with { Sealed = master.Seal(material, AboutOf(key)) };
        CryptographicOperations.ZeroMemory(material);
        return key;
    }

    /// <summary>Reads keys back from the disk and opens each, before anything is sealed with them.</summary>
    private void Verify(IReadOnlyList<RingKey> made)
    {
        foreach (var key in made.Where(key => key.Kind != KeyKind.Destroyed))
        {
            if (_masters.Find(key.Master) is not { } master)
            {
                throw RingFile.Damaged();
            }

            CryptographicOperations.ZeroMemory(master.Open(key.Sealed, AboutOf(key)));
        }
    }

    private int NextNumber() => _nextNumber <= MaxKeys
        ? _nextNumber++
        : throw MemoryException.Invalid($"This store has {MaxKeys} keys, the most there can be: it has too many namespaces and actors.");

    private void Index() => _lines.ForEach(Index);

    private void Index(RingKey line)
    {
        _nextNumber = Math.Max(_nextNumber, line.Number + 1);
        _epoch = Math.Max(_epoch, line.Epoch);
        if (line.Kind == KeyKind.Destroyed)
        {
            return;
        }

        _byNumber[line.Number] = line;
        if (!_active.TryGetValue((line.Kind, line.Name), out var known) || known.Epoch <= line.Epoch)
        {
            _active[(line.Kind, line.Name)] = line;
        }
    }

    private ReadOnlySpan<byte> AboutOf(RingKey key)
    {
        var about = new About("ring", isNested: true);
        about.Add(_store);
        about.Add((long)key.Kind);
        about.Add(key.Name);
        about.Add(key.Number);
        about.Add(key.Uid);
        about.Add(key.Epoch);
        return about.Bytes;
    }
}
