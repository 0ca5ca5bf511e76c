using System.Text;
using Keepsake.Engines.Sqlite;
using Keepsake.Protection.Audit;
using Keepsake.Protection.Redaction;

namespace Keepsake.Access;

/// <summary>Read-only mode of a data folder: a file in it, so that it lasts, and the health of the database, so that it holds.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="forced">Whether the process was started read-only, whatever the file says.</param>
internal sealed class ReadOnlySwitch(string folder, bool forced)
{
    public const string FileName = "keepsake.readonly";

    /// <summary>Longest reason, in characters.</summary>
    public const int MaxReasonLength = 200;

    private const string Forced = "The owner process was started with READONLY_MODE, so nothing is written.";

    private readonly string _file = Path.Combine(folder, FileName);
    private SqliteDatabase? _database;
    private AuditLog? _log;

    /// <summary>Gets why nothing is to be written; <see langword="null"/>: writes are taken.</summary>
    public string? Reason => forced ? Forced : File.Exists(_file) ? ReasonOf(PlainFile.ReadAllText(_file)) : null;

    public ReadOnlyMode Now => Reason is { } reason ? new(On: true, reason) : new(On: false, Reason: null);

    /// <summary>Says what it switches.</summary>
    public void Attach(SqliteDatabase database, AuditLog log) => (_database, _log) = (database, log);

    /// <inheritdoc cref="IAdministration.SetReadOnlyAsync"/>
    public async Task<ReadOnlyMode> SetAsync(bool on, string? reason, Caller caller, CancellationToken cancellationToken)
    {
        if (on == Now.On)
        {
            return Now;
        }

        if (forced)
        {
            throw new MemoryException(MemoryErrorCode.Conflict, "The owner process was started with READONLY_MODE. End it and start it without.");
        }

        var said = new Capture.Cleaner(new Redactor()).Text(Capture.Rules.Name(reason, MaxReasonLength, "reason")) ?? "";
        if (on)
        {
            // What waits for the log belongs into the database. The switch is the writer's own last operation, and the entry of it, which the
            // call carries, is committed with it: not with those that waited.
            await WithoutNoteAsync(_log!.FlushAsync);
            await _database!.WriteAsync(
                (_, _) =>
                {
                    Write(said);
                    _database.Health.Mode = ReasonOf(said);
                    return true;
                },
                committed: null,
                cancellationToken);
            return Now;
        }

        await _log!.LeaveReadOnlyAsync(caller, () =>
        {
            File.Delete(_file);
            _database!.LeaveReadOnlyMode();
        });
        return Now;
    }

    private static Task WithoutNoteAsync(Func<Task> work)
    {
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(work);
        }
    }

    private void Write(string said)
    {
        try
        {
            using var file = PrivateFile.Open(_file, FileMode.Create);
            file.Write(Encoding.UTF8.GetBytes(said));
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unwritable(e);
        }
    }

    private static string ReasonOf(string said) =>
        $"Everything is read-only{(said.Trim().Length == 0 ? "" : $" ({said.Trim()})")}. To allow writes again: keepsake readonly off";
}
