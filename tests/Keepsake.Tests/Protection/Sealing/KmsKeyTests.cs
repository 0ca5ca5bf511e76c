using Keepsake.Embedding;
using Keepsake.Protection;
using Keepsake.Protection.Sealing;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Protection.Sealing;

/// <summary>A master key that AWS KMS seals: made once, opened at each start, and without it nothing is written in plain.</summary>
public sealed class KmsKeyTests : IAsyncLifetime
{
    private const string Name = "secrets";
    private const string Key = "arn:aws:kms:eu-central-1:123456789012:key/0198c0de";

    private readonly TemporaryFolder _folder = new();
    private FakeKms _kms = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private KeysFolder Keys => new(_folder.Path);

    public async ValueTask InitializeAsync()
    {
        _kms = await FakeKms.StartAsync();

        // As a user sets them; no other test uses a client of AWS.
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_KMS", _kms.Address);
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", FakeKms.Secret);
    }

    public async ValueTask DisposeAsync()
    {
        await _kms.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void The_key_is_made_once_and_each_start_has_it_opened()
    {
        using var made = Masters();
        using var again = Masters();

        Assert.Equal(made.Current(creates: true).Id, again.Current(creates: true).Id);
        Assert.Equal(["Encrypt", "Decrypt", "Decrypt"], _kms.Asked);
        Assert.False(Keys.Has("master"));
    }

    [Theory]
    [InlineData("AccessDeniedException")]
    [InlineData("DisabledException")]
    [InlineData("IncorrectKeyException")]
    public async Task A_refusal_locks_the_store_and_says_why_and_no_more(string refusal)
    {
        await using (var stores = await OpenAsync())
        {
            await stores.CreateEncryptedAsync(Name, cancellationToken: Cancellation);
            await RememberAsync(stores, "canary one");
        }

        _kms.Refuses = refusal;
        await using (var stores = await OpenAsync())
        {
            var error = await Assert.ThrowsAsync<MemoryException>(() => RememberAsync(stores, "canary two"));
            Assert.Equal(MemoryErrorCode.Unavailable, error.Code);
            Assert.Contains(refusal, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("123456789012", error.Message, StringComparison.Ordinal);
        }

        _kms.Refuses = null;
        await using (var stores = await OpenAsync())
        {
            Assert.Equal("canary one", Assert.Single((await stores[Name].ListAsync(new(), Cancellation)).Items).Content);
        }
    }

    [Theory]
    [InlineData(503, "")]
    [InlineData(502, "<html>Bad gateway</html>")]
    [InlineData(500, """{"__type":"KMSInternalException"}""")]
    [InlineData(400, """{"__type":"ThrottlingException","message":"Rate exceeded"}""")]
    [InlineData(400, """{"__type":"com.amazon.kms#ThrottlingException"}""")]
    [InlineData(429, "[]")]
    public void What_passes_is_tried_again(int status, string body)
    {
        _kms.Fails.Enqueue((status, body));
        _kms.Fails.Enqueue((status, body));
        using var made = Masters();

        Assert.NotNull(made.Current(creates: true));
        Assert.Equal(["Encrypt", "Encrypt", "Encrypt", "Decrypt"], _kms.Asked);
    }

    [Theory]
    [InlineData(403, "", "status 403", 1)]
    [InlineData(400, """{"__type":7}""", "status 400", 1)]
    [InlineData(400, """{"__type":"AccessDeniedException"}""", "AccessDeniedException", 1)]
    [InlineData(503, "", "status 503", 3)]
    public void What_stays_is_said_in_a_word(int status, string body, string said, int asked)
    {
        for (var i = 0; i < 3; i++)
        {
            _kms.Fails.Enqueue((status, body));
        }

        using var keys = Masters();
        var error = Assert.Throws<MemoryException>(() => keys.Current(creates: true));

        Assert.Equal(MemoryErrorCode.Unavailable, error.Code);
        Assert.Contains($"refused ({said})", error.Message, StringComparison.Ordinal);
        Assert.Equal(asked, _kms.Asked.Count);
    }

    [Theory]
    [InlineData("Encrypt", "")]
    [InlineData("Decrypt", "")]
    [InlineData("Decrypt", "c2hvcnQ=")]
    [InlineData("Decrypt", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")]
    public void A_key_that_could_not_be_opened_again_is_not_used(string operation, string given)
    {
        (_kms.GivesFor, _kms.Gives) = (operation, given);
        using var keys = Masters();

        var error = Assert.Throws<MemoryException>(() => keys.Current(creates: true));

        Assert.Equal(MemoryErrorCode.Unavailable, error.Code);
        Assert.False(Keys.Has("master-kms"));
    }

    [Fact]
    public void A_service_that_opens_something_else_is_at_fault_and_the_key_is_named_without_its_account()
    {
        using (var made = Masters())
        {
            made.Current(creates: true);
        }

        (_kms.GivesFor, _kms.Gives) = ("Decrypt", "c2hvcnQ=");
        using var keys = Masters();
        var error = Assert.Throws<MemoryException>(() => keys.Current());

        Assert.Equal(MemoryErrorCode.Unavailable, error.Code);
        Assert.Contains("key/0198c0de", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("123456789012", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_with_a_path_is_asked_with_a_signature_of_that_path()
    {
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_KMS", _kms.Address + "/aws/kms");
        using var keys = Masters();

        Assert.NotNull(keys.Current(creates: true));
    }

    [Fact]
    public async Task A_service_that_is_gone_makes_no_store_in_plain()
    {
        await _kms.DisposeAsync();
        await using var stores = await OpenAsync();

        var error = await Assert.ThrowsAsync<MemoryException>(() => stores.CreateEncryptedAsync(Name, cancellationToken: Cancellation));

        Assert.Equal(MemoryErrorCode.Unavailable, error.Code);
        Assert.DoesNotContain(await stores.ListAsync(Cancellation), store => store.Name == Name);
        Assert.Empty(Directory.EnumerateFiles(_folder["keys"], "*.ring"));
    }

    [Fact]
    public void A_sealed_key_that_is_gone_and_a_key_that_is_not_named_are_refused()
    {
        using (var made = Masters())
        {
            made.Current(creates: true);
        }

        Assert.NotNull(new KeyOptions { Source = KeySource.Kms }.Problem());
        Keys.Remove("master-kms");
        using var missing = Masters();
        Assert.Equal(MemoryErrorCode.Unavailable, Assert.Throws<MemoryException>(() => missing.Current()).Code);
    }

    private MasterKeys Masters() => new(Keys, Options());

    private static KeyOptions Options() => new() { Source = KeySource.Kms, KmsKey = Key };

    private async Task<MemoryStores> OpenAsync() => await MemoryStores.TryOpenAsync(
        DataFolder.Open(_folder.Path), new Embedder(new EmbeddingOptions { Provider = EmbeddingProvider.None }), new MemoryStoreOptions { Keys = Options() }) ?? throw new InvalidOperationException("The folder is owned.");

    private static Task<RememberAnswer> RememberAsync(MemoryStores stores, string content) =>
        stores[Name].RememberAsync(new() { Namespace = "n", Facts = [new() { Content = content }] }, null, Cancellation);
}
