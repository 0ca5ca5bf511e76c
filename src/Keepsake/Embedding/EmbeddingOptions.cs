using System.ComponentModel.DataAnnotations;

namespace Keepsake.Embedding;

/// <summary>Who makes embeddings.</summary>
public enum EmbeddingProvider
{
    /// <summary>A model in this process: the one that comes with Keepsake, or one that was added.</summary>
    BuiltIn = 0,

    /// <summary>An endpoint that speaks OpenAI's <c>/v1/embeddings</c>.</summary>
    OpenAI = 1,

    /// <summary>An endpoint that answers <c>POST /embed {"text": "…"}</c> with <c>{"embedding": […]}</c> or a bare array.</summary>
    Embed = 2,

    /// <summary>Nobody: search is by words only.</summary>
    None = 3,
}

/// <summary>Settings of embedding. Configuration section <c>Embedding</c>.</summary>
public sealed class EmbeddingOptions : IValidatableObject
{
    /// <summary>The configuration section that binds here.</summary>
    public const string SectionName = "Embedding";

    /// <summary>Gets or sets who makes embeddings.</summary>
    /// <value>The default is <see cref="EmbeddingProvider.BuiltIn"/>.</value>
    public EmbeddingProvider Provider { get; set; }

    /// <summary>Gets or sets the folder of a model to use in place of the shipped one: a folder with <c>model.json</c>, as <see cref="AddedModels"/> makes them. For the built-in provider.</summary>
    /// <value>The default is <see langword="null"/>: the model that comes with Keepsake.</value>
    public string? ModelFolder { get; set; }

    /// <summary>Gets or sets the endpoint, such as <c>http://localhost:11434/v1</c>. The path's last part is added where it is missing.</summary>
    /// <value>The default is <see langword="null"/>. Needed by the providers that are endpoints; http or https, without a user or password.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the name of the model to ask an endpoint for, which records carry; for the built-in provider, the name of an added model.</summary>
    /// <value>The default is <see langword="null"/>. Needed by <see cref="EmbeddingProvider.OpenAI"/>; at most 256 characters.</value>
    public string? Model { get; set; }

    /// <summary>Gets or sets where models are downloaded from: a hub with the addresses of Hugging Face.</summary>
    /// <value>The default is <c>https://huggingface.co</c>; http or https, without a user or password.</value>
    public Uri ModelHub { get; set; } = new("https://huggingface.co");

    /// <summary>Gets or sets how many numbers an endpoint's embeddings must have.</summary>
    /// <value>The default is <see langword="null"/>: as many as its first answer has. From 1 to 8,192.</value>
    public int? Dimensions { get; set; }

    /// <summary>Gets or sets whether an OpenAI-compatible endpoint is asked for <see cref="Dimensions"/>. Some models cannot choose, and refuse.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool RequestDimensions { get; set; }

    /// <summary>Gets or sets the key that is sent to an endpoint as a bearer token. It appears in no message and no log.</summary>
    /// <value>The default is <see langword="null"/>: none is sent. Visible ASCII characters, at most 4,096.</value>
    public string? Key { get; set; }

    /// <summary>Gets or sets how long one request to an endpoint may take, its retries and their waits included.</summary>
    /// <value>The default is 10 seconds; from 0.1 second to 5 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how often a request that met a passing failure is sent again.</summary>
    /// <value>The default is 2; from 0 to 10.</value>
    public int MaxRetries { get; set; } = 2;

    /// <summary>Gets or sets the most texts in one request. Endpoints of <see cref="EmbeddingProvider.Embed"/> get one at a time.</summary>
    /// <value>The default is 64; from 1 to 2,048.</value>
    public int MaxBatchSize { get; set; } = 64;

    /// <summary>Gets or sets the most requests under way at once.</summary>
    /// <value>The default is 4; from 1 to 64.</value>
    public int MaxConcurrency { get; set; } = 4;

    /// <summary>Gets or sets how much of a text is sent to an endpoint, in UTF-16 characters. The rest is left out.</summary>
    /// <value>The default is 16,000; from 64 to 1,000,000.</value>
    public int MaxTextLength { get; set; } = 16_000;

