using Microsoft.Extensions.AI;

namespace Keepsake.Embedding;

/// <summary>Embeddings of any generator, kept from taking a search down with it.</summary>
/// <remarks>
/// A generator that fails is left alone for the interval; then one call tries it again. Safe for concurrent use, if the generator is.
/// </remarks>
/// <param name="generator">The generator; disposed with this.</param>
/// <param name="health">Paces the attempts.</param>
internal sealed class GeneratedEmbeddingSource(IEmbeddingGenerator<string, Embedding<float>> generator, EmbedderHealth health) : IEmbeddingSource
{
    private readonly CancellationTokenSource _disposed = new();
    private int _dimensions;
    private int _probes;
    private int _probing;

    public string? Model => Metadata?.DefaultModelId;

    public int Dimensions => Volatile.Read(ref _dimensions) is > 0 and var known ? known : Metadata?.DefaultModelDimensions ?? 0;

    public EmbedderState State
    {
        get
        {
            ProbeBehind();
            return health.State;
        }
    }

    private EmbeddingGeneratorMetadata? Metadata => generator.GetService<EmbeddingGeneratorMetadata>();

    // A generator may wait for a network, and this may not.
    public bool TryEmbedNow(ReadOnlySpan<char> text, Span<float> destination) => false;

    // Whoever runs an endpoint knows what its model wants; it is sent the texts as they are.
    public async ValueTask<IReadOnlyList<float[]?>?> EmbedAsync(
        IReadOnlyList<string> texts, EmbeddingRole role, CancellationToken cancellationToken)
    {
        if (texts.Count == 0)
        {
            return [];
        }

        if (!health.MayTry())
        {
            return null;
        }

        try
        {
            var vectors = await EmbedOrSplitAsync(texts, cancellationToken);
            health.Succeeded(Model, Dimensions);
            return vectors;
        }
        catch (Exception e)
        {
            // What a cancelled call fails with says nothing about the generator.
            cancellationToken.ThrowIfCancellationRequested();
            health.Failed(e is EmbeddingException ? e.Message : $"The embedding generator failed ({e.GetType().Name}).", e);
            return null;
        }
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
        generator.Dispose();
    }

    /// <summary>Embeds all texts; where the endpoint refuses, one by one, so that one text it cannot take does not cost the others theirs.</summary>
    private async Task<float[]?[]> EmbedOrSplitAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        try
        {
            return await GenerateAsync(texts, cancellationToken);
        }
        catch (EmbeddingException e) when (e.Failure == EmbeddingFailure.Refused)
        {
            // When it refuses everything, the settings are at fault, and this throws.
            await GenerateAsync([Probe()], cancellationToken);
        }

        if (texts.Count == 1)
        {
            return [null];
        }

        var vectors = new float[]?[texts.Count];
        for (var i = 0; i < vectors.Length; i++)
        {
            try
            {
                vectors[i] = (await GenerateAsync([texts[i]], cancellationToken))[0];
            }
            catch (EmbeddingException e) when (e.Failure == EmbeddingFailure.Refused)
            {
                vectors[i] = null;
            }
        }

        return vectors;
    }

    private async Task<float[]?[]> GenerateAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var embeddings = await generator.GenerateAsync(texts, cancellationToken: cancellationToken);
        if (embeddings.Count != texts.Count)
        {
            throw new EmbeddingException(EmbeddingFailure.BadAnswer, $"The embedding generator made {embeddings.Count} embeddings of {texts.Count} texts.");
        }

        return [.. embeddings.Select(e => Check(e.Vector))];
    }

    /// <summary>A copy at unit length, or null for a vector without a direction: the text has none.</summary>
    private float[]? Check(ReadOnlyMemory<float> vector)
    {
        // A generator that was asked about blank texts only may not know its own width yet.
        if (vector.IsEmpty)
        {
            return null;
        }

        var expected = Interlocked.CompareExchange(ref _dimensions, vector.Length, 0);
        if (expected != 0 && expected != vector.Length)
        {
            throw new EmbeddingException(
                EmbeddingFailure.BadAnswer, $"The embedding generator made embeddings of {vector.Length} numbers where {expected} are expected.");
        }

        var copy = vector.ToArray();
        return UnitLength.TryScale(copy) ? copy : null;
    }

    // Whoever asks for the state should not see yesterday's: the answer to this question is behind the next one.
    private void ProbeBehind()
    {
        if (health.State.Status == EmbedderStatus.Ready || _disposed.IsCancellationRequested || Interlocked.Exchange(ref _probing, 1) == 1)
        {
            return;
        }

        _ = Task.Run(ProbeAsync, CancellationToken.None);
    }

    private async Task ProbeAsync()
    {
        try
        {
            await EmbedAsync([Probe()], EmbeddingRole.Query, _disposed.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Disposed meanwhile: nobody is left to tell.
        }
        finally
        {
            Volatile.Write(ref _probing, 0);
        }
    }

    /// <summary>A text that any endpoint takes, to learn whether it is the endpoint or a text that is at fault. New each time, so that no cache answers.</summary>
    private string Probe() => $"ping {Interlocked.Increment(ref _probes)}";
}
