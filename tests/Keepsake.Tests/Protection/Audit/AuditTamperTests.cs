using Keepsake.Protection.Audit;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Protection.Audit;

/// <summary>RELIABILITY L-01: whatever is done to the rows behind Keepsake's back, the check says so.</summary>
public sealed class AuditTamperTests : IAsyncLifetime
{
    private const int AfterCheckpoint = 60;
    private const int Mutations = 200;

    private readonly Guarded _folder = new();
    private byte[] _untouched = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _folder.OpenAsync();
        await WriteAsync(AuditTrail.MaxBetweenCheckpoints);
        await WriteAsync(AfterCheckpoint);
        await _folder.CloseAsync();
        _untouched = await File.ReadAllBytesAsync(_folder.Database, Cancellation);
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Every_edit_deletion_insertion_swap_and_cut_is_found()
    {
        Assert.Empty(Check());
        var random = new Random(20260105);
        var last = (int)_folder.Sql("SELECT max(seq) FROM audit");
        List<string> missed = [];
        for (var i = 0; i < Mutations; i++)
        {
            var what = Mutate(random, last);
            if (Check().Count == 0)
            {
                missed.Add(what);
            }

            await File.WriteAllBytesAsync(_folder.Database, _untouched, Cancellation);
        }

        Assert.Empty(missed);
        Assert.Empty(Check());
    }

    // The next process goes on from what is there; that must not make it right.
    [Fact]
    public async Task Going_on_after_a_change_does_not_hide_it()
    {
        foreach (var sql in (string[])
            [
                "UPDATE audit SET body = (SELECT body FROM audit WHERE seq = 5) WHERE seq = (SELECT max(seq) - 1 FROM audit)",
                "DELETE FROM audit WHERE seq > (SELECT max(seq) - 3 FROM audit)",
                "DELETE FROM audit WHERE seq = (SELECT max(seq) - 10 FROM audit)",
            ])
        {
            await File.WriteAllBytesAsync(_folder.Database, _untouched, Cancellation);
            var keys = Directory.GetFiles(Path.Combine(_folder.Folder, "keys")).ToDictionary(f => f, File.ReadAllBytes);
            _folder.Sql(sql);
            await _folder.OpenAsync();
            await Task.WhenAll(Enumerable.Range(0, AuditTrail.MaxBetweenCheckpoints + 5).Select(i => _folder.Memory.AppendEventAsync(
                new() { ActorId = "bo", SessionId = "s", Content = $"later {i}" }, null, Cancellation)));

            Assert.NotEmpty((await _folder.Stores.VerifyAuditAsync(Cancellation)).Problems);

            await _folder.CloseAsync();
            foreach (var (file, content) in keys)
            {
                await File.WriteAllBytesAsync(file, content, Cancellation);
            }
        }
    }

    [Fact]
    public async Task A_key_that_is_gone_or_another_is_told()
    {
        var key = Path.Combine(_folder.Folder, "keys", "audit.key");
        File.Delete(key);
        await _folder.OpenAsync();
        Assert.Contains("key", Assert.Single((await _folder.Stores.VerifyAuditAsync(Cancellation)).Problems), StringComparison.Ordinal);

        await _folder.Memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "x" }] }, null, Cancellation);
        Assert.False((await _folder.Stores.VerifyAuditAsync(Cancellation)).IsIntact);
    }

    [Fact]
    public async Task A_note_of_the_end_that_is_changed_or_removed_is_told()
    {
        var note = Path.Combine(_folder.Folder, "keys", "audit.last");
        var text = await File.ReadAllTextAsync(note, Cancellation);
        var (place, tag) = (text.Split(' ')[0], text.Split(' ')[1]);
        Assert.Empty(Check());
        foreach (var changed in (string?[])[null, "", place, text[..^1] + (text[^1] == '0' ? '1' : '0'), $"99999 {tag}", $"1 {tag}", $"0 {tag}", "1 "])
        {
            File.Delete(note);
            if (changed is not null)
            {
                await File.WriteAllTextAsync(note, changed, Cancellation);
            }

            Assert.NotEmpty(Check());
        }
    }

    [Fact]
    public async Task A_note_of_before_the_last_checkpoint_is_no_alarm_because_a_crash_leaves_it()
    {
        var note = Path.Combine(_folder.Folder, "keys", "audit.last");
        var before = await File.ReadAllTextAsync(note, Cancellation);
        await _folder.OpenAsync();
        await WriteAsync(AuditTrail.MaxBetweenCheckpoints);
        await _folder.CloseAsync();

        await File.WriteAllTextAsync(note, before, Cancellation);

        Assert.Empty(Check());
    }

    // Writers share commits, and a checkpoint comes with the commit that reaches its number.
    private async Task WriteAsync(int entries) => await Task.WhenAll(Enumerable.Range(0, entries).Select(i => _folder.Memory.AppendEventAsync(
        new() { ActorId = "al", SessionId = $"s{i % 10}", Content = $"event {i}" }, null, Cancellation)));

    private string Mutate(Random random, int last)
    {
        var (seq, other) = (random.Next(1, last + 1), random.Next(1, last));
        other += other >= seq ? 1 : 0;
        switch (random.Next(8))
        {
            case 0:
                Flip("body", random, seq);
                return $"body {seq}";
            case 1:
                Flip("mac", random, seq);
                return $"mac {seq}";
            case 2:
                _folder.Sql($"UPDATE audit SET at = at + 1 WHERE seq = {seq}");
                return $"time {seq}";
            case 3:
                _folder.Sql($"DELETE FROM audit WHERE seq = {seq}");
                return $"delete {seq}";
            case 4:
                _folder.Sql($"INSERT INTO audit SELECT {last + 1}, at, body, mac FROM audit WHERE seq = {seq}");
                return $"insert {seq}";
            case 5:
                _folder.Sql(
                    $"UPDATE audit SET body = CASE seq WHEN {seq} THEN (SELECT body FROM audit WHERE seq = {other}) ELSE (SELECT body FROM audit WHERE seq = {seq}) END "
                    + $"WHERE seq IN ({seq}, {other})");
                return $"swap {seq} {other}";
            case 6:
                _folder.Sql($"DELETE FROM audit WHERE seq >= {seq}");
                return $"cut {seq}";
            default:
                _folder.Sql(random.Next(3) switch
                {
                    0 => "DELETE FROM audit_checkpoints",
                    1 => "UPDATE audit_checkpoints SET digest = zeroblob(32)",
                    _ => "UPDATE audit_checkpoints SET seq = seq - 1",
                });
                return "checkpoint";
        }
    }

    private void Flip(string column, Random random, int seq)
    {
        var length = (int)_folder.Sql($"SELECT length({column}) FROM audit WHERE seq = {seq}");
        var at = random.Next(length) + 1;
        var old = (int)_folder.Sql($"SELECT unicode(substr(hex({column}), {(2 * at) - 1}, 1)) FROM audit WHERE seq = {seq}");
        var digit = old == 'A' ? 'B' : 'A';
        _folder.Sql(
            $"UPDATE audit SET {column} = CAST(substr({column}, 1, {at - 1}) || x'{digit}0' || substr({column}, {at + 1}) AS BLOB) WHERE seq = {seq}");
    }

    private IReadOnlyList<string> Check()
    {
        var keys = new AuditKeys(_folder.Folder);
        var (chain, signing) = keys.Load()!.Value;
        using (signing)
        {
            using var session = new Keepsake.Engines.Sqlite.SqliteSession(_folder.Database, readOnly: false);
            return AuditCheck.Run(session, chain, signing, keys.LoadLast(signing, chain)).Problems;
        }
    }
}
