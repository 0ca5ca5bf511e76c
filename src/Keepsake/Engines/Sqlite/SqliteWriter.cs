using System.Collections.Concurrent;
using Keepsake.Protection.Audit;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>The one thread that writes. What waits is committed together, with one fsync, and only then acknowledged.</summary>
/// <remarks>
/// An operation that fails is rolled back to its savepoint and does not touch its neighbours. The writer takes what is
/// waiting and never waits for company, so a lone write pays one commit and a crowd shares one.
/// </remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    /// <summary>Most operations in one commit.</summary>
    public const int MaxGroup = 128;

    /// <summary>Most operations that wait; beyond them callers wait to enqueue.</summary>
    public const int MaxQueue = 4_096;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private readonly BlockingCollection<Operation> _queue = new(MaxQueue);
    private readonly SqliteSession _session;
    private readonly WriteAheadLog _log;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<AuditEntry> _entries = [];

    public SqliteWriter(SqliteSession session, WriteAheadLog log)
    {
        _session = session;
        _log = log;
        _thread = new(Run) { IsBackground = true, Name = "Keepsake writer" };
        _thread.Start();
    }

    private SqliteHealth Health => _session.Guard.Health;

    /// <summary>Gets or sets the audit log, which is committed with what it tells of; <see langword="null"/>: there is none.</summary>
    public AuditTrail? Audit { get; set; }

    /// <summary>Runs an operation in a transaction and returns once it is durable.</summary>
    /// <param name="operation">Runs on the writer's thread; what it adds to the list is told to <paramref name="committed"/>.</param>
    /// <param name="committed">Called in the order of commits; the result is returned when its task has ended; <see langword="null"/>: nobody listens.</param>
    /// <param name="cancellationToken">Gives up while the operation waits its turn.</param>
    /// <param name="entries">What the audit log is to say besides; <see langword="null"/>: nothing.</param>
    public Task<T> WriteAsync<T>(
        Func<SqliteSession, List<MemoryChange>, T> operation,
        Func<IReadOnlyList<MemoryChange>, Task>? committed,
        CancellationToken cancellationToken,
        IReadOnlyList<AuditEntry>? entries = null)
    {
        Health.ThrowIfReadOnly();
        Health.ThrowIfRefused();
        var queued = new Operation<T>(operation, committed, cancellationToken) { Note = AuditNote.Current, Entries = entries };
        try
        {
            _queue.Add(queued, cancellationToken);
        }
        catch (InvalidOperationException)
        {
            throw new MemoryException(MemoryErrorCode.Unavailable, "The store is closing. Try again.");
        }

        return queued.Task;
    }

    /// <summary>Finishes what waits, then copies the log into the database and empties it.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await _ended.Task;
        _queue.Dispose();
    }

    private void Run()
    {
        List<Operation> group = new(MaxGroup);
        while (!_queue.IsCompleted)
        {
            if (!_queue.TryTake(out var first, Rest))
            {
                _log.Empty();
                continue;
            }

            group.Add(first);
            while (group.Count < MaxGroup && _queue.TryTake(out var next))
            {
                group.Add(next);
            }

            Commit(group);
            group.Clear();
            _log.CopyWhenLong();
        }

        _log.Empty();
        _ended.SetResult();
    }

    private void Commit(List<Operation> group)
    {
        try
        {
            // Commits are counted, so each would bring an older database nearer to the one that is missed.
            Health.ThrowIfReadOnly();
            Health.ThrowIfRefused();
            _session.Execute("BEGIN IMMEDIATE");
            foreach (var operation in group)
            {
                RunOne(operation);
            }

            Log(group);
            _session.Guard.Heads.Flush(_session);
            FailPoint.Hit("commit.before");
            _session.Execute("COMMIT");
            _session.Guard.Heads.Committed();
            Audit?.Committed();
            _log.Grew();
            FailPoint.Hit("commit.after");
        }
        catch (Exception e) when (e is SqliteException or MemoryException)
        {
            RollBack();
            _session.Guard.Heads.Forget();
            Audit?.RolledBack();
            foreach (var operation in group)
            {
                operation.Note?.Committed(isCommitted: false);
                operation.Fail(e is SqliteException fault ? Note(fault) : e);
            }

            return;
        }

        foreach (var operation in group)
        {
            operation.Succeed();
        }

        Audit?.AfterCommit();
    }

    // Last, so that an operation that was rolled back to its savepoint leaves no link of the chain.
    private void Log(List<Operation> group)
    {
        if (Audit is null)
        {
            return;
        }

        _entries.Clear();
        foreach (var operation in group)
        {
            operation.AddEntriesTo(_entries);
        }

        Audit.Append(_session, _entries);
    }

    private void RunOne(Operation operation)
    {
        var mark = _session.Guard.Heads.Mark;
        _session.Execute("SAVEPOINT operation");
        try
        {
            operation.Run(_session);
            _session.Execute("RELEASE operation");
        }
        catch (SqliteException fault) when (fault.StopsWriting() || !IsInTransaction)
        {
            // The transaction is gone or must not be trusted: the whole group fails.
            throw;
        }
#pragma warning disable CA1031 // Whatever fails in one operation is that operation's answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _session.Execute("ROLLBACK TO operation");
            _session.Execute("RELEASE operation");
            _session.Guard.Heads.RollBack(mark);
            operation.Fail(e.TryToMemoryException() ?? e);
        }
    }

    private bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_session.Connection.Handle) == 0;

    private void RollBack()
    {
        try
        {
            if (IsInTransaction)
            {
                _session.Execute("ROLLBACK");
            }
        }
        catch (SqliteException fault)
        {
            _ = Note(fault);
        }
    }

    private MemoryException Note(SqliteException fault)
    {
        var error = fault.ToMemoryException();
        if (fault.StopsWriting())
        {
            Health.ReadOnly = error.Message;
        }

        return error;
    }

    private abstract class Operation(CancellationToken cancellationToken)
    {
        public bool IsCancelled { get; private set; }

        public AuditNote? Note { get; init; }

        public IReadOnlyList<AuditEntry>? Entries { get; init; }

        protected abstract bool HasFailed { get; }

        protected abstract IReadOnlyList<MemoryChange> Changes { get; }

        protected CancellationToken Cancellation => cancellationToken;

        public void Run(SqliteSession session)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                IsCancelled = true;
                return;
            }

            RunCore(session);
        }

        /// <summary>Adds what the audit log is to say of it: what came with it, and what it changed.</summary>
        public void AddEntriesTo(List<AuditEntry> entries)
        {
            if (HasFailed || IsCancelled)
            {
                return;
            }

            entries.AddRange(Entries ?? []);
            if (Note is { } note && (Changes.Count > 0 || note.IsOfFolder))
            {
                entries.Add(note.Done(Changes.Count, Changes.Select(change => change.Id)));
                note.Committed(isCommitted: true);
            }
        }

        public abstract void Fail(Exception error);

        public abstract void Succeed();

        protected abstract void RunCore(SqliteSession session);
    }

    private sealed class Operation<T>(
        Func<SqliteSession, List<MemoryChange>, T> run,
        Func<IReadOnlyList<MemoryChange>, Task>? committed,
        CancellationToken cancellationToken) : Operation(cancellationToken)
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<MemoryChange> _changes = [];
        private T? _result;

        public Task<T> Task => _done.Task;

        protected override bool HasFailed => _done.Task.IsCompleted;

        protected override IReadOnlyList<MemoryChange> Changes => _changes;

        public override void Fail(Exception error) => _done.TrySetException(error);

        public override void Succeed()
        {
            if (IsCancelled)
            {
                _done.TrySetCanceled(Cancellation);
            }

            if (_done.Task.IsCompleted)
            {
                return;
            }

            var followed = _changes.Count > 0 ? committed?.Invoke(_changes) : null;
            if (followed is null or { IsCompleted: true })
            {
                _done.TrySetResult(_result!);
            }
            else
            {
                // Who follows does so on a thread of its own, and the next group need not wait for that.
                followed.ContinueWith(_ => _done.TrySetResult(_result!), TaskScheduler.Default);
            }
        }

        protected override void RunCore(SqliteSession session) => _result = run(session, _changes);
    }
}
