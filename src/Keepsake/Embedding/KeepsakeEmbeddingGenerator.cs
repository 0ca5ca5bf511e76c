using Microsoft.Extensions.AI;

namespace Keepsake.Embedding;

/// <summary>A static model as an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>.</summary>
/// <remarks>Works on the caller's thread, and takes microseconds a text. Safe for concurrent use.</remarks>
public sealed class KeepsakeEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly StaticEmbeddingModel _model;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Makes a generator.</summary>
    /// <param name="model">The model; it may serve others too.</param>
    public KeepsakeEmbeddingGenerator(StaticEmbeddingModel model)
    {
        ArgumentNullException.ThrowIfNull(model);

        _model = model;
        _metadata = new("keepsake", defaultModelId: model.Name, defaultModelDimensions: model.Dimensions);
    }

    /// <summary>Embeds texts.</summary>
    /// <param name="values">The texts.</param>
    /// <param name="options">
    /// <see cref="EmbeddingGenerationOptions.Dimensions"/> may be smaller than the model's: the model's numbers are in falling order of
    /// weight, so the first ones, at unit length again, are an embedding too. Other options have no effect.
    /// </param>
    /// <param name="cancellationToken">Stops between two texts.</param>
    /// <returns>One embedding a text, in their order, at unit length. All zeros for a text without a word that the model knows.</returns>
    /// <exception cref="ArgumentOutOfRangeException">More dimensions are wanted than the model has, or none.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var dimensions = options?.Dimensions ?? _model.Dimensions;
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, _model.Dimensions, nameof(options));

        GeneratedEmbeddings<Embedding<float>> embeddings = [];
        foreach (var value in values)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return Task.FromCanceled<GeneratedEmbeddings<Embedding<float>>>(cancellationToken);
            }

            embeddings.Add(new(Embed(value, dimensions)) { ModelId = _model.Name });
        }

        return Task.FromResult(embeddings);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);

        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(_model) ? _model
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the model is the caller's.</summary>
    public void Dispose()
    {
    }

    private float[] Embed(string text, int dimensions)
    {
        var vector = new float[_model.Dimensions];
        _model.TryEmbed(text, vector);
        if (dimensions == vector.Length)
        {
            return vector;
        }

        var prefix = vector[..dimensions];
        UnitLength.TryScale(prefix);
        return prefix;
    }
}
