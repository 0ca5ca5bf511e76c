using System.Security.Cryptography;
using Keepsake.Engines.Sqlite;

namespace Keepsake.Protection.Audit;

/// <summary>Checks the whole log: up to the last checkpoint by what was signed, after it by the chain's key. What was chained with a key that is
/// not here is compared with the checkpoints among it, and never whole.</summary>
internal sealed class AuditCheck
{
    private readonly ECDsa? _signing;
    private readonly AuditChain? _saved;
    private readonly long? _ours;
    private readonly Queue<AuditBeginning> _beginnings;
    private readonly Queue<AuditCheckpoint> _checkpoints;
    private readonly List<string> _problems = [];
    private AuditChain _chain;
    private AuditChain? _keyed;
    private AuditBeginning _part = new(0, null, false);
    private (long First, int Problems) _partBegan;
    private long _entries;
    private long _first;
    private int _checked;
    private bool _savedIsSigned;

    private AuditCheck(IReadOnlyList<AuditCheckpoint> checkpoints, long? ours, AuditChain? saved, ECDsa? signing)
    {
        (_ours, _saved, _keyed, _signing) = (ours, saved, saved, signing);
        _savedIsSigned = saved?.Seq == ours;
        _beginnings = new(AuditBeginning.Within(checkpoints, ours));
        _chain = new(0, [], AuditChain.Nothing, AuditChain.Nothing);
        foreach (var removed in checkpoints.Where(c => c.Kind == AuditCheckpointKind.Removed))
        {
            CheckSignature(removed);
            if (removed.Chain.Seq <= ours && ours > 0 && !removed.IsSignedBy(signing!))
            {
                _problems.Add($"That entries up to {removed.Chain.Seq} were removed by the limit is said by another key, which is not here.");
            }

            _chain = removed.Chain;
        }

        // One of another key that comes after ours has no meaning: somebody put it in.
        foreach (var stray in checkpoints.Where(c => c.Kind == AuditCheckpointKind.Begun && c.Chain.Seq > ours))
        {
            CheckSignature(stray);
        }

        while (_beginnings.TryPeek(out var beginning) && beginning.After < _chain.Seq)
        {
            _part = _beginnings.Dequeue();
        }

        _checkpoints = new(checkpoints.Where(c => c.Kind == AuditCheckpointKind.SoFar));
    }

    /// <summary>Checks the log as one snapshot of the database has it.</summary>
    /// <param name="session">A connection with the snapshot.</param>
    /// <param name="saved">The chain at the last checkpoint, with its key; it may be older than the snapshot, not newer.</param>
    /// <param name="signing">Who signs.</param>
    /// <param name="last">The last entry that is known to have been there; <see langword="null"/>: the note of it was changed.</param>
    public static AuditReport Run(SqliteSession session, AuditChain saved, ECDsa signing, long? last)
    {
        var checkpoints = AuditRows.Checkpoints(session);
        var check = new AuditCheck(checkpoints, AuditBeginning.Of(session, checkpoints, saved, signing), saved, signing);
        AuditRows.Each(session, -1, check.Take);
        check.End();
        check.EndWithKey(saved, last);
        return check.Report();
    }

    /// <summary>Says what can be said of a log whose key is gone: that it is whole only where it is empty.</summary>
    public static AuditReport RunWithoutKey(SqliteSession session)
    {
        var check = new AuditCheck(AuditRows.Checkpoints(session), null, null, null);
        AuditRows.Each(session, -1, check.Take);
        check.End();
        return check.Report();
    }

    private AuditReport Report() => new(
        _problems.Count == 0, _entries, _first, _entries == 0 ? 0 : _chain.Seq, _checked, [.. _problems.Take(AuditReport.MaxProblems)],
        _signing is { } signing ? Convert.ToBase64String(signing.ExportSubjectPublicKeyInfo()) : null);

    private void Take(long seq, long at, byte[] body, byte[] mac)
    {
        if (_entries++ == 0)
        {
            _first = seq;
            _partBegan.First = seq;
        }

        BeginningsBefore(seq);
        CheckpointsBefore(seq);
        if (seq != _chain.Seq + 1)
        {
            _problems.Add(seq > _chain.Seq + 1 ? $"Entries {_chain.Seq + 1} to {seq - 1} are missing." : $"Entry {seq} was put in.");
        }

        if (AuditCodec.Decode(body) is not { } entry || entry.Seq != seq || entry.At.UtcTicks != at)
        {
            _problems.Add($"Entry {seq} was changed.");
        }

        _chain = _chain.WithStored(seq, body, mac);
        if (_part.IsOurs && seq > _saved!.Seq)
        {
            _keyed = _keyed!.With(seq, body);
            if (!_keyed.Head.AsSpan().SequenceEqual(mac))
            {
                _problems.Add($"Entry {seq} or the one before it was changed.");
                _keyed = _keyed with { Head = mac };
            }
        }

        while (_checkpoints.TryPeek(out var checkpoint) && checkpoint.Chain.Seq == seq)
        {
            Compare(_checkpoints.Dequeue());
        }
    }

