using System.Security.Cryptography;
using Keepsake.Engines.Sqlite;

namespace Keepsake.Protection.Audit;

/// <summary>Checks the whole log: up to the last checkpoint by what was signed, after it by the chain's key.</summary>
internal sealed class AuditCheck
{
    private readonly ECDsa _signing;
    private readonly AuditChain _saved;
    private readonly Queue<AuditCheckpoint> _checkpoints;
    private readonly List<string> _problems = [];
    private AuditChain _chain;
    private AuditChain _keyed;
    private long _entries;
    private long _first;
    private int _checked;
    private bool _savedIsSigned;

    private AuditCheck(IReadOnlyList<AuditCheckpoint> checkpoints, AuditChain saved, ECDsa signing)
    {
        (_saved, _keyed, _signing) = (saved, saved, signing);
        _savedIsSigned = saved.Seq == 0;
        _chain = new(0, [], AuditChain.Nothing, AuditChain.Nothing);
        foreach (var removed in checkpoints.Where(c => c.Kind == AuditCheckpointKind.Removed))
        {
            CheckSignature(removed);
            _chain = removed.Chain;
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
        var check = new AuditCheck(AuditRows.Checkpoints(session), saved, signing);
        AuditRows.Each(session, -1, check.Take);
        check.End(last);
        return new(
            check._problems.Count == 0, check._entries, check._first, check._entries == 0 ? 0 : check._chain.Seq, check._checked,
            [.. check._problems.Take(AuditReport.MaxProblems)], Convert.ToBase64String(signing.ExportSubjectPublicKeyInfo()));
    }

    private void Take(long seq, long at, byte[] body, byte[] mac)
    {
        if (_entries++ == 0)
        {
            _first = seq;
        }

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
        if (seq > _saved.Seq)
        {
            _keyed = _keyed.With(seq, body);
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

    private void End(long? last)
    {
        CheckpointsBefore(long.MaxValue);
        if (!_savedIsSigned)
        {
            _problems.Add(_saved.Digest.AsSpan().SequenceEqual(AuditChain.Nothing)
                ? $"The key of the log was replaced after entry {_saved.Seq}: entries up to there cannot be checked with it."
                : $"The checkpoint at entry {_saved.Seq} was changed or removed.");
        }

        if (last is null)
        {
            _problems.Add("The note of the last entry was changed or removed.");
        }

        if (Math.Max(last ?? 0, _saved.Seq) is var known && known > _chain.Seq)
        {
            _problems.Add($"Entries {_chain.Seq + 1} to {known} were cut off.");
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
        _savedIsSigned |= checkpoint.Chain.Seq == _saved.Seq && checkpoint.Chain.Digest.AsSpan().SequenceEqual(_saved.Digest);

    private void CheckSignature(AuditCheckpoint checkpoint)
    {
        _checked++;
        if (!checkpoint.IsSignedBy(_signing))
        {
            _problems.Add($"The checkpoint at entry {checkpoint.Chain.Seq} is not signed by the key of this log.");
        }
    }
}
