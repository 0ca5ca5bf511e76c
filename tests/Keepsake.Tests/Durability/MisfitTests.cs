using Keepsake.Engines.Sqlite;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>What the tables refuse is refused alone.</summary>
public sealed class MisfitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_does_not_fit_into_its_table_keeps_nothing_else_away()
    {
        using var folder = new TemporaryFolder();
        await using var database = SqliteDatabase.Open(folder.Path);
        var store = await database.WriteAsync(
            (session, _) => StoreRows.Insert(session, new("default", "default-0000000000", ScriptedMemory.At, Encrypted: false)), null, Token);
        await database.WriteAsync(
            (session, _) => session.Execute("CREATE TEMP TRIGGER no_event BEFORE INSERT ON main.events WHEN NEW.id = '1#2' BEGIN SELECT RAISE(ABORT, 'no'); END")
                + session.Execute("CREATE TEMP TRIGGER no_record BEFORE INSERT ON main.records WHEN NEW.id = 'mem-2' BEGIN SELECT RAISE(ABORT, 'no'); END"),
            null,
            Token);
        var engine = new SqliteEngine(database, store, TimeProvider.System);

        var events = await engine.AppendAsync([.. Enumerable.Range(1, 3).Select(i => ScriptedMemory.Event($"1#{i}", $"event {i}"))], 100, null, Token);
        var records = await engine.UpsertAsync([.. Enumerable.Range(1, 3).Select(i => ScriptedMemory.Record($"mem-{i}", $"fact {i}"))], null, Token);

        WriteResult[] expected = [WriteResult.Created, WriteResult.Refused, WriteResult.Created];
        Assert.Equal(expected, events.Select(o => o.Outcome));
        Assert.Equal(expected, records.Select(o => o.Outcome));
        Assert.Equal(["1#3", "1#1"], (await engine.ListEventsAsync(new(), new(10), Token)).Items.Select(e => e.Id));
        Assert.Equal(["mem-1", "mem-3"], (await engine.ListAsync(new(), new(10), Token)).Items.Select(r => r.Id));
    }
}
