using Keepsake.Access;
using Keepsake.Server;
using Keepsake.Server.Cli;
using Keepsake.Server.Ownership;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Ownership;

/// <summary>One data folder, an owner and one who goes through it: operations do the same for both.</summary>
public sealed class SharedOperationsTests : IDisposable
{
    private const string Store = MemoryStores.DefaultStore;

    private readonly TemporaryFolder _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restore_takes_effect_for_all_while_they_go_on(bool byOwner)
    {
        await using var owner = Share();
        await owner.ConnectAsync(Token);
        await using var client = Share();
        await Corpus.RememberAsync(client["default"], 30, "a");
        var (operator_, other) = byOwner ? (owner, client) : (client, owner);
        var steps = new Steps();

        var backup = await operator_.Operations.CreateBackupAsync(steps, Token);
        await Corpus.RememberAsync(client["default"], 10, "later", seed: 2);
        var report = await operator_.Operations.RestoreBackupAsync(backup.Name, cancellationToken: Token);

        Assert.Equal((backup.Name, RestoreReport.Restored), (report.Backup, report.Outcome));
        Assert.Equal(30, (await other["default"].StatusAsync(Token)).Counts.Records);
        await other["default"].RememberAsync(new() { Namespace = "a", Facts = [new() { Content = "written after the restore" }] }, null, Token);
        Assert.Equal(31, (await operator_["default"].StatusAsync(Token)).Counts.Records);
        Assert.True(owner.IsOwner);
        Assert.Equal([backup.Name], (await other.Operations.ListBackupsAsync(Token)).Select(b => b.Name));
        Assert.Equal(backup.Sha256, (await other.Operations.VerifyBackupAsync(backup.Name, null, Token)).Sha256);
    }

    [Fact]
    public async Task An_operation_through_the_owner_is_its_callers_and_not_the_users()
    {
        await using var owner = Share();
        await owner.ConnectAsync(Token);
        await using var client = Share();
        await Corpus.RememberAsync(client["default"], 10, "a");
        var backup = await client.Operations.CreateBackupAsync(null, Token);
        var reader = MemoryOperations.Of(client.As(Guarded.Key(AccessScopes.Read, name: "reader")));

        foreach (var operate in (Func<Task>[])
            [
                () => reader.CreateBackupAsync(null, Token), () => reader.VerifyBackupAsync(backup.Name, null, Token),
                () => reader.RestoreBackupAsync(backup.Name, cancellationToken: Token), () => reader.RebuildAsync(Store, new() { Namespace = "a" }, null, Token),
            ])
        {
            Assert.Equal(MemoryErrorCode.Forbidden, (await Assert.ThrowsAsync<MemoryException>(operate)).Code);
        }

        Assert.Equal(4, (await owner.AuditAsync(new() { Actor = "key:reader" }, Token)).Items.Count);
    }

