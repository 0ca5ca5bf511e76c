using Keepsake.Access;
using Keepsake.Protection.Audit;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Protection.Audit;

/// <summary>Whatever process wrote a file of a read-only time, the log names it when writing begins again, and the check looks at it.</summary>
public sealed class ReadOnlyAuditFileTests : IAsyncLifetime
{
    private readonly Guarded _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task The_files_of_all_processes_of_a_read_only_time_are_named_when_it_ends()
    {
        await _folder.Stores.SetReadOnlyAsync(on: true, reason: null, Cancellation);
        await LookAsync();
        await ReopenAsync();
        await LookAsync();
        await ReopenAsync();
        await _folder.Stores.SetReadOnlyAsync(on: false, reason: null, Cancellation);

        Assert.Equal(2, Files().Length);
        Assert.Equal(Files(), (await NamedAsync()).Select(detail => detail.Split(',')[0]));
        Assert.True((await _folder.Stores.VerifyAuditAsync(Cancellation)).IsIntact);

        // And once: neither another start nor another read-only time names them again.
        await ReopenAsync();
        await _folder.Stores.SetReadOnlyAsync(on: true, reason: null, Cancellation);
        await _folder.Stores.SetReadOnlyAsync(on: false, reason: null, Cancellation);
        Assert.Equal(Files(), (await NamedAsync()).Select(detail => detail.Split(',')[0]));
    }

    [Fact]
    public async Task The_file_of_a_process_that_was_started_read_only_is_named_by_the_next_one_that_writes()
    {
        await ReopenAsync(new() { ReadOnly = true });
        await LookAsync();
        await ReopenAsync();

        Assert.True((await _folder.Stores.VerifyAuditAsync(Cancellation)).IsIntact);
        Assert.StartsWith($"{Assert.Single(Files())}, 1 entries, ", Assert.Single(await NamedAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_named_and_was_changed_or_is_missing_fails_the_check_by_its_name()
    {
        await _folder.Stores.SetReadOnlyAsync(on: true, reason: null, Cancellation);
        await LookAsync();
        await _folder.Stores.SetReadOnlyAsync(on: false, reason: null, Cancellation);
        var name = Assert.Single(Files());
        var file = Path.Combine(_folder.Folder, "audit", name);

        await File.AppendAllTextAsync(file, "{}\n", Cancellation);
        var changed = await _folder.Stores.VerifyAuditAsync(Cancellation);
        File.Delete(file);
        var missing = await _folder.Stores.VerifyAuditAsync(Cancellation);

        Assert.False(changed.IsIntact);
        Assert.Equal($"The file audit/{name} of a read-only time was changed.", Assert.Single(changed.Problems));
        Assert.False(missing.IsIntact);
        Assert.Equal($"The file audit/{name} of a read-only time is missing.", Assert.Single(missing.Problems));
    }

    [Fact]
    public async Task Who_began_a_read_only_time_is_in_the_chained_log()
    {
        await ((IAdministration)_folder.Stores.As(Guarded.Key(name: "mover"))).SetReadOnlyAsync(on: true, "moving", Cancellation);

        var entry = (await _folder.Stores.AuditAsync(new(), Cancellation)).Items[0];

        Assert.Equal(("key:mover", "set_read_only", "on", AuditEntry.Ok), (entry.Caller, entry.Operation, entry.Detail, entry.Outcome));
        await _folder.CloseAsync();
        Assert.DoesNotContain(Files(), name => File.ReadAllText(Path.Combine(_folder.Folder, "audit", name)).Contains("\"on\"", StringComparison.Ordinal));
    }

    private async Task ReopenAsync(MemoryStoreOptions? options = null)
    {
        await _folder.CloseAsync();
        await _folder.OpenAsync(options);
    }

    private async Task LookAsync() => await _folder.Memory.ListAsync(new(), Cancellation);

    private string[] Files() => [.. Directory.EnumerateFiles(Path.Combine(_folder.Folder, "audit")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private async Task<List<string>> NamedAsync() =>
        [.. (await _folder.Stores.AuditAsync(new(), Cancellation)).Items.Reverse().Where(entry => entry.Operation == ReadOnlyAuditFile.Operation).Select(entry => entry.Detail!)];
}
