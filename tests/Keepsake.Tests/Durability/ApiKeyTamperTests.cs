using System.Text.Json;
using Keepsake.Access;
using Keepsake.Engines.Sqlite;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Operations;
using Keepsake.Protection;
using Keepsake.Serialization;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>Who can write to the database and has no key gives nobody a right, and takes no revocation back.</summary>
public sealed class ApiKeyTamperTests : IAsyncLifetime
{
    private const string Store = MemoryStores.DefaultStore;

    private readonly Guarded _folder = new();
    private readonly string _forged = ApiKey.NewSecret();

    /// <summary>Gets ways to take back that the key <c>stolen</c> was revoked, or that it was ever made.</summary>
    public static TheoryData<string> Undone =>
    [
        "DELETE FROM api_keys",
        "DELETE FROM api_keys; DELETE FROM guards WHERE guarded NOT IN (SELECT guarded FROM no_guards)",
        "INSERT OR REPLACE INTO api_keys SELECT * FROM old_keys",
        "INSERT OR REPLACE INTO api_keys SELECT * FROM old_keys; INSERT OR REPLACE INTO guards SELECT * FROM old_guards",
        "INSERT OR REPLACE INTO api_keys SELECT * FROM old_keys; INSERT OR REPLACE INTO guards SELECT * FROM old_guards; INSERT OR REPLACE INTO heads SELECT * FROM old_heads WHERE number <> 0",
        "INSERT OR REPLACE INTO api_keys SELECT * FROM old_keys; INSERT OR REPLACE INTO guards SELECT * FROM old_guards; INSERT OR REPLACE INTO heads SELECT * FROM old_heads",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ApiKeys Keys => _folder.Stores.Keys;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_that_somebody_put_into_the_database_opens_nothing_until_it_is_revoked_and_then_neither(bool besideAnother)
    {
        var own = besideAnother ? await MakeAsync("own") : null;
        await ChangeAsync(Forge);

        Assert.Null(Keys.Find(_forged).Caller);
        Assert.True(Keys.Find(null).IsRequired);
        Assert.DoesNotContain(Keys.List(), key => key.Name == "forged");
        Assert.True(own is null || Keys.Find(own).Caller is not null);
        Assert.Contains("(forged)", Assert.Single(await WarningsAsync()), StringComparison.Ordinal);
        Assert.Equal(
            MemoryErrorCode.Conflict,
            (await Assert.ThrowsAsync<MemoryException>(() => _folder.Stores.CreateKeyAsync(new() { Name = "forged", Scopes = "read" }, Cancellation))).Code);

        await _folder.Stores.RevokeKeyAsync("forged", Cancellation);
        for (var start = 0; start < 2; start++)
        {
            Assert.Null(Keys.Find(_forged).Caller);
            Assert.NotNull(Keys.List().Single(key => key.Name == "forged").RevokedAt);
            Assert.Empty(await WarningsAsync());
            await ReopenAsync();
        }
    }

    [Fact]
    public async Task A_key_whose_row_was_changed_opens_nothing()
    {
        var secret = await MakeAsync("own");
        await ChangeAsync(session => session.Execute("UPDATE api_keys SET body = CAST(replace(CAST(body AS TEXT), 'read', 'admin') AS BLOB)"));

        Assert.Null(Keys.Find(secret).Caller);
        Assert.True(Keys.Find(null).IsRequired);
        Assert.Contains("(own)", Assert.Single(await WarningsAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Undone))]
    public async Task A_revocation_that_was_taken_back_is_noticed_and_opens_nothing(string way)
    {
        await ChangeAsync(session => session.Execute("CREATE TABLE no_guards AS SELECT * FROM guards"));
        var secret = await MakeAsync("stolen");
        await ChangeAsync(session =>
        {
            session.Execute("CREATE TABLE old_keys AS SELECT * FROM api_keys");
            session.Execute("CREATE TABLE old_heads AS SELECT * FROM heads");
            session.Execute("CREATE TABLE old_guards AS SELECT * FROM guards");
        });
        await _folder.Stores.RevokeKeyAsync("stolen", Cancellation);

        await ChangeAsync(
            session =>
            {
                foreach (var step in way.Split("; "))
                {
                    Assert.NotEqual(0, session.Execute(step));
                }
            },
            withoutTrace: true);

        var door = (IAuthentication)_folder.Stores;
        Assert.Null((await door.AuthenticateAsync(secret, Cancellation)).Caller);
        Assert.True((await door.AuthenticateAsync(null, Cancellation)).IsRequired);
        Assert.NotEmpty(_folder.Stores.Database.Health.Warnings);
    }

    [Fact]
    public async Task A_person_who_takes_a_database_as_it_is_takes_no_key_that_somebody_put_there()
    {
        var own = await MakeAsync("own");
        var removed = await MakeAsync("removed");
        await ChangeAsync(session =>
        {
            Forge(session);
            session.Execute("DELETE FROM api_keys WHERE name = 'removed'");
            session.Execute("UPDATE heads SET sum = x'00' WHERE number = 0");
        });
        await _folder.Stores.Database.Care.Checked;
        Assert.NotNull(_folder.Stores.Database.Health.Refused);
        Assert.Null(Keys.Find(own).Caller);
        await _folder.CloseAsync();

        File.Delete(Path.Combine(_folder.Folder, "keys", CommitsFile.FileName));
        await _folder.OpenAsync();

        Assert.NotNull(Keys.Find(own).Caller);
        Assert.Null(Keys.Find(removed).Caller);
        Assert.Null(Keys.Find(_forged).Caller);
        Assert.Contains("(forged)", Assert.Single(await WarningsAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("migration.commit")]
    [InlineData("migration.end")]
    [InlineData("adopt.whole")]
    public async Task Rows_of_an_earlier_program_are_signed_once_whatever_happens_on_the_way(string? killedAt)
    {
        var secret = await MakeAsync("old");
        await _folder.Stores.QuarantineAsync(Store, "closed", "it was so", Cancellation);
        await ChangeAsync(session => RebuildRows.Write(session, 1, MemoryNamespace.Parse("half"), new() { Stage = RebuildState.Begun }));
        await _folder.CloseAsync();
        MakeEarlier();
        if (killedAt is not null)
        {
            await using var killed = KilledProcess.Writer(_folder.Folder, 0, killedAt);
            Assert.NotEqual(0, await killed.EndedAsync());
        }

        for (var start = 0; start < 2; start++)
        {
            await _folder.OpenAsync();
            Assert.NotNull(Keys.Find(secret).Caller);
            Assert.Equal("it was so", Assert.Single(await _folder.Stores.ListQuarantineAsync(Store, Cancellation)).Reason);
            Assert.Equal(2, (await WarningsAsync()).Count(warning => warning.Contains("in quarantine", StringComparison.Ordinal) || warning.Contains("interrupted", StringComparison.Ordinal)));
            Assert.Equal(2, (await WarningsAsync()).Count);
            Assert.Null(_folder.Stores.Database.Health.Refused);
            await _folder.CloseAsync();
        }

        // And never again, though the database says so.
        await _folder.OpenAsync();
        await ChangeAsync(session =>
        {
            Forge(session);
            session.Execute("DELETE FROM integrity WHERE name = 'signs_whole'");
            session.Execute($"PRAGMA user_version={SqliteSchema.Latest - 1}");
        });
        Assert.Null(Keys.Find(_forged).Caller);
        Assert.NotNull(Keys.Find(secret).Caller);
    }

    [Fact]
    public async Task What_an_earlier_program_signed_does_not_make_a_later_database_one_of_it()
    {
        await MakeAsync("old");
        await _folder.CloseAsync();
        MakeEarlier();
        var terms = Read("SELECT guard FROM guards WHERE guarded = $1", long.MinValue);
        await _folder.OpenAsync();
        await ChangeAsync(session =>
        {
            Forge(session);
            session.Execute("DELETE FROM integrity WHERE name = 'signs_whole'");
            session.Execute("UPDATE guards SET guard = $2 WHERE guarded = $1", long.MinValue, terms);
        });

        Assert.Null((await ((IAuthentication)_folder.Stores).AuthenticateAsync(_forged, Cancellation)).Caller);
        Assert.NotNull(_folder.Stores.Database.Health.Refused);
    }

    [Fact]
    public async Task A_quarantine_that_somebody_wrote_stays_closed_is_warned_of_and_is_released()
    {
        await Corpus.RememberAsync(_folder.Memory, 3, "a/b");
        var digest = new RowChecksum("quarantine");
        digest.Add(1);
        digest.Add("a");
        digest.Add(5);
        digest.Add((string?)null);
        var checksum = digest.Finish();
        await ChangeAsync(session => session.Execute("INSERT INTO quarantine (store, path, since, reason, checksum) VALUES (1, 'a', 5, NULL, $1)", checksum));

        Assert.Empty((await _folder.Memory.ListAsync(new(), Cancellation)).Items);
        Assert.Contains(await WarningsAsync(), warning => warning.Contains("release them: keepsake quarantine a --release", StringComparison.Ordinal));

        await _folder.Stores.ReleaseAsync(Store, "a", Cancellation);
        Assert.Empty(await WarningsAsync());
        Assert.Equal(3, (await _folder.Memory.ListAsync(new(), Cancellation)).Items.Count);
    }

    [Fact]
    public async Task How_far_a_rebuild_is_that_somebody_wrote_does_not_count()
    {
        var state = JsonSerializer.SerializeToUtf8Bytes(new RebuildState { Stage = RebuildState.Measured }, KeepsakeJson.Default.RebuildState);
        var digest = new RowChecksum("rebuilds");
        digest.Add(1);
        digest.Add("a");
        digest.Add(state);
        var checksum = digest.Finish();
        await ChangeAsync(session => session.Execute("INSERT INTO rebuilds (store, path, state, checksum) VALUES (1, 'a', $1, $2)", state, checksum));

        Assert.Contains("Begin them anew", Assert.Single(await WarningsAsync()), StringComparison.Ordinal);
        Assert.Empty(await _folder.Stores.Database.ReadAsync(session => RebuildRows.All(session, _folder.Stores.Database.Health, 1), Cancellation));
    }

    private async Task<string> MakeAsync(string name) => (await _folder.Stores.CreateKeyAsync(new() { Name = name, Scopes = "read" }, Cancellation)).Secret;

    private async Task<IReadOnlyList<string>> WarningsAsync() => (await _folder.Memory.StatusAsync(Cancellation)).Warnings;

    private async Task ReopenAsync()
    {
        await _folder.CloseAsync();
        await _folder.OpenAsync();
    }

    // Behind the stores, with the keys at hand for who has a use for them.
    private async Task ChangeAsync(Action<SqliteSession> change, bool withoutTrace = false)
    {
        await _folder.CloseAsync();
        var file = new FileInfo(_folder.Database);
        var (length, time) = (file.Length, file.LastWriteTimeUtc);
        using (var guard = new RowGuard(new KeysFolder(_folder.Folder), new()))
        using (var session = new SqliteSession(_folder.Database, readOnly: false, guard))
        {
            change(session);
        }

        if (withoutTrace)
        {
            // As if nobody had touched the file.
            Assert.Equal(length, new FileInfo(_folder.Database).Length);
            File.SetLastWriteTimeUtc(_folder.Database, time);
        }

        await _folder.OpenAsync();
    }

    // As schema 8 stored it: with a hash that anybody can make.
    private void Forge(SqliteSession session)
    {
        var key = new ApiKey { Name = "forged", Scopes = "read write admin", CreatedAt = TimeProvider.System.GetUtcNow() };
        Write(session, key.Name, ApiKey.HashOf(_forged), JsonSerializer.SerializeToUtf8Bytes(key, KeepsakeJson.Default.ApiKey));
    }

    private static void Write(SqliteSession session, string name, byte[] hash, byte[] body)
    {
        var digest = new RowChecksum("api_keys");
        digest.Add(name);
        digest.Add(hash);
        digest.Add(body);
        session.Execute("INSERT OR REPLACE INTO api_keys (name, hash, body, checksum) VALUES ($1, $2, $3, $4)", name, hash, body, digest.Finish());
    }

    // The database as the program of schema 8 would have left it.
    private void MakeEarlier()
    {
        using var guard = new RowGuard(new KeysFolder(_folder.Folder), new());
        using var session = new SqliteSession(_folder.Database, readOnly: false, guard);
        guard.Heads.Begin(session);
        session.Execute("BEGIN IMMEDIATE");
        foreach (var (key, hash) in ApiKeyRows.All(session).Keys)
        {
            Write(session, key.Name, hash, JsonSerializer.SerializeToUtf8Bytes(key, KeepsakeJson.Default.ApiKey));
            guard.Heads.Remove(session, ApiKeyRows.GuardOf(key.Name));
        }

        foreach (var (store, item) in QuarantineRows.All(session, guard.Health))
        {
            var quarantine = new RowChecksum("quarantine");
            quarantine.Add(store);
            quarantine.Add(item.Namespace.Path);
            quarantine.Add(item.Since.UtcTicks);
            quarantine.Add(item.Reason);
            session.Execute("UPDATE quarantine SET checksum = $1", quarantine.Finish());
        }

        if (Read("SELECT state FROM rebuilds WHERE store = $1", 1) is { } state)
        {
            var rebuild = new RowChecksum("rebuilds");
            rebuild.Add(1);
            rebuild.Add("half");
            rebuild.Add(state);
            session.Execute("UPDATE rebuilds SET checksum = $1", rebuild.Finish());
        }

        session.Execute("DELETE FROM integrity WHERE name = 'signs_whole'");
        var (upTo, tokens, foreign) = (Term("adopts_up_to"), Term("adopts_tokens_up_to"), Term("adopts_foreign"));
        var terms = new RowChecksum("integrity");
        terms.Add(upTo);
        terms.Add(tokens);
        terms.Add(foreign);
        guard.Heads.Change(session, long.MinValue, 0, GuardedTable.Stores, "", guard.Key.Checksum(0, long.MinValue, terms.Finish()));
        guard.Heads.Flush(session);
        session.Execute("COMMIT");
        session.Execute($"PRAGMA user_version={SqliteSchema.Latest - 1}");
        File.Delete(Path.Combine(_folder.Folder, "keys", ApiKeys.MarkName));

        long Term(string name) => session.Number("SELECT value FROM integrity WHERE name = $1", name);
    }

    private byte[]? Read(string sql, long value)
    {
        using var session = new SqliteSession(_folder.Database, readOnly: true);
        using var reader = session.Query(sql, value);
        return reader.Read() ? reader.Bytes(0) : null;
    }
}