    [Fact]
    public async Task Everything_goes_through_the_owner()
    {
        await using var owner = Share();
        await owner.ConnectAsync(Token);
        await using var client = Share();
        await Corpus.RememberAsync(client["default"], 60, "a/b");
        var operations = client.Operations;

        var measured = await operations.BenchmarkAsync(Store, "a/b", new() { Seed = 3, Probes = 20 }, cancellationToken: Token);
        Assert.Equal((20, 3), (measured.Probes, measured.Seed));
        Assert.Equal(3, Assert.Single(await operations.ListBenchmarksAsync(Store, "a/b", cancellationToken: Token)).Seed);
        Assert.Equal(60, (await operations.BenchmarkAsync(Store, null, new(), cancellationToken: Token)).Probes);

        Assert.Equal("odd", (await operations.QuarantineAsync(Store, "a/b", "odd", Token)).Reason);
        Assert.Equal("a/b", Assert.Single(await operations.ListQuarantineAsync(Store, Token)).Namespace.Path);
        Assert.Equal(MemoryErrorCode.Unavailable, (await Assert.ThrowsAsync<MemoryException>(() => owner["default"].ListAsync(new() { Namespace = "a/b" }, Token))).Code);
        await operations.ReleaseAsync(Store, "a/b", Token);

        var rebuilt = await operations.RebuildAsync(Store, new() { Namespace = "a/b" }, new Steps(), Token);
        Assert.True(rebuilt.Success, string.Join('\n', rebuilt.Warnings));
        Assert.Null(await operations.LastRestoreAsync(Token));
        foreach (var shared in (SharedStores[])[owner, client])
        {
            Assert.Equal(MemoryErrorCode.NotFound, (await Assert.ThrowsAsync<MemoryException>(() => shared.Operations.RestoreBackupAsync("20260131T093000Z-0198c0de", cancellationToken: Token))).Code);
            Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => shared.Operations.VerifyBackupAsync("../x", null, Token))).Code);
            Assert.Equal(MemoryErrorCode.NotFound, (await Assert.ThrowsAsync<MemoryException>(() => shared.Operations.RebuildAsync(Store, new() { Namespace = "a", From = "nowhere" }, null, Token))).Code);
            Assert.Equal(MemoryErrorCode.NotFound, (await Assert.ThrowsAsync<MemoryException>(() => shared.Operations.ListQuarantineAsync("nothing", Token))).Code);
        }
    }

    [Fact]
    public async Task What_may_be_left_unsaid_may_be_left_unsaid_to_an_owner()
    {
        await using var owner = Share();
        await owner.ConnectAsync(Token);
        await using var client = Share();
        await Corpus.RememberAsync(client["default"], 3, "a");
        var (administration, door) = ((IAdministration)client, (IAuthentication)client);

        Assert.False((await administration.ReadOnlyAsync(Token)).On);
        Assert.True((await administration.SetReadOnlyAsync(on: true, cancellationToken: Token)).On);
        Assert.False((await administration.SetReadOnlyAsync(on: false, cancellationToken: Token)).On);
        var page = await ((IScannableStores)client).ScanAsync(Store, new(Apply: false), Token);
        Assert.Equal(3, page.Scanned);
        Assert.Null((await ((IScannableStores)client).ScanAsync(Store, new(Apply: false, page.NextCursor), Token)).NextCursor);
        var id = (await client["default"].RecallAsync(new() { Query = Corpus.Facts(3)[0].Content, MinRelevance = 0, TopK = 1 }, Token)).Memories.Single().Id;
        Assert.Equal(["local"], (await ((IScannableStores)client).ReadersAsync(Store, [id], Token))[id]);
        Assert.Equal(new(IsRequired: false), await door.AuthenticateAsync(null, Token));
        Assert.Null((await door.AuthenticateAsync("nobody's", Token)).Caller);
        await door.NoteRefusalAsync(new("http", "authenticate", MemoryErrorCode.Unauthenticated.WireName, 1), Token);
        Assert.True((await administration.VerifyAuditAsync(Token)).IsIntact);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_the_owners_work()
    {
        await using var owner = Share();
        await owner.ConnectAsync(Token);
        await using var client = Share();
        await Corpus.RememberAsync(client["default"], 200, "a");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        // One backup is made at a time, so the client's waits at the owner for as long as another is held.
        using var held = new Held("verifying");
        var first = owner.Operations.CreateBackupAsync(held, Token);
        await held.Reached;
        using var begun = new Held(null);
        var backup = client.Operations.CreateBackupAsync(begun, cancel.Token);
        await begun.Reached;
        Assert.False(backup.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => backup);
        held.Release();
        await first;
        var made = await client.Operations.CreateBackupAsync(null, Token);

        Assert.Contains(made.Name, (await owner.Operations.ListBackupsAsync(Token)).Select(b => b.Name));
        Assert.DoesNotContain(Directory.EnumerateFiles(_temporary["data/backups"]), file => file.EndsWith("-making", StringComparison.Ordinal));
    }

    private SharedStores Share() => Doors.Share(new(CommonSettings.DefaultStore, _temporary["data"], Json: false, LogLevel: null));

    /// <summary>Says that an operation has come to a step, and holds it there until it is released.</summary>
    /// <param name="step">The step; <see langword="null"/>: whatever is said first, and nothing is held.</param>
    private sealed class Held(string? step) : IProgress<OperationProgress>, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        public Task Reached => _reached.Task;

        public void Release() => _released.Set();

        public void Dispose() => _released.Dispose();

        public void Report(OperationProgress value)
        {
            if (step is null || value.Step == step)
            {
                _reached.TrySetResult();
            }

            if (value.Step == step)
            {
                _released.Wait(Token);
            }
        }
    }

    private sealed class Steps : IProgress<OperationProgress>
    {
        public void Report(OperationProgress value) => Assert.NotEmpty(value.Step);
    }
}
