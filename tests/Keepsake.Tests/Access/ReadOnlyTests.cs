using System.Security.Cryptography;
using Keepsake.Access;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>RELIABILITY F-10: read-only mode stops every write, those the stores make by themselves included.</summary>
public sealed class ReadOnlyTests : IAsyncLifetime
{
    private readonly Guarded _folder = new();
    private readonly ManualTime _time = new();
    private string _id = null!;
    private MemoryRecord _record = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _folder.OpenAsync(new() { DeletedRetention = TimeSpan.Zero }, _time);
        await _folder.Stores.CreateAsync("other", cancellationToken: Cancellation);
        await _folder.Stores.CreateKeyAsync(new() { Name = "k", Scopes = "read" }, Cancellation);
        _id = (await _folder.Memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "a falcon" }] }, null, Cancellation)).Outcomes[0].Id!;
        _record = await _folder.Memory.GetAsync(_id, Cancellation);
        var gone = await _folder.Memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "gone" }] }, null, Cancellation);
        await _folder.Memory.ForgetAsync([gone.Outcomes[0].Id!], cancellationToken: Cancellation);
        await _folder.Memory.AppendEventAsync(new() { ActorId = "al", SessionId = "s", Content = "x" }, null, Cancellation);
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Every_operation_that_writes_is_refused_and_the_database_stays_as_it_is()
    {
        await _folder.Stores.SetReadOnlyAsync(on: true, "moving", Cancellation);
        var before = Hash();
        var writes = Writes();
        Assert.Equal(Enum.GetValues<MemoryOperation>().Where(o => Permissions.Writes(o) && o != MemoryOperation.UseModel).Order(), writes.Keys.Order());
        foreach (var (operation, write) in writes)
        {
            var refusal = await Assert.ThrowsAsync<MemoryException>(write);
            Assert.True(refusal.Code == MemoryErrorCode.ReadOnly, $"{operation}: {refusal.Code}");
            Assert.Contains("moving", refusal.Message, StringComparison.Ordinal);
        }

        // What only counts is answered.
        Assert.True((await _folder.Memory.ForgetSourceAsync("s", hard: false, dryRun: true, cancellationToken: Cancellation)).DryRun);

        // What is recalled would be noted, what is due erased, what is read logged.
        Assert.Single((await _folder.Memory.RecallAsync(new() { Query = "falcon" }, Cancellation)).Memories);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Contains("moving", (await _folder.Memory.StatusAsync(Cancellation)).ReadOnly, StringComparison.Ordinal);
        _ = await _folder.Stores.AuditAsync(new(), Cancellation);

        Assert.Equal(before, Hash());
        var lines = await File.ReadAllLinesAsync(Assert.Single(Directory.GetFiles(Path.Combine(_folder.Folder, "audit"))), Cancellation);
        Assert.Equal(writes.Count, lines.Count(line => line.Contains("\"read_only\"", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains("\"recall\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_lasts_over_a_restart_and_ends_when_it_is_told_to()
    {
        await _folder.Stores.SetReadOnlyAsync(on: true, reason: null, Cancellation);
        await _folder.CloseAsync();
        var before = Hash();
        await _folder.OpenAsync(time: _time);
        Assert.True((await _folder.Stores.ReadOnlyAsync(Cancellation)).On);
        Assert.Single((await _folder.Memory.ListAsync(new(), Cancellation)).Items);
        await Assert.ThrowsAsync<MemoryException>(() => _folder.Memory.ForgetAsync([_id], cancellationToken: Cancellation));
        await _folder.CloseAsync();
        Assert.Equal(before, Hash());

        await _folder.OpenAsync(time: _time);
        Assert.False((await _folder.Stores.SetReadOnlyAsync(on: false, reason: null, Cancellation)).On);
        Assert.Equal(1, (await _folder.Memory.ForgetAsync([_id], cancellationToken: Cancellation)).Deleted);
        Assert.Contains((await _folder.Stores.AuditAsync(new(), Cancellation)).Items, e => e is { Operation: "read_only_file", Detail: { } } or { Operation: "set_read_only", Detail: "off" });
        Assert.True((await _folder.Stores.VerifyAuditAsync(Cancellation)).IsIntact);
    }

    [Fact]
    public async Task A_process_that_was_started_read_only_stays_so()
    {
        await _folder.CloseAsync();
        var before = Hash();
        await _folder.OpenAsync(new() { ReadOnly = true }, _time);

        Assert.Equal(MemoryErrorCode.Conflict, (await Assert.ThrowsAsync<MemoryException>(() => _folder.Stores.SetReadOnlyAsync(on: false, reason: null, Cancellation))).Code);
        Assert.Equal(MemoryErrorCode.ReadOnly, (await Assert.ThrowsAsync<MemoryException>(() => _folder.Stores.CreateAsync("x", cancellationToken: Cancellation))).Code);
        Assert.Single((await _folder.Memory.RecallAsync(new() { Query = "falcon" }, Cancellation)).Memories);
        await _folder.CloseAsync();

        Assert.Equal(before, Hash());
    }

    [Fact]
    public async Task Nothing_is_created_where_nothing_is()
    {
        await using var empty = new Guarded();

        Assert.Equal(MemoryErrorCode.ReadOnly, (await Assert.ThrowsAsync<MemoryException>(() => empty.OpenAsync(new() { ReadOnly = true }))).Code);
        Assert.False(File.Exists(empty.Database));
    }

    private Dictionary<MemoryOperation, Func<Task>> Writes()
    {
        var (memory, stores) = (_folder.Memory, _folder.Stores);
        return new()
        {
            [MemoryOperation.Remember] = () => memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "new" }] }, "t", Cancellation),
            [MemoryOperation.AppendEvent] = () => memory.AppendEventAsync(new() { ActorId = "al", SessionId = "s", Content = "new" }, null, Cancellation),
            [MemoryOperation.Update] = () => memory.UpdateAsync(_id, new() { Importance = 1 }, null, cancellationToken: Cancellation),
            [MemoryOperation.Forget] = () => memory.ForgetAsync([_id], hard: true, null, cancellationToken: Cancellation),
            [MemoryOperation.Restore] = () => memory.RestoreAsync(_id, cancellationToken: Cancellation),
            [MemoryOperation.ForgetSource] = () => memory.ForgetSourceAsync("s", false, false, null, cancellationToken: Cancellation),
            [MemoryOperation.ManageEncryption] = () => ((IEncryptedStores)stores.As(Caller.Local)).ConvertAsync("other", encrypted: true, Cancellation),
            [MemoryOperation.Benchmark] = () => ((IMemoryOperations)stores.As(Caller.Local)).BenchmarkAsync("default", "n", new(), cancellationToken: Cancellation),
            [MemoryOperation.Operate] = () => ((IMemoryOperations)stores.As(Caller.Local)).QuarantineAsync("default", "n", null, Cancellation),
            [MemoryOperation.ForgetSession] = () => memory.ForgetSessionAsync("al", "s", false, null, cancellationToken: Cancellation),
            [MemoryOperation.ForgetPreference] = () => memory.ForgetPreferenceAsync("al", "k", null, false, null, cancellationToken: Cancellation),
            [MemoryOperation.Import] = () => memory.ImportAsync([_record], Cancellation),
            [MemoryOperation.CreateStore] = () => stores.CreateAsync("new", cancellationToken: Cancellation),
            [MemoryOperation.DeleteStore] = () => stores.DeleteAsync("other", cancellationToken: Cancellation),
            [MemoryOperation.CreateKey] = () => stores.CreateKeyAsync(new() { Name = "new", Scopes = "read" }, Cancellation),
            [MemoryOperation.RevokeKey] = () => stores.RevokeKeyAsync("k", Cancellation),
        };
    }

    // The log is part of the database: what is in it is in the database.
    private string Hash() => string.Join(' ', new[] { "keepsake.db", "keepsake.db-wal" }.Select(name => Path.Combine(_folder.Folder, name)).Select(file =>
    {
        if (!File.Exists(file))
        {
            return "none";
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return stream.Length == 0 ? "none" : Convert.ToHexString(SHA256.HashData(stream));
    }));
}
