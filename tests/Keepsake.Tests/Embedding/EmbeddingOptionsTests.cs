using Keepsake.Embedding;

namespace Keepsake.Tests.Embedding;

public sealed class EmbeddingOptionsTests
{
    [Fact]
    public void Defaults_are_the_built_in_model_and_valid()
    {
        EmbeddingOptions options = new();

        Assert.Equal(EmbeddingProvider.BuiltIn, options.Provider);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.RetryInterval);
        Assert.Equal((2, 64, 4, 16_000, 32), (options.MaxRetries, options.MaxBatchSize, options.MaxConcurrency, options.MaxTextLength, options.CacheMebibytes));
        Assert.Equal("https://huggingface.co/", options.ModelHub.AbsoluteUri);
        Assert.Empty(options.Validate(null));
    }

    public static TheoryData<Action<EmbeddingOptions>, string> Wrong => new()
    {
        { o => o.Provider = (EmbeddingProvider)9, "Embedding:Provider is not a provider; use BuiltIn, OpenAI, Embed or None." },
        { o => o.ModelFolder = "", "Embedding:ModelFolder is empty; leave it out to use the model that comes with Keepsake." },
        { o => o.Provider = EmbeddingProvider.Embed, "Embedding:Endpoint is missing; the provider Embed needs one." },
        { o => (o.Provider, o.Endpoint) = (EmbeddingProvider.OpenAI, new("http://h")), "Embedding:Model is missing; the provider OpenAI needs the name of a model." },
        { o => o.Endpoint = new("ftp://h"), "Embedding:Endpoint is not an http or https address without user, password and fragment." },
        { o => o.Endpoint = new("https://user:word@h"), "Embedding:Endpoint is not an http or https address without user, password and fragment." },
        { o => o.Endpoint = new("/v1", UriKind.Relative), "Embedding:Endpoint is not an http or https address without user, password and fragment." },
        { o => o.ModelHub = new("file:///models"), "Embedding:ModelHub is not an http or https address without user, password and fragment." },
        { o => o.Model = new('m', 257), "Embedding:Model is longer than 256 characters." },
        { o => o.Key = "two words", "Embedding:Key is not 1 to 4,096 visible ASCII characters." },
        { o => o.Key = "", "Embedding:Key is not 1 to 4,096 visible ASCII characters." },
        { o => o.Dimensions = 0, "Embedding:Dimensions is 0; use 1 to 8192." },
        { o => o.Dimensions = 8_193, "Embedding:Dimensions is 8193; use 1 to 8192." },
        { o => o.RequestDimensions = true, "Embedding:RequestDimensions needs Dimensions." },
        { o => o.Timeout = TimeSpan.FromSeconds(0.09), "Embedding:Timeout is 00:00:00.0900000; use 00:00:00.1 to 00:05:00." },
        { o => o.Timeout = TimeSpan.FromMinutes(6), "Embedding:Timeout is 00:06:00; use 00:00:00.1 to 00:05:00." },
        { o => o.RetryInterval = TimeSpan.Zero, "Embedding:RetryInterval is 00:00:00; use 00:00:01 to 00:10:00." },
        { o => o.MaxRetries = 11, "Embedding:MaxRetries is 11; use 0 to 10." },
        { o => o.MaxBatchSize = 0, "Embedding:MaxBatchSize is 0; use 1 to 2048." },
        { o => o.MaxConcurrency = 65, "Embedding:MaxConcurrency is 65; use 1 to 64." },
        { o => o.MaxTextLength = 63, "Embedding:MaxTextLength is 63; use 64 to 1000000." },
        { o => o.CacheMebibytes = -1, "Embedding:CacheMebibytes is -1; use 0 to 4096." },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_wrong_setting_is_named_with_what_would_be_right(Action<EmbeddingOptions> change, string message)
    {
        EmbeddingOptions options = new();
        change(options);

        Assert.Equal(message, Assert.Single(options.Validate(null)).ErrorMessage);
    }
}