    /// <summary>Gets or sets how long embedding stays away from a model that failed before it looks again.</summary>
    /// <value>The default is 5 seconds; from 1 second to 10 minutes.</value>
    public TimeSpan RetryInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets how much memory an endpoint's embeddings may take in the cache, in mebibytes.</summary>
    /// <value>The default is 32; from 0 (no cache) to 4,096.</value>
    public int CacheMebibytes { get; set; } = 32;

    /// <summary>Checks all settings.</summary>
    /// <param name="validationContext">Not used; may be <see langword="null"/>.</param>
    /// <returns>What is wrong and what would be right, one result a setting. Empty when all is well. None repeats the key or the endpoint.</returns>
    public IEnumerable<ValidationResult> Validate(ValidationContext? validationContext)
    {
        if (!Enum.IsDefined(Provider))
        {
            yield return Wrong(nameof(Provider), "is not a provider; use BuiltIn, OpenAI, Embed or None.");
        }

        if (ModelFolder is "")
        {
            yield return Wrong(nameof(ModelFolder), "is empty; leave it out to use the model that comes with Keepsake.");
        }

        foreach (var problem in ValidateEndpoint().Concat(ValidateLimits()))
        {
            yield return problem;
        }
    }

    private IEnumerable<ValidationResult> ValidateEndpoint()
    {
        if (Provider is EmbeddingProvider.OpenAI or EmbeddingProvider.Embed && Endpoint is null)
        {
            yield return Wrong(nameof(Endpoint), $"is missing; the provider {Provider} needs one.");
        }

        foreach (var (name, address) in new[] { (nameof(Endpoint), Endpoint), (nameof(ModelHub), ModelHub) })
        {
            if (address is not null
                && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0 || address.Fragment.Length > 0))
            {
                yield return Wrong(name, "is not an http or https address without user, password and fragment.");
            }
        }

        if (Provider == EmbeddingProvider.OpenAI && string.IsNullOrWhiteSpace(Model))
        {
            yield return Wrong(nameof(Model), $"is missing; the provider {Provider} needs the name of a model.");
        }

        if (Model?.Length > 256)
        {
            yield return Wrong(nameof(Model), "is longer than 256 characters.");
        }

        if (Key is not null && (Key.Length is 0 or > 4_096 || Key.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            yield return Wrong(nameof(Key), "is not 1 to 4,096 visible ASCII characters.");
        }
    }

    private IEnumerable<ValidationResult> ValidateLimits()
    {
        if (Dimensions is < 1 or > 8_192)
        {
            yield return Wrong(nameof(Dimensions), $"is {Dimensions}; use 1 to 8192.");
        }

        if (RequestDimensions && Dimensions is null)
        {
            yield return Wrong(nameof(RequestDimensions), $"needs {nameof(Dimensions)}.");
        }

        if (Timeout < TimeSpan.FromSeconds(0.1) || Timeout > TimeSpan.FromMinutes(5))
        {
            yield return Wrong(nameof(Timeout), $"is {Timeout}; use 00:00:00.1 to 00:05:00.");
        }

        if (RetryInterval < TimeSpan.FromSeconds(1) || RetryInterval > TimeSpan.FromMinutes(10))
        {
            yield return Wrong(nameof(RetryInterval), $"is {RetryInterval}; use 00:00:01 to 00:10:00.");
        }

        foreach (var (name, value, least, most) in new[]
        {
            (nameof(MaxRetries), MaxRetries, 0, 10),
            (nameof(MaxBatchSize), MaxBatchSize, 1, 2_048),
            (nameof(MaxConcurrency), MaxConcurrency, 1, 64),
            (nameof(MaxTextLength), MaxTextLength, 64, 1_000_000),
            (nameof(CacheMebibytes), CacheMebibytes, 0, 4_096),
        })
        {
            if (value < least || value > most)
            {
                yield return Wrong(name, $"is {value}; use {least} to {most}.");
            }
        }
    }

    /// <summary>Throws when a setting is wrong.</summary>
    /// <exception cref="ArgumentException">The first setting that is wrong.</exception>
    internal void ThrowIfInvalid()
    {
        foreach (var problem in Validate(null))
        {
            throw new ArgumentException(problem.ErrorMessage);
        }
    }

    private static ValidationResult Wrong(string setting, string what) => new($"{SectionName}:{setting} {what}", [setting]);
}
