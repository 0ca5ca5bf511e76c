using System.Numerics.Tensors;
using Keepsake.Embedding;

namespace Keepsake.Recall;

/// <summary>Embeds questions, by what each asks for more than by its being a question.</summary>
/// <remarks>
/// <para>Questions lie close together, whatever each of them asks: "What would you recommend for …?" lies near all that is recommended. So a question loses three quarters of its part
/// in the mean direction of <see cref="EverydayQuestions"/>, as the texts and the question lose half of what the texts have in common (<see cref="Legs.CommonDirection"/>).</para>
/// <para>That direction is learnt with the first question, for one embedding of each. Where that fails, questions stay as they are until it does not. Safe for concurrent use.</para>
/// </remarks>
/// <param name="embedder">The model.</param>
internal sealed class QuestionEmbedder(Embedder embedder)
{
    private const float LeftOut = 0.75f;

    private Direction? _common;

    /// <summary>Embeds a question.</summary>
    /// <param name="question">What to embed of it.</param>
    /// <param name="cancellationToken">Ends the wait for a model.</param>
    /// <returns>A vector at unit length, the caller's to keep; <see langword="null"/> where the question has none, or no model is usable.</returns>
    public async ValueTask<float[]?> EmbedAsync(string question, CancellationToken cancellationToken)
    {
        if (await embedder.EmbedAsync([question], cancellationToken) is not [{ } vector])
        {
            return null;
        }

        if (await CommonAsync(vector.Length, cancellationToken) is { } common)
        {
            var along = TensorPrimitives.Dot<float>(vector, common);
            TensorPrimitives.MultiplyAdd(common, -LeftOut * along, vector, vector);
            UnitLength.TryScale(vector);
        }

        return vector;
    }

    /// <summary>What questions have in common: a vector at unit length. <see langword="null"/>: the model has no say in it now.</summary>
    private async ValueTask<float[]?> CommonAsync(int dimensions, CancellationToken cancellationToken)
    {
        if (_common is { } known && known.Model == embedder.Model && known.Vector.Length == dimensions)
        {
            return known.Vector;
        }

        if (await embedder.EmbedAsync(EverydayQuestions.All, cancellationToken) is not { } vectors)
        {
            return null;
        }

        var sum = new float[dimensions];
        foreach (var vector in vectors)
        {
            if (vector?.Length == dimensions)
            {
                TensorPrimitives.Add<float>(sum, vector, sum);
            }
        }

        // Two who ask first learn the same.
        _common = new(embedder.Model, UnitLength.TryScale(sum) ? sum : new float[dimensions]);
        return _common.Vector;
    }

    private sealed record Direction(string? Model, float[] Vector);
}
