using Microsoft.Extensions.AI;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Keepsake.Embedding;

/// <summary>Embeddings from an endpoint: OpenAI-compatible, or <c>POST /embed</c>.</summary>
/// <remarks>
/// Safe for concurrent use. Texts are sent in batches, a few at once; passing failures are tried again with growing, random pauses; an
/// endpoint that keeps failing is left alone for a while. Answers are checked (how many, how long, finite numbers) and brought to
/// unit length. No text and no key appears in a message.
/// </remarks>
public sealed class RemoteEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly EmbeddingOptions _options;
    private readonly EmbeddingEndpoint _endpoint;
    private readonly EmbeddingCache _cache;
    private readonly ResiliencePipeline _pipeline;
    private readonly SemaphoreSlim _slots;
    private int _dimensions;

    /// <summary>Makes a generator.</summary>
    /// <param name="options">The settings; later changes have no effect on the time-outs and limits.</param>
    /// <param name="time">The clock of time-outs and pauses. <see langword="null"/>: the system's.</param>
    /// <param name="handler">Sends the requests; it stays the caller's, and must not follow redirects. <see langword="null"/>: one of the generator's own.</param>
    /// <exception cref="ArgumentException">A setting is wrong, or the provider is not an endpoint.</exception>
    public RemoteEmbeddingGenerator(EmbeddingOptions options, TimeProvider? time = null, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid();
        if (options.Provider is not (EmbeddingProvider.OpenAI or EmbeddingProvider.Embed))
        {
            throw new ArgumentException($"The provider {options.Provider} is not an endpoint.", nameof(options));
        }

        _options = options;
        _dimensions = options.Dimensions ?? 0;
        _endpoint = new(options, handler);
        _cache = new(options.CacheMebibytes * 1024L * 1024L);
        _pipeline = EmbeddingResilience.Make(options, time ?? TimeProvider.System);
        _slots = new(options.MaxConcurrency);
    }

    /// <summary>The model's name, as records carry it.</summary>
    public string Model => _options.Model ?? "embed";

    /// <summary>How many numbers an embedding has. Zero until the first answer, unless the settings say.</summary>
    public int Dimensions => Volatile.Read(ref _dimensions);

    /// <summary>Embeds texts.</summary>
    /// <param name="values">The texts. One longer than <see cref="EmbeddingOptions.MaxTextLength"/> is cut.</param>
    /// <param name="options">No effect: model and dimensions are settings, so that all embeddings of a store agree.</param>
    /// <param name="cancellationToken">Ends all requests under way.</param>
    /// <returns>One embedding a text, in their order, at unit length. All zeros for a blank text, which no endpoint is asked about.</returns>
    /// <exception cref="EmbeddingException">The endpoint did not answer as it should. Then no text has an embedding.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);

        string[] texts = [.. values.Select(Prepare)];
        Dictionary<string, float[]?> vectors = new(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            if (text.Length > 0 && !vectors.ContainsKey(text))
            {
                vectors.Add(text, _cache.Find(EmbeddingCache.KeyOf(text)));
            }
        }

        string[] missing = [.. vectors.Where(v => v.Value is null).Select(v => v.Key)];
        string[][] batches = [.. missing.Chunk(_endpoint.MaxBatchSize)];
        var answers = new float[batches.Length][][];
        ParallelOptions atOnce = new() { MaxDegreeOfParallelism = _options.MaxConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, batches.Length, atOnce, async (i, token) => answers[i] = await EmbedBatchAsync(batches[i], token));

        foreach (var (text, vector) in missing.Zip(answers.SelectMany(a => a)))
        {
            vectors[text] = vector;
            _cache.Add(EmbeddingCache.KeyOf(text), vector);
        }

        var none = new float[Dimensions];
        return [.. texts.Select(t => new Embedding<float>(vectors.GetValueOrDefault(t) ?? none) { ModelId = Model })];
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);

        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata)
                ? new EmbeddingGeneratorMetadata("keepsake-remote", _options.Endpoint, Model, Dimensions == 0 ? null : Dimensions)
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        _endpoint.Dispose();
        _slots.Dispose();
    }

    private string Prepare(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "";
        }

        var length = Math.Min(text.Length, _options.MaxTextLength);
        return text[..(length < text.Length && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    private async Task<float[][]> EmbedBatchAsync(string[] texts, CancellationToken cancellationToken)
    {
        // All callers share the slots. Waiting for one is not the endpoint's failure, so it is outside of the time-out.
        await _slots.WaitAsync(cancellationToken);
        try
        {
            var vectors = await _pipeline.ExecuteAsync(
                static async (call, token) => await call.Endpoint.EmbedAsync(call.Texts, token), (Endpoint: _endpoint, Texts: texts), cancellationToken);
            RequireDimensions(vectors[0].Length);
            return vectors;
        }
        catch (TimeoutRejectedException e)
        {
            throw new EmbeddingException(EmbeddingFailure.TimedOut, $"The embedding endpoint did not answer within {_options.Timeout}.", e);
        }
        catch (BrokenCircuitException e)
        {
            throw new EmbeddingException(EmbeddingFailure.Unreachable, "The embedding endpoint failed several times and is left alone for a while.", e);
        }
        finally
        {
            _slots.Release();
        }
    }

    // The first answer decides where the settings do not: vectors of two lengths cannot be compared.
    private void RequireDimensions(int found)
    {
        var expected = Interlocked.CompareExchange(ref _dimensions, found, 0);
        if (expected != 0 && expected != found)
        {
            throw new EmbeddingException(
                EmbeddingFailure.BadAnswer, $"The embedding endpoint gave embeddings of {found} numbers where {expected} are expected. Check Embedding:Model and Embedding:Dimensions.");
        }
    }
}
