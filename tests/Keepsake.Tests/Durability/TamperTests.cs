using Keepsake.Engines.Sqlite;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Engines.Sqlite.Sealing;
using Keepsake.Protection;
using Keepsake.Protection.Sealing;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>Rows that something else than Keepsake changed, swapped, put back or removed: what is given is what was written last, or nothing.</summary>
public sealed class TamperTests : IDisposable
{
    private const int Mutations = 2_500;
    private const int Records = 24;
    private const int Events = 12;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);
    private readonly ManualTime _time = new();

    private string File => _folder[SqliteDatabase.FileName];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task Nothing_wrong_is_given_whatever_is_done_to_the_rows(int seed, bool encrypted)
    {
        await WriteAsync(encrypted);
        var random = new Random(seed);
        var (wholes, refusals) = (0, 0);
        for (var i = 0; i < Mutations; i++)
        {
            using var open = new Opened(this);
            open.Session.Execute("BEGIN");
            var what = Mutation(open.Session, random);
            var given = open.Read();
            open.Session.Execute("ROLLBACK");

            Assert.All(given, item => Assert.True(_known[item.Key] == item.Value, $"Mutation {i} ({what}) made {item.Key}\n{item.Value}\nof\n{_known[item.Key]}"));
            wholes += given.Count == _known.Count ? 1 : 0;
            refusals += given.Count == 0 ? 1 : 0;
        }

        // Most of what is done costs one row, or one namespace, and not the file.
        Assert.True(refusals < Mutations / 2, $"{refusals} of {Mutations} left nothing.");
        Assert.True(wholes < Mutations / 2, $"{wholes} of {Mutations} were no mutations.");
    }

    [Fact]
    public async Task A_row_that_was_removed_and_one_that_was_put_back_are_named_by_the_scrub()
    {
        await WriteAsync(encrypted: false);
        using (var session = new SqliteSession(File, readOnly: false))
        {
            session.Execute("DELETE FROM records WHERE id = 'mem-0003'");
            session.Execute("UPDATE records SET body = old.body, checksum = old.checksum, version = old.version FROM old WHERE records.seq = old.seq AND old.id = 'mem-0005'");
        }

        await using var database = SqliteDatabase.Open(_folder.Path);
        var result = await database.Care.ScrubAsync(pause: null, TestContext.Current.CancellationToken);

        Assert.Equal((1, 1, Records + Events - 1), (result.Missing, result.Damaged, result.Rows));
        Assert.Contains(database.Health.Warnings, warning => warning.Contains("1 damaged row", StringComparison.Ordinal));
        Assert.Contains(database.Health.Warnings, warning => warning.Contains("1 rows of the namespace n3 are missing", StringComparison.Ordinal));
        Assert.Contains("1 damaged, 1 missing", database.Care.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_database_in_the_place_of_the_last_one_is_refused_until_a_person_has_decided()
    {
        await WriteAsync(encrypted: false);
        var older = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        await using (var database = SqliteDatabase.Open(_folder.Path))
        {
            await new SqliteEngine(database, 1, _time).DeleteAsync(["mem-0001"], new(Hard: true, _time.Now), TestContext.Current.CancellationToken);
        }

        await System.IO.File.WriteAllBytesAsync(File, older, TestContext.Current.CancellationToken);
        await using (var database = SqliteDatabase.Open(_folder.Path))
        {
            var error = await Assert.ThrowsAsync<MemoryException>(() => new SqliteEngine(database, 1, _time).GetAsync(["mem-0001"], TestContext.Current.CancellationToken));
            Assert.Equal(MemoryErrorCode.Corrupt, error.Code);
            Assert.Contains("remove keys/commits", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<MemoryException>(() => new SqliteEngine(database, 1, _time).DeleteAsync(["mem-0002"], new(Hard: true, _time.Now), TestContext.Current.CancellationToken));
        }

        System.IO.File.Delete(_folder["keys/commits"]);
        await using (var database = SqliteDatabase.Open(_folder.Path))
        {
            Assert.NotNull((await new SqliteEngine(database, 1, _time).GetAsync(["mem-0001"], TestContext.Current.CancellationToken))[0]);
        }
    }

    [Fact]
    public async Task An_older_database_is_refused_for_good_whatever_is_tried_on_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var folder = new Guarded();
        await folder.OpenAsync();
        await folder.Stores.CreateAsync("made", "t", cancellation);
        await folder.CloseAsync();
        var older = await System.IO.File.ReadAllBytesAsync(folder.Database, cancellation);
        await folder.OpenAsync();
        await folder.Memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "new" }] }, null, cancellation);
        await folder.CloseAsync();
        await System.IO.File.WriteAllBytesAsync(folder.Database, older, cancellation);

        for (var start = 0; start < 2; start++)
        {
            await folder.OpenAsync();
            for (var i = 0; i < 5; i++)
            {
                await CorruptAsync(() => folder.Stores.CreateAsync($"s{start}-{i}", cancellationToken: cancellation));
                await CorruptAsync(() => folder.Stores.CreateAsync("made", "t", cancellation));
                await CorruptAsync(() => folder.Stores.DeleteAsync("made", cancellationToken: cancellation));
                await CorruptAsync(() => folder.Stores.QuarantineAsync("default", "n", null, cancellation));
                await CorruptAsync(() => folder.Memory.ListAsync(new(), cancellation));
            }

            await folder.CloseAsync();
            Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(folder.Folder, "audit"), "readonly-*.jsonl"));
        }

        static async Task CorruptAsync(Func<Task> call) =>
            Assert.Equal(MemoryErrorCode.Corrupt, (await Assert.ThrowsAsync<MemoryException>(call)).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_older_database_is_noticed_by_a_start_that_may_not_write_and_by_the_one_after_it(bool isOlderThen)
    {
        await WriteAsync(encrypted: false);
        var older = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        await using (var database = SqliteDatabase.Open(_folder.Path))
        {
            await new SqliteEngine(database, 1, _time).DeleteAsync(["mem-0001"], new(Hard: true, _time.Now), TestContext.Current.CancellationToken);
        }

        var latest = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllBytesAsync(File, isOlderThen ? older : latest, TestContext.Current.CancellationToken);
        await using (var database = SqliteDatabase.Open(_folder.Path, mode: "Nothing is written."))
        {
            await database.Care.Checked;
            Assert.Equal(isOlderThen, database.Health.Refused is not null);
        }

        await System.IO.File.WriteAllBytesAsync(File, older, TestContext.Current.CancellationToken);
        await using (var database = SqliteDatabase.Open(_folder.Path))
        {
            Assert.Contains("older than the last one", database.Health.Refused, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_not_vouched_for_is_left_out_however_often_the_database_was_closed_cleanly(bool isReadMeanwhile)
    {
        await WriteAsync(encrypted: false);
        using (var session = new SqliteSession(File, readOnly: false))
        {
            session.Execute("DELETE FROM guards WHERE guarded = (SELECT seq FROM records WHERE id = 'mem-0007')");
            session.Execute("DELETE FROM records WHERE id = 'mem-0007'");
        }

        for (var start = 0; start < 3; start++)
        {
            await using var database = SqliteDatabase.Open(_folder.Path);
            if (isReadMeanwhile || start == 2)
            {
                await database.Care.Checked;
                Assert.Empty((await new SqliteEngine(database, 1, _time).ListAsync(new() { Scope = MemoryNamespace.Parse("n3") }, new(100), TestContext.Current.CancellationToken)).Items);
                Assert.Contains(database.Health.Warnings, warning => warning.Contains("the namespace n3", StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_namespace_that_is_not_vouched_for_is_left_out_until_a_person_has_decided(bool encrypted)
    {
        await WriteAsync(encrypted);
        using (var session = new SqliteSession(File, readOnly: false))
        {
            session.Execute("DELETE FROM guards WHERE guarded = (SELECT seq FROM records WHERE id = 'mem-0007')");
            session.Execute("DELETE FROM records WHERE id = 'mem-0007'");
        }

        foreach (var decided in (bool[])[false, true])
        {
            if (decided)
            {
                System.IO.File.Delete(_folder["keys/commits"]);
            }

            await using var database = SqliteDatabase.Open(_folder.Path);
            using var keys = new StoreKeys(database.Guard, new(database.Guard.Keys, new()), _time);
            keys.Open(await database.ReadAsync(StoreRows.Rows, TestContext.Current.CancellationToken));
            await database.Care.ScrubAsync(pause: null, TestContext.Current.CancellationToken);
            var given = (await new SqliteEngine(database, 1, _time).ListAsync(new() { Scope = MemoryNamespace.Parse("n3") }, new(100), TestContext.Current.CancellationToken)).Items;
            Assert.Equal(decided ? (Records / 4) - 1 : 0, given.Count);
        }
    }

    [Fact]
    public async Task Rows_of_a_folder_without_its_keys_are_taken_when_undamaged_and_signed_anew()
    {
        await WriteAsync(encrypted: false);
        using var other = new TemporaryFolder();
        System.IO.File.Copy(File, other[SqliteDatabase.FileName]);
        using (var session = new SqliteSession(other[SqliteDatabase.FileName], readOnly: false))
        {
            session.Execute("UPDATE records SET version = version + 1 WHERE id = 'mem-0007'");
        }

        for (var start = 0; start < 2; start++)
        {
            await using var database = SqliteDatabase.Open(other.Path);
            await Adoption.RunAsync(database, TestContext.Current.CancellationToken);
            var result = await database.Care.ScrubAsync(pause: null, TestContext.Current.CancellationToken);
            Assert.Equal((1, 0), (result.Damaged, result.Missing));
            Assert.Equal(Records - 1, (await new SqliteEngine(database, 1, _time).ListAsync(new(), new(100), TestContext.Current.CancellationToken)).Items.Count);
        }
    }

    private async Task WriteAsync(bool encrypted)
    {
        await using var database = SqliteDatabase.Open(_folder.Path);
        using var keys = new StoreKeys(database.Guard, new(database.Guard.Keys, new()), _time);
        foreach (var name in (string[])["default", "other"])
        {
            var info = new StoreInfo(name, name + "-0000000000", _time.Now, encrypted);
            var vault = encrypted ? keys.Create(info.Id, SealingState.Sealed) : null;
            var number = await database.WriteAsync((session, _) => StoreRows.Insert(session, info, vault?.State ?? SealingState.Plain, vault?.Epoch ?? 0), null, default);
            database.Guard.SetVault(number, vault);
        }

        var engine = new SqliteEngine(database, 1, _time);
        await engine.UpsertAsync([.. Enumerable.Range(0, Records).Select(i => Record(i, "first"))], null, default);
        await engine.AppendAsync([.. Enumerable.Range(0, Events).Select(i => new MemoryEvent
        {
            Id = $"1#{i:D4}", ActorId = $"a{i % 2}", SessionId = "s", Content = $"event {i}", OccurredAt = _time.Now, CreatedAt = _time.Now,
            Namespace = i % 2 == 0 ? MemoryNamespace.Parse("n1/events") : null, Embedding = new float[] { i }, EmbeddingModel = "m",
        })], 1_000, null, default);

        // What rows, guards and heads were, for who puts them back.
        await database.WriteAsync(
            (session, _) => session.Execute("CREATE TABLE old AS SELECT * FROM records") + session.Execute("CREATE TABLE old_guards AS SELECT * FROM guards")
                + session.Execute("CREATE TABLE old_heads AS SELECT * FROM heads"),
            null,
            default);
        await engine.UpsertAsync([.. Enumerable.Range(0, Records).Where(i => i % 3 == 2).Select(i => Record(i, "second"))], null, default);
        foreach (var record in (await engine.ListAsync(new(), new(100), default)).Items)
        {
            _known[record.Id] = ItemText.Of(record);
        }

        foreach (var item in (await engine.ListEventsAsync(new(), new(100), default)).Items)
        {
            _known[item.Id] = ItemText.Of(item);
        }

        Assert.Equal(Records + Events, _known.Count);
    }

    private MemoryRecord Record(int i, string telling) => new()
    {
        Id = $"mem-{i:D4}",
        Namespace = MemoryNamespace.Parse($"n{i % 4}"),
        ActorId = $"a{i % 3}",
        Key = i % 5 == 0 ? $"key {i}" : null,
        Content = $"{telling} fact {i}",
        OccurredAt = _time.Now,
        CreatedAt = _time.Now,
        UpdatedAt = _time.Now,
        Embedding = new float[] { i, 1 },
        EmbeddingModel = "m",
    };

    private static string Mutation(SqliteSession session, Random random)
    {
        var (a, b) = (random.Next(1, Records + 1), random.Next(1, Records + 1));
        var e = random.Next(Records + 1, Records + Events + 1);
        string[] blobs = ["body", "embedding", "checksum", "content_hash"];
        var column = blobs[random.Next(blobs.Length)];
        switch (random.Next(14))
        {
            case 0:
            case 1:
                return Flip(session, random, "records", column, "seq", a);
            case 2:
                return Flip(session, random, "events", random.Next(2) == 0 ? "body" : "embedding", "seq", e);
            case 3:
                return Flip(session, random, "guards", random.Next(2) == 0 ? "guard" : "row_key", "guarded", random.Next(2) == 0 ? a : e);
            case 4:
                return Flip(session, random, "heads", random.Next(2) == 0 ? "sum" : "tag", "number", random.Next(1, 6));
            case 5:
                return Run(session, $"UPDATE records SET {column} = (SELECT {column} FROM records WHERE seq = $1) WHERE seq = $2", a, b);
            case 6:
                return Run(session, "UPDATE guards SET row_key = (SELECT row_key FROM guards WHERE guarded = $1) WHERE guarded = $2", a, b)
                    + Run(session, "UPDATE guards SET namespace_key = namespace_key + 1 WHERE guarded = $1", a);
            case 7:
                return Run(session, "UPDATE records SET body = (SELECT body FROM records WHERE seq = $1), checksum = (SELECT checksum FROM records WHERE seq = $1) WHERE seq = $2", a, b)
                    + Run(session, "UPDATE guards SET guard = (SELECT guard FROM guards WHERE guarded = $1) WHERE guarded = $2", a, b);
            case 8:
                return random.Next(3) switch
                {
                    0 => Run(session, "UPDATE records SET path = path || 'x' WHERE seq = $1", a),
                    1 => Run(session, "UPDATE records SET store = 2 WHERE seq = $1", a),
                    _ => Run(session, "UPDATE records SET actor = 'mallory', version = version + $2 WHERE seq = $1", a, random.Next(2)),
                };
            case 9:
                return Run(session, "UPDATE events SET session = 'x', branch = 'y', created_at = created_at - 1 WHERE seq = $1", e);
            case 10:
                return PutBack(session, a, guard: false, head: false);
            case 11:
                return PutBack(session, a, guard: true, head: random.Next(2) == 0);
            case 12:
                return Run(session, "DELETE FROM records WHERE seq = $1", a) + (random.Next(2) == 0 ? Run(session, "DELETE FROM guards WHERE guarded = $1", a) : "");
            default:
                return Run(session, "UPDATE records SET body = $2 WHERE seq = $1", a, "{\"id\":\"mem-0001\",\"namespace\":\"n1\",\"content\":\"forged\"}"u8.ToArray());
        }
    }

    private static string Flip(SqliteSession session, Random random, string table, string column, string key, int row)
    {
        using (var reader = session.Query($"SELECT {column} FROM {table} WHERE {key} = $1", row))
        {
            if (reader.Read() && reader.BytesOrNull(0) is { Length: > 0 } bytes)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                reader.Dispose();
                return Run(session, $"UPDATE {table} SET {column} = $2 WHERE {key} = $1", row, bytes);
            }
        }

        return Run(session, "DELETE FROM guards WHERE guarded = $1", row);
    }

    private static string PutBack(SqliteSession session, int row, bool guard, bool head) =>
        Run(session, "UPDATE records SET body = old.body, embedding = old.embedding, checksum = old.checksum, version = old.version, content_hash = old.content_hash FROM old WHERE records.seq = $1 AND old.seq = $1", row)
        + (guard ? Run(session, "UPDATE guards SET guard = o.guard, row_key = o.row_key, namespace_key = o.namespace_key, actor_key = o.actor_key FROM old_guards o WHERE guards.guarded = $1 AND o.guarded = $1", row) : "")
        + (head ? Run(session, "UPDATE heads SET sum = o.sum, tag = o.tag, members = o.members FROM old_heads o WHERE o.number = heads.number AND heads.number = (SELECT head FROM guards WHERE guarded = $1)", row) : "");

    // What a unique index does not let be is no mutation.
    private static string Run(SqliteSession session, string sql, params ReadOnlySpan<object?> values) =>
        $"{session.Execute(sql.Replace("UPDATE ", "UPDATE OR IGNORE ", StringComparison.Ordinal), values)} by {sql}; ";

    /// <summary>The file as a start finds it.</summary>
    private sealed class Opened : IDisposable
    {
        private readonly TamperTests _test;
        private readonly RowGuard _guard;
        private readonly StoreKeys _keys;

        public Opened(TamperTests test)
        {
            _test = test;
            _guard = new(new KeysFolder(test._folder.Path), new());
            _keys = new(_guard, new(_guard.Keys, new()), test._time);
            Session = new(test.File, readOnly: false, _guard);
            _keys.Open(StoreRows.Rows(Session));
        }

        public SqliteSession Session { get; }

        /// <summary>Everything that is given out, by id and by list.</summary>
        public Dictionary<string, string> Read()
        {
            IntegrityStart.Check(Session, _guard);
            Dictionary<string, string> given = new(StringComparer.Ordinal);
            if (_guard.Health.Refused is not null)
            {
                return given;
            }

            try
            {
                var (path, seq, last) = ("", -1L, long.MaxValue);
                RecordRows.List(Session, _guard.Health, 1, new(), false, 1_000, ref path, ref seq, out _).ForEach(r => given[r.Id] = ItemText.Of(r));
                EventRows.List(Session, _guard.Health, 1, new(), false, 1_000, ref last, out _).ForEach(e => given[e.Id] = ItemText.Of(e));
                foreach (var id in _test._known.Keys.Where(id => id[0] == 'm'))
                {
                    if (RecordRows.ById(Session, _guard.Health, 1, id) is { } record)
                    {
                        Assert.Equal(given.GetValueOrDefault(id), ItemText.Of(record));
                    }
                }
            }
            catch (Exception e) when (e is MemoryException { Code: MemoryErrorCode.Corrupt } || e.TryToMemoryException() is not null)
            {
                // It says that it is damaged.
            }

            return given;
        }

        public void Dispose()
        {
            Session.Dispose();
            _keys.Dispose();
            _guard.Dispose();
        }
    }
}
