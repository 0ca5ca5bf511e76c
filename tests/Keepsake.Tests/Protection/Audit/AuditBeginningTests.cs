using Keepsake.Protection.Audit;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Protection.Audit;

/// <summary>A log that came without its keys, by a restore or a move, is told from one that was changed; neither is whole.</summary>
public sealed class AuditBeginningTests : IAsyncLifetime
{
    private const int Before = AuditTrail.MaxBetweenCheckpoints + 20;

    private readonly Guarded _folder = new();
    private string _keys = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _folder.OpenAsync();
        await WriteAsync(Before);
        await _folder.CloseAsync();
        _keys = Path.Combine(_folder.Folder, "keys");
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Entries_of_another_key_are_named_as_such_and_what_follows_is_checked(bool hasKeysOfAnotherLog)
    {
        await TakeKeysAwayAsync(hasKeysOfAnotherLog);
        var came = _folder.Sql("SELECT max(seq) FROM audit");
        await _folder.OpenAsync();

        var problem = Assert.Single(await ProblemsAsync());
        Assert.StartsWith($"Entries 1 to {came} were chained with another key (id ", problem, StringComparison.Ordinal);
        Assert.EndsWith("They fit the checkpoints among them, which proves nothing.", problem, StringComparison.Ordinal);

        // Also beyond a checkpoint of the new key, and with another process.
        await WriteAsync(AuditTrail.MaxBetweenCheckpoints + 5);
        Assert.Equal(problem, Assert.Single(await ProblemsAsync()));
        await _folder.CloseAsync();
        var added = _folder.Sql("SELECT max(seq) FROM audit");
        await _folder.OpenAsync();
        Assert.Equal(problem, Assert.Single(await ProblemsAsync()));

        await _folder.CloseAsync();
        _folder.Sql($"UPDATE audit SET body = (SELECT body FROM audit WHERE seq = {added - 1}) WHERE seq = {added}");
        await _folder.OpenAsync();
        Assert.Contains($"Entry {added} was changed.", await ProblemsAsync());
    }

    [Theory]
    [InlineData("UPDATE audit SET body = (SELECT body FROM audit WHERE seq = 7) WHERE seq = 8", "Entry 8 was changed.")]
    [InlineData("DELETE FROM audit WHERE seq = 8", "Entries 8 to 8 are missing.")]
    [InlineData("UPDATE audit SET mac = zeroblob(32) WHERE seq = 8", "Something between entry 10")]
    public async Task What_does_not_fit_among_them_is_told_too(string change, string expected)
    {
        await TakeKeysAwayAsync(hasKeysOfAnotherLog: true);
        _folder.Sql(change);
        await _folder.OpenAsync();

        var problems = await ProblemsAsync();

        Assert.EndsWith("They do not fit the checkpoints among them either.", problems[0], StringComparison.Ordinal);
        Assert.Contains(problems, p => p.StartsWith(expected, StringComparison.Ordinal));
    }

    // What somebody could do who has the database, but not the keys.
    [Theory]
    [InlineData("DELETE FROM audit WHERE seq <= (SELECT seq FROM audit_checkpoints WHERE kind = 2 AND seq > 0)")]
    [InlineData("DELETE FROM audit WHERE seq <= (SELECT seq FROM audit_checkpoints WHERE kind = 2 AND seq > 0); DELETE FROM audit_checkpoints WHERE kind = 2 AND seq = 0")]
    [InlineData("DELETE FROM audit_checkpoints WHERE kind = 2")]
    [InlineData("DELETE FROM audit WHERE seq <= (SELECT seq FROM audit_checkpoints WHERE kind = 2 AND seq > 0);"
        + "INSERT INTO audit_checkpoints SELECT 1, seq, at, head, digest, signature FROM audit_checkpoints WHERE kind = 2 AND seq > 0")]
    [InlineData("UPDATE audit_checkpoints SET seq = (SELECT max(seq) FROM audit) WHERE kind = 2 AND seq > 0")]
    public async Task A_part_of_another_key_cannot_be_made_to_look_whole(string change)
    {
        await TakeKeysAwayAsync(hasKeysOfAnotherLog: false);
        await _folder.OpenAsync();
        await WriteAsync(30);
        await _folder.CloseAsync();
        _folder.Sql(change);
        await _folder.OpenAsync();

        Assert.NotEmpty(await ProblemsAsync());
        await WriteAsync(1);
        Assert.NotEmpty(await ProblemsAsync());
    }

    [Theory]
    [InlineData("DELETE FROM audit; DELETE FROM audit_checkpoints")]
    [InlineData("DELETE FROM audit WHERE seq > 1; UPDATE audit SET mac = zeroblob(32); DELETE FROM audit_checkpoints")]
    public async Task A_log_that_was_emptied_or_written_anew_is_not_whole_whatever_is_added(string change)
    {
        _folder.Sql(change);
        await _folder.OpenAsync();
        Assert.NotEmpty(await ProblemsAsync());

        await WriteAsync(AuditTrail.MaxBetweenCheckpoints + 5);

        Assert.Contains(await ProblemsAsync(), p => p.Contains("missing", StringComparison.Ordinal));
    }

    private async Task TakeKeysAwayAsync(bool hasKeysOfAnotherLog)
    {
        File.Delete(Path.Combine(_keys, "audit.key"));
        File.Delete(Path.Combine(_keys, "audit.last"));
        if (hasKeysOfAnotherLog)
        {
            await using var other = await new Guarded().OpenAsync();
            await other.Memory.AppendEventAsync(new() { ActorId = "al", SessionId = "s", Content = "x" }, null, Cancellation);
            await other.CloseAsync();
            File.Copy(Path.Combine(other.Folder, "keys", "audit.key"), Path.Combine(_keys, "audit.key"));
            File.Copy(Path.Combine(other.Folder, "keys", "audit.last"), Path.Combine(_keys, "audit.last"));
        }
    }

    private async Task WriteAsync(int entries) => await Task.WhenAll(Enumerable.Range(0, entries).Select(i => _folder.Memory.AppendEventAsync(
        new() { ActorId = "al", SessionId = $"s{i % 10}", Content = $"event {i}" }, null, Cancellation)));

    private async Task<IReadOnlyList<string>> ProblemsAsync()
    {
        var report = await _folder.Stores.VerifyAuditAsync(Cancellation);
        Assert.Equal(report.Problems.Count == 0, report.IsIntact);
        return report.Problems;
    }
}