    private void End()
    {
        BeginningsBefore(long.MaxValue);
        CheckpointsBefore(long.MaxValue);
        EndPart();
    }

    private void EndWithKey(AuditChain saved, long? last)
    {
        if (_ours is not null && !_savedIsSigned)
        {
            _problems.Add(saved.Digest.AsSpan().SequenceEqual(AuditChain.Nothing)
                ? $"The key of the log was replaced after entry {saved.Seq}: entries up to there cannot be checked with it."
                : $"The checkpoint at entry {saved.Seq} was changed or removed.");
        }

        if (last is null)
        {
            _problems.Add("The note of the last entry was changed or removed.");
        }

        if (Math.Max(last ?? 0, saved.Seq) is var known && known > _chain.Seq)
        {
            _problems.Add($"Entries {_chain.Seq + 1} to {known} were cut off.");
        }
    }

    // Each key chains from nothing, whatever lies before it.
    private void BeginningsBefore(long seq)
    {
        while (_beginnings.TryPeek(out var beginning) && beginning.After < seq)
        {
            _beginnings.Dequeue();
            CheckpointsBefore(beginning.After + 1);
            if (beginning.After > _chain.Seq)
            {
                _problems.Add($"Entries {_chain.Seq + 1} to {beginning.After} are missing.");
            }

            EndPart();
            _part = beginning;
            _chain = new(Math.Max(_chain.Seq, beginning.After), [], AuditChain.Nothing, AuditChain.Nothing);
            _partBegan = (beginning.After + 1, _problems.Count);
        }
    }

    // Before what is wrong within it, because that may be more than is told.
    private void EndPart()
    {
        if (!_part.IsOurs && _entries > 0 && _chain.Seq >= _partBegan.First)
        {
            _problems.Insert(
                _partBegan.Problems,
                $"Entries {_partBegan.First} to {_chain.Seq} were chained with another key ({(_part.KeyId is { } id ? $"id {id}" : "of an earlier build, without an id")}) that is not here, "
                + "as after a restore or a move without its keys/, so they cannot be checked. "
                + (_problems.Count == _partBegan.Problems ? "They fit the checkpoints among them, which proves nothing." : "They do not fit the checkpoints among them either."));
        }
    }

    // A checkpoint whose entry is not there: what is missing is told by the gap, or at the end.
    private void CheckpointsBefore(long seq)
    {
        while (_checkpoints.TryPeek(out var checkpoint) && checkpoint.Chain.Seq < seq)
        {
            _checkpoints.Dequeue();
            CheckSignature(checkpoint);
            if (checkpoint.Chain.Seq > _chain.Seq)
            {
                _problems.Add($"Entries {_chain.Seq + 1} to {checkpoint.Chain.Seq} are missing.");
                _chain = checkpoint.Chain;
            }

            NoteSaved(checkpoint);
        }
    }

    private void Compare(AuditCheckpoint checkpoint)
    {
        CheckSignature(checkpoint);
        if (!checkpoint.Chain.Digest.AsSpan().SequenceEqual(_chain.Digest) || !checkpoint.Chain.Head.AsSpan().SequenceEqual(_chain.Head))
        {
            _problems.Add($"Something between entry {checkpoint.Chain.Seq} and the checkpoint before it was changed.");
        }

        _chain = checkpoint.Chain;
        NoteSaved(checkpoint);
    }

    private void NoteSaved(AuditCheckpoint checkpoint) =>
        _savedIsSigned |= checkpoint.Chain.Seq == _saved?.Seq && checkpoint.Chain.Digest.AsSpan().SequenceEqual(_saved.Digest);

    // Another key's checkpoints are signed by what is not here.
    private void CheckSignature(AuditCheckpoint checkpoint)
    {
        if (_signing is null || _ours is not { } ours || (ours > 0 && checkpoint.Chain.Seq <= ours))
        {
            return;
        }

        _checked++;
        if (!checkpoint.IsSignedBy(_signing))
        {
            _problems.Add($"The checkpoint at entry {checkpoint.Chain.Seq} is not signed by the key of this log.");
        }
    }
}
