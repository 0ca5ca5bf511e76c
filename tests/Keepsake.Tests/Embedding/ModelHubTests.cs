using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Keepsake.Embedding;
using Keepsake.Tests.Embedding.Bert;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Embedding;

public sealed class ModelHubTests : IAsyncLifetime
{
    private const string Path = "someone/tiny-bert";

    private readonly TemporaryFolder _temporary = new();
    private readonly TinyBert _tiny = new();
    private HubServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Target => _temporary["target"];

    public async ValueTask InitializeAsync()
    {
        _server = await HubServer.StartAsync();
        _server.Offer(Path, _tiny.Copy);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _temporary.Dispose();
        _tiny.Dispose();
    }

    [Fact]
    public async Task A_model_is_downloaded_file_by_file_with_the_files_that_it_may_do_without()
    {
        _tiny.Write("1_Pooling/config.json", "{\"pooling_mode_cls_token\":true}");
        _server.Offer(Path, _tiny.Copy);

        await DownloadAsync();

        Assert.Equal(BertEmbeddingModel.Load(_tiny.Copy).EmbedTokens([2, 9, 3]), BertEmbeddingModel.Load(Target).EmbedTokens([2, 9, 3]));
        Assert.DoesNotContain(Directory.EnumerateFiles(Target), file => file.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_is_cut_again_and_again_costs_no_byte_twice()
    {
        _server.CutAfter = 50_000;
        List<long> reached = [];

        await DownloadAsync((file, done, _) => reached.AddRange(file == "model.safetensors" ? [done] : Array.Empty<long>()));

        var asked = _server.Requests.Where(r => r.Contains("model.safetensors", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, asked.Count);
        Assert.EndsWith("bytes=200000-", asked[^1], StringComparison.Ordinal);
        Assert.Equal(reached.Order(), reached);
        Assert.Equal(File.ReadAllBytes(System.IO.Path.Combine(_tiny.Copy, "model.safetensors")), File.ReadAllBytes(System.IO.Path.Combine(Target, "model.safetensors")));
    }

    [Fact]
    public async Task A_download_that_was_interrupted_goes_on_where_it_stopped()
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DownloadAsync(
            (file, done, _) =>
            {
                if (file == "model.safetensors" && done >= 100_000)
                {
                    interrupt.Cancel();
                }
            },
            interrupted: interrupt.Token));
        var part = new FileInfo(System.IO.Path.Combine(Target, "model.safetensors.part")).Length;
        _server.Requests.Clear();

        await DownloadAsync();

        // The small optional files that are not there are asked for again; those that are whole are not.
        Assert.DoesNotContain(_server.Requests, r => r.EndsWith("/vocab.txt", StringComparison.Ordinal));
        Assert.Contains($"/{Path}/resolve/main/model.safetensors bytes={part}-", _server.Requests);
    }

    [Fact]
    public async Task A_file_of_another_checksum_or_length_is_refused()
    {
        var wrong = Known(new('0', 64), null);
        Assert.Equal(MemoryErrorCode.Corrupt, (await RefusalAsync(wrong)).Code);
        Assert.False(File.Exists(System.IO.Path.Combine(Target, "model.safetensors.part")));

        var other = await RefusalAsync(Known(null, 90_868_376));
        Assert.Equal((MemoryErrorCode.Corrupt, "The hub offers a file of 222512 bytes instead of 90868376: it is another model. Nothing was added."), (other.Code, other.Message));

        var right = Known(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(System.IO.Path.Combine(_tiny.Copy, "model.safetensors")))), 222_512);
        await DownloadAsync(model: right);
    }

    [Fact]
    public async Task What_the_hub_itself_says_of_a_file_is_checked_across_its_redirect()
    {
        _server.LinkedTag = new('a', 64);
        Assert.Contains($"instead of {_server.LinkedTag}", (await RefusalAsync(null)).Message, StringComparison.Ordinal);

        _server.LinkedTag = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(System.IO.Path.Combine(_tiny.Copy, "model.safetensors"))));
        await DownloadAsync();
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/secret-path", "an address with ftp:")]
    [InlineData("file:///etc/passwd", "an address with file:")]
    public async Task A_redirect_to_what_is_no_web_address_is_unavailable(string location, string said)
    {
        _server.Location = location;

        var refusal = await RefusalAsync(null);

        Assert.Equal(MemoryErrorCode.Unavailable, refusal.Code);
        Assert.Contains($"127.0.0.1 redirects to {said}", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-path", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://hub/a", "http://hub/b", null)]
    [InlineData("https://hub/a", "//cdn/b", "https://cdn/b")]
    [InlineData("https://hub/a", "/b", "https://hub/b")]
    [InlineData("http://hub/a", "http://cdn/b", "http://cdn/b")]
    [InlineData("http://hub/a", "https://cdn/b", "https://cdn/b")]
    public void A_redirect_never_leads_away_from_encryption(string from, string location, string? to)
    {
        Uri Redirected() => ModelHub.Redirected(new(from), new(location, UriKind.RelativeOrAbsolute));
        if (to is null)
        {
            Assert.Equal(MemoryErrorCode.Unavailable, Assert.Throws<MemoryException>(() => Redirected()).Code);
        }
        else
        {
            Assert.Equal(to, Redirected().AbsoluteUri);
        }
    }

    [Fact]
    public async Task A_part_that_belongs_to_another_file_is_thrown_away()
    {
        _server.Status = StatusCodes416;
        await RefusalAsync(null);
        await File.WriteAllBytesAsync(System.IO.Path.Combine(Target, "config.json.part"), new byte[10_000], Token);
        await RefusalAsync(null);
        _server.Status = null;

        await DownloadAsync();

        Assert.Equal(File.ReadAllText(System.IO.Path.Combine(_tiny.Copy, "config.json")), File.ReadAllText(System.IO.Path.Combine(Target, "config.json")));
    }

    [Fact]
    public async Task What_is_there_of_another_owner_or_hub_is_not_gone_on_with()
    {
        _server.Offer("somebody/tiny-bert", _tiny.Copy);
        _server.Files["/somebody/tiny-bert/resolve/main/vocab.txt"] = "of another owner"u8.ToArray();
        Assert.True(_server.Files.TryRemove("/somebody/tiny-bert/resolve/main/model.safetensors", out _));
        await RefusalAsync(new("tiny-bert", "somebody/tiny-bert", new Dictionary<string, HubModel.Look>()));
        Assert.Equal("of another owner", await File.ReadAllTextAsync(System.IO.Path.Combine(Target, "vocab.txt"), Token));

        await DownloadAsync();
        Assert.Equal(_server.Files[$"/{Path}/resolve/main/vocab.txt"], await File.ReadAllBytesAsync(System.IO.Path.Combine(Target, "vocab.txt"), Token));

        await using var mirror = await HubServer.StartAsync();
        mirror.Offer(Path, _tiny.Copy);
        await DownloadAsync(hub: mirror.Address);
        Assert.Contains($"/{Path}/resolve/main/vocab.txt", mirror.Requests);
    }

    [Fact]
    public async Task A_file_that_is_there_and_is_not_the_known_one_is_fetched_again()
    {
        var path = System.IO.Path.Combine(Target, "model.safetensors");
        var known = Known(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(System.IO.Path.Combine(_tiny.Copy, "model.safetensors")))), 222_512);
        await DownloadAsync(model: known);
        await File.WriteAllTextAsync(path, "altered", Token);

        await DownloadAsync(model: known);

        Assert.Equal(222_512, new FileInfo(path).Length);
    }

    [Fact]
    public async Task A_model_that_the_hub_does_not_have_is_not_found()
    {
        var refusal = await RefusalAsync(new("x", "someone/else", new Dictionary<string, HubModel.Look>()));

        Assert.Equal(MemoryErrorCode.NotFound, refusal.Code);
        Assert.StartsWith("The hub has no someone/else with a config.json.", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_hub_that_fails_is_unavailable(int status)
    {
        _server.Status = status;

        Assert.Equal(MemoryErrorCode.Unavailable, (await RefusalAsync(null)).Code);
    }

    [Fact]
    public async Task Without_a_network_the_error_says_what_else_to_do()
    {
        // Bound and not listening: who connects is refused, and no other test is given the port meanwhile.
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        var refusal = await Assert.ThrowsAsync<MemoryException>(() => DownloadAsync(hub: new($"http://127.0.0.1:{port}/")));

        Assert.Equal(MemoryErrorCode.Unavailable, refusal.Code);
        Assert.StartsWith("The model hub 127.0.0.1 cannot be reached", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("keepsake model add DIR", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")]
    [InlineData("sentence-transformers/all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")]
    [InlineData("BAAI/bge-small-en-v1.5", "BAAI/bge-small-en-v1.5")]
    [InlineData("bge-small-en-v1.5", null)]
    [InlineData("a/b/c", null)]
    [InlineData("../x", null)]
    [InlineData("a/..", null)]
    public void A_name_is_a_known_one_or_has_an_owner(string name, string? path) => Assert.Equal(path, HubModel.Find(name)?.Path);

    private const int StatusCodes416 = 416;

    private static HubModel Known(string? sha256, long? bytes) =>
        new("tiny-bert", Path, new Dictionary<string, HubModel.Look> { ["model.safetensors"] = new(sha256, bytes) });

    private Task<MemoryException> RefusalAsync(HubModel? model) => Assert.ThrowsAsync<MemoryException>(() => DownloadAsync(model: model));

    private async Task DownloadAsync(
        Action<string, long, long?>? progress = null, HubModel? model = null, Uri? hub = null, CancellationToken? interrupted = null)
    {
        using ModelHub downloads = new(hub ?? _server.Address, TimeProvider.System, TimeSpan.Zero);
        await downloads.DownloadAsync(model ?? HubModel.Find(Path)!, Target, progress ?? ((_, _, _) => { }), interrupted ?? Token);
    }
}
