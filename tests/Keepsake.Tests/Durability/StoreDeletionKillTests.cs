using System.Diagnostics;
using Keepsake.Recall;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>The program is killed at every step of deleting an encrypted store: the store is there with all it holds, or nothing of it is.</summary>
public sealed class StoreDeletionKillTests : IAsyncLifetime
{
    private const string Store = "secrets";
    private const int Records = IndexSnapshot.MinDocuments + 50;

    private readonly OpenFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Theory]
    [InlineData("delete.noted", true)]
    [InlineData("commit.before", true)]
    [InlineData("commit.after", false)]
    [InlineData("delete.committed", false)]
    [InlineData("delete.keys-gone", false)]
    [InlineData("snapshot.clearing", false)]
    [InlineData("snapshot.cleared", false)]
    public async Task A_store_whose_deletion_was_killed_is_whole_or_gone_with_its_keys_and_its_index(string point, bool isThere)
    {
        await _folder.Stores.CreateEncryptedAsync(Store, cancellationToken: Token);
        await Corpus.RememberAsync(_folder.Stores[Store], Records, "a");
        await _folder.Stores[Store].RecallAsync(new() { Query = "anything" }, Token);
        await _folder.CloseAsync();
        Assert.Equal(2, Left().Count);

        var start = new ProcessStartInfo(KilledProcess.Program, ["store", "delete", Store, "--yes", "--data", _folder.Path]);
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment[FailPoint.Variable] = point;
        await using (var process = KilledProcess.Of(start))
        {
            Assert.NotEqual(0, await process.EndedAsync());
        }

        await _folder.OpenAsync();
        Assert.Equal(isThere, (await _folder.Stores.ListAsync(Token)).Any(store => store.Name == Store));
        if (isThere)
        {
            Assert.Equal(Records, (await _folder.Stores[Store].StatusAsync(Token)).Counts.Records);
            Assert.Empty((await _folder.Stores[Store].StatusAsync(Token)).Warnings);
            Assert.Equal(2, Left().Count);
            await _folder.Stores.DeleteAsync(Store, cancellationToken: Token);
        }

        Assert.Empty(Left());
        Assert.Empty((await _folder.Memory.StatusAsync(Token)).Warnings);
    }

    private List<string> Left() =>
    [
        .. Directory.EnumerateFileSystemEntries(_folder["keys"]).Concat(Directory.EnumerateFileSystemEntries(_folder["index"]))
            .Where(path => Path.GetFileName(path).StartsWith(Store, StringComparison.Ordinal)),
    ];
}
