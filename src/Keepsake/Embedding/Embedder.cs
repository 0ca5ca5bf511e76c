using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keepsake.Embedding;

/// <summary>Makes the embeddings of a store, with whatever makes them, and never fails because nothing does.</summary>
/// <remarks>
/// <para>Where there is no model, callers search by words only. A model that is missing, damaged or out of reach is looked for again
/// every <see cref="EmbeddingOptions.RetryInterval"/>, so that it is picked up when it comes back.</para>
/// <para>Making an instance loads nothing; the first use does, behind the caller. Safe for concurrent use.</para>
/// </remarks>
public sealed class Embedder : IDisposable
{
    private readonly IEmbeddingSource _source;

    /// <summary>Makes an embedder as the settings say.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="time">The clock of time-outs and pauses. <see langword="null"/>: the system's.</param>
    /// <param name="logger">Where it says that a model came or went. <see langword="null"/>: nowhere.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    public Embedder(EmbeddingOptions options, TimeProvider? time = null, ILogger<Embedder>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid();

        time ??= TimeProvider.System;
        EmbedderHealth health = new(time, options.RetryInterval, logger ?? NullLogger<Embedder>.Instance);
        _source = options.Provider switch
        {
            EmbeddingProvider.BuiltIn => new LocalEmbeddingSource(options.ModelFolder, time, health),
            EmbeddingProvider.None => new NoEmbeddingSource(),
            _ => new GeneratedEmbeddingSource(new RemoteEmbeddingGenerator(options, time), health),
        };
    }

    /// <summary>Makes an embedder over a generator of the host's own.</summary>
    /// <param name="generator">The generator; the embedder disposes it. Its metadata should name its model, because records carry the name.</param>
    /// <param name="options">Settings; only <see cref="EmbeddingOptions.RetryInterval"/> counts. <see langword="null"/>: the defaults.</param>
    /// <param name="time">The clock of pauses. <see langword="null"/>: the system's.</param>
    /// <param name="logger">Where it says that a model came or went. <see langword="null"/>: nowhere.</param>
    public Embedder(
        IEmbeddingGenerator<string, Embedding<float>> generator,
        EmbeddingOptions? options = null,
        TimeProvider? time = null,
        ILogger<Embedder>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        options ??= new();
        options.ThrowIfInvalid();

        _source = new GeneratedEmbeddingSource(
            generator, new EmbedderHealth(time ?? TimeProvider.System, options.RetryInterval, logger ?? NullLogger<Embedder>.Instance));
    }

    /// <summary>The model's name, as records carry it. <see langword="null"/>: there is none, or it is not known yet.</summary>
    public string? Model => _source.Model;

    /// <summary>How many numbers an embedding has. Zero: there is no model, or it is not known yet.</summary>
    public int Dimensions => _source.Dimensions;

    /// <summary>Whether embeddings can be made, and why not.</summary>
    /// <remarks>Asking starts a model that was not used yet, and looks for one that went away, without waiting for either.</remarks>
    public EmbedderState State => _source.State;

    /// <summary>Embeds a text at once, in microseconds, on the caller's thread. Only a built-in model that is ready does.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="destination">Where the embedding goes: exactly <see cref="Dimensions"/> numbers, at unit length.</param>
    /// <returns>
    /// Whether there is an embedding. False: the text has none, or the model is not ready, or it is one to wait for
    /// (<see cref="EmbedAsync"/>).
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public bool TryEmbedNow(ReadOnlySpan<char> text, Span<float> destination) => _source.TryEmbedNow(text, destination);

    /// <summary>Embeds questions. Waits for a model that is being loaded, and for an endpoint.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">Ends the wait, and stops between two texts.</param>
    /// <returns>
    /// One vector a text, in their order, at unit length, the caller's to keep; <see langword="null"/> in place of a vector for a text
    /// that has none. <see langword="null"/> in place of the list when no model is available: search by words.
    /// </returns>
    public ValueTask<IReadOnlyList<float[]?>?> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return _source.EmbedAsync(texts, EmbeddingRole.Query, cancellationToken);
    }

    /// <summary>Embeds texts that are stored, and may answer. Some models read them in another way than questions.</summary>
    /// <inheritdoc cref="EmbedAsync"/>
    public ValueTask<IReadOnlyList<float[]?>?> EmbedDocumentsAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return _source.EmbedAsync(texts, EmbeddingRole.Document, cancellationToken);
    }

    /// <summary>Closes connections. Embeddings that are under way end as if the model went away.</summary>
    public void Dispose() => _source.Dispose();
}
