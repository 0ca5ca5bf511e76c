using Keepsake.Tests.Support;

namespace Keepsake.Tests.Protection.Sealing;

/// <summary>A store on the way from plain to encrypted or back: nothing is lost on it, and it does not arrive before all of it has.</summary>
public sealed class ConversionTests : IAsyncLifetime
{
    private const string Store = MemoryStores.DefaultStore;

    private readonly OpenFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_forgotten_does_not_come_back_beside_what_took_its_key(bool encrypts)
    {
        if (!encrypts)
        {
            await _folder.Stores.ConvertAsync(Store, encrypted: true, Cancellation);
            await SettleAsync("encrypted");
        }

        var old = await RememberAsync("the old rotation");
        await _folder.Memory.ForgetAsync([old], cancellationToken: Cancellation);
        await Corpus.RememberAsync(_folder.Memory, 1_500, "filler");
        var present = await RememberAsync("the new rotation");

        await _folder.Stores.ConvertAsync(Store, encrypts, Cancellation);
        while ((await _folder.Stores.SealingProgressAsync(Store, Cancellation)).State is "encrypting" or "decrypting")
        {
            var error = await Assert.ThrowsAsync<MemoryException>(() => _folder.Memory.RestoreAsync(old, cancellationToken: Cancellation));
            Assert.Equal(MemoryErrorCode.Conflict, error.Code);
        }

        Assert.Equal("the new rotation", (await _folder.Memory.GetAsync(present, Cancellation)).Content);
        await Assert.ThrowsAsync<MemoryException>(() => _folder.Memory.GetAsync(old, Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_does_not_end_over_a_row_that_cannot_be_read(bool encrypts)
    {
        var ids = await Corpus.RememberAsync(_folder.Memory, 20, "a");
        if (!encrypts)
        {
            await _folder.Stores.ConvertAsync(Store, encrypted: true, Cancellation);
            await SettleAsync("encrypted");
        }

        await _folder.FlipAsync([ids[7]]);
        await _folder.Stores.ConvertAsync(Store, encrypts, Cancellation);
        var error = await Assert.ThrowsAsync<MemoryException>(() => SettleAsync(encrypts ? "encrypted" : "plain"));
        Assert.Equal(MemoryErrorCode.Corrupt, error.Code);
        Assert.StartsWith("1 rows cannot be read", error.Message, StringComparison.Ordinal);
        Assert.Contains((await _folder.Memory.StatusAsync(Cancellation)).Warnings, warning => warning == error.Message);
        Assert.Equal(19, (await _folder.Memory.ListAsync(new(), Cancellation)).Items.Count);

        await _folder.Memory.ForgetAsync([ids[7]], hard: true, cancellationToken: Cancellation);
        await _folder.ReopenAsync();
        await SettleAsync(encrypts ? "encrypted" : "plain");
        Assert.Equal(19, (await _folder.Memory.ListAsync(new(), Cancellation)).Items.Count);
    }

    [Fact]
    public async Task Keys_are_not_destroyed_while_a_namespace_is_left_out()
    {
        await _folder.Stores.ConvertAsync(Store, encrypted: true, Cancellation);
        await SettleAsync("encrypted");
        var ids = await Corpus.RememberAsync(_folder.Memory, 5, "a");
        await _folder.DamageAsync(session =>
        {
            session.Execute("DELETE FROM guards WHERE guarded = (SELECT seq FROM records WHERE id = $1)", ids[2]);
            session.Execute("DELETE FROM records WHERE id = $1", ids[2]);
        });

        await _folder.Stores.ConvertAsync(Store, encrypted: false, Cancellation);
        await Assert.ThrowsAsync<MemoryException>(() => SettleAsync("plain"));
        await _folder.CloseAsync();
        File.Delete(_folder["keys/commits"]);
        await _folder.OpenAsync();
        await SettleAsync("plain");

        Assert.Equal(4, (await _folder.Memory.ListAsync(new(), Cancellation)).Items.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_is_deleted_on_the_way_leaves_no_warning(bool encrypts)
    {
        await (encrypts ? _folder.Stores.CreateAsync("other", cancellationToken: Cancellation) : _folder.Stores.CreateEncryptedAsync("other", cancellationToken: Cancellation));
        await Corpus.RememberAsync(_folder.Stores["other"], 1_200, "a");
        await _folder.Stores.ConvertAsync("other", encrypts, Cancellation);
        await _folder.Stores.DeleteAsync("other", cancellationToken: Cancellation);

        // The work finds out by itself, at its next row.
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(50, Cancellation);
            Assert.Empty((await _folder.Memory.StatusAsync(Cancellation)).Warnings);
        }
    }

    [Fact]
    public async Task It_goes_on_when_writes_are_taken_again()
    {
        // A row that cannot be read stops it on its way, however quick it is. Once the row is mended, only the mode keeps the next start from ending it.
        var ids = await Corpus.RememberAsync(_folder.Memory, 200, "a");
        await _folder.FlipAsync([ids[100]]);
        await _folder.Stores.ConvertAsync(Store, encrypted: true, Cancellation);
        await Assert.ThrowsAsync<MemoryException>(() => SettleAsync("encrypted"));
        await _folder.Stores.SetReadOnlyAsync(on: true, cancellationToken: Cancellation);
        _folder.FlipOpen([ids[100]]);
        await _folder.ReopenAsync();

        while (!(await _folder.Memory.StatusAsync(Cancellation)).Warnings.Any(warning => warning.Contains("waits", StringComparison.Ordinal)))
        {
            await Task.Delay(10, Cancellation);
        }

        Assert.Equal("encrypting", (await _folder.Stores.SealingProgressAsync(Store, Cancellation)).State);

        await _folder.Stores.SetReadOnlyAsync(on: false, cancellationToken: Cancellation);
        await SettleAsync("encrypted");
        Assert.Empty((await _folder.Memory.StatusAsync(Cancellation)).Warnings);
    }

    private async Task<string> RememberAsync(string content) => (await _folder.Memory.RememberAsync(
        new() { Namespace = "a", Facts = [new() { Content = content, Key = "rotation" }] }, null, Cancellation)).Outcomes[0].Id!;

    private async Task SettleAsync(string state)
    {
        while ((await _folder.Stores.SealingProgressAsync(Store, Cancellation)).State != state)
        {
            await Task.Delay(10, Cancellation);
        }
    }
}
