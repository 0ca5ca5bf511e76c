using System.Security.Cryptography;
using Keepsake.Engines.Sqlite;

namespace Keepsake.Protection.Audit;

/// <summary>The chain as the writer goes on with it: entries are added in the transaction of what they tell of. One thread at a time.</summary>
/// <param name="keys">The key material.</param>
/// <param name="time">Dates checkpoints.</param>
/// <param name="maxEntries">Most entries that are kept.</param>
internal sealed class AuditTrail(AuditKeys keys, TimeProvider time, long maxEntries = AuditTrail.MaxEntries) : IDisposable
{
    /// <summary>Most entries that are kept; the oldest go, and a signed statement says how many.</summary>
    public const long MaxEntries = 1_000_000;

    /// <summary>Most entries between two checkpoints.</summary>
    public const int MaxBetweenCheckpoints = 1_000;

    /// <summary>Longest time between an entry and the checkpoint after it, while the process runs.</summary>
    public static readonly TimeSpan MaxCheckpointAge = TimeSpan.FromSeconds(60);

    private ECDsa? _signing;
    private AuditChain? _saved;
    private AuditChain? _committed;
    private AuditChain? _pending;
    private AuditChain? _toSave;
    private AuditCheckpoint? _beginning;
    private long? _openSince;
    private long _noted;
    private long _lastNoted = -1;

    /// <summary>Gets where the chain stood at the last checkpoint, and who signs; <see langword="null"/>: nothing was read or added yet.</summary>
    public (AuditChain Saved, ECDsa Signing, long Last)? Known =>
        _saved is { } saved && _signing is { } signing && _committed is { } committed ? (saved, signing, committed.Seq) : null;

    /// <summary>Gets whether a checkpoint is due by its time.</summary>
    public bool IsCheckpointDue => _openSince is { } since && time.GetElapsedTime(since) >= MaxCheckpointAge;

    /// <summary>Adds entries in the transaction under way.</summary>
    /// <exception cref="MemoryException">There is no key and none can be made: what cannot be logged is not done.</exception>
    public void Append(SqliteSession session, IReadOnlyList<AuditEntry> entries)
    {
        if (entries.Count == 0 && !IsCheckpointDue)
        {
            return;
        }

        try
        {
            Load(session);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unwritable(e);
        }

        if (_beginning is { } beginning)
        {
            AuditRows.Insert(session, beginning);
        }

        var chain = _committed!;
        foreach (var entry in entries)
        {
            var placed = entry with { Seq = Math.Max(chain.Seq, _noted) + 1 };
            var body = AuditCodec.Encode(placed);
            chain = chain.With(placed.Seq, body);
            AuditRows.Insert(session, placed, body, chain.Head);
        }

        _pending = chain;
        if (chain.Seq - _saved!.Seq >= MaxBetweenCheckpoints || IsCheckpointDue)
        {
            AuditRows.Insert(session, AuditCheckpoint.Sign(_signing!, AuditCheckpointKind.SoFar, chain, time.GetUtcNow()));
            RemoveOldest(session, chain.Seq);
            _toSave = chain;
        }
    }

    /// <summary>The transaction was committed.</summary>
    public void Committed()
    {
        if (_pending is not null)
        {
            _openSince ??= time.GetTimestamp();
            (_committed, _pending, _beginning) = (_pending, null, null);
        }
    }

    /// <summary>The transaction was rolled back.</summary>
    public void RolledBack() => (_pending, _toSave) = (null, null);

    /// <summary>Lets go of the keys before a checkpoint, once it is durable and those who waited have their answers.</summary>
    public void AfterCommit()
    {
        if (_toSave is not { } chain)
        {
            return;
        }

        _toSave = null;
        _openSince = null;
        try
        {
            keys.Save(chain, _signing!);
            _saved = chain;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The keys of before lead to where the chain is, only by a longer way. The next checkpoint tries again.
        }
    }

    /// <summary>Notes the last entry outside the database.</summary>
    public void NoteLast()
    {
        if (_committed is { } committed && _signing is { } signing && committed.Seq != _lastNoted)
        {
            try
            {
                keys.SaveLast(signing, committed.Seq);
                _lastNoted = committed.Seq;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next time.
            }
        }
    }

    public void Dispose() => _signing?.Dispose();

    private void Load(SqliteSession session)
    {
        if (_committed is not null)
        {
            return;
        }

        (_saved, _signing) = Own(session) ?? Begin(AuditRows.LastSeq(session));
        _noted = keys.LoadLast(_signing, _saved) ?? 0;
        _committed = Follow(session, _saved);
        _openSince = _committed.Seq > _saved.Seq ? time.GetTimestamp() : null;
    }

    // The keys of another log are let go: it is not here any more, and those who hold this one must be able to check what is added to it.
    private (AuditChain Chain, ECDsa Signing)? Own(SqliteSession session)
    {
        if (keys.Load() is not { } loaded)
        {
            return null;
        }

        if (AuditBeginning.Of(session, AuditRows.Checkpoints(session), loaded.Chain, loaded.Signing) is not null)
        {
            return loaded;
        }

        // How far the log was that is not here: places that were given are not given again, and show as missing.
        _noted = keys.LoadLast(loaded.Signing, loaded.Chain) ?? loaded.Chain.Seq;
        loaded.Signing.Dispose();
        return null;
    }

    // The first time, or the key is gone or another log's: then the check says that what lies before cannot be checked.
    private (AuditChain Chain, ECDsa Signing) Begin(long last)
    {
        var chain = new AuditChain(last, RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes), AuditChain.Nothing, AuditChain.Nothing);
        var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        keys.Save(chain, signing);
        keys.SaveLast(signing, Math.Max(last, _noted));
        _beginning = AuditBeginning.State(signing, last, time.GetUtcNow());
        return (chain, signing);
    }

    // To the last entry that is there. Where one is not as it was written the chain goes on from what is there, and its digest never fits again.
    private static AuditChain Follow(SqliteSession session, AuditChain saved)
    {
        var chain = saved;
        AuditRows.Each(session, saved.Seq, (seq, _, body, mac) =>
        {
            var next = chain.With(seq, body);
            chain = next.Head.AsSpan().SequenceEqual(mac) ? next : next with { Head = mac, Digest = SHA256.HashData(chain.Digest) };
        });
        return chain;
    }

    private void RemoveOldest(SqliteSession session, long last)
    {
        if (last - AuditRows.FirstSeq(session) < maxEntries || AuditRows.CheckpointBefore(session, last - maxEntries) is not { } old)
        {
            return;
        }

        AuditRows.EraseThrough(session, old.Chain.Seq);
        AuditRows.Insert(session, AuditCheckpoint.Sign(_signing!, AuditCheckpointKind.Removed, old.Chain, time.GetUtcNow()));
    }
}
