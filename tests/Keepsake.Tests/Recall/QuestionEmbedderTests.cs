using System.Numerics.Tensors;
using Keepsake.Embedding;
using Keepsake.Recall;
using Keepsake.Tests.Embedding;
using Microsoft.Extensions.AI;

namespace Keepsake.Tests.Recall;

public sealed class QuestionEmbedderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_loses_three_quarters_of_what_questions_have_in_common()
    {
        using var generator = new Planes { ["where is the harbour?"] = [0.6f, 0.8f] };
        using var embedder = new Embedder(generator);

        var vector = await new QuestionEmbedder(embedder).EmbedAsync("where is the harbour?", Token);

        var length = MathF.Sqrt((0.15f * 0.15f) + (0.8f * 0.8f));
        Assert.Equal([0.15f / length, 0.8f / length], vector!.Select(v => MathF.Round(v, 5)), (a, b) => Math.Abs(a - b) < 1e-4f);
    }

    [Fact]
    public async Task What_they_have_in_common_is_learnt_once()
    {
        using var generator = new Planes();
        using var embedder = new Embedder(generator);
        var questions = new QuestionEmbedder(embedder);

        for (var i = 0; i < 5; i++)
        {
            await questions.EmbedAsync($"question {i}", Token);
        }

        Assert.Equal(5 + EverydayQuestions.All.Count, generator.Texts);
    }

    [Fact]
    public async Task A_question_stays_as_it_is_until_that_can_be_learnt()
    {
        using var generator = new Planes { ["where is the harbour?"] = [0.6f, 0.8f], LearnsNothing = true };
        var time = new SkippingTime();
        using var embedder = new Embedder(generator, time: time);
        var questions = new QuestionEmbedder(embedder);

        var asItIs = await questions.EmbedAsync("where is the harbour?", Token);
        Assert.Equal([0.6f, 0.8f], asItIs!);

        generator.LearnsNothing = false;
        time.Skip(TimeSpan.FromMinutes(10));
        Assert.True((await questions.EmbedAsync("where is the harbour?", Token))![0] < 0.2f);
    }

    [Fact]
    public async Task A_question_that_only_asks_keeps_its_vector()
    {
        using var generator = new Planes { ["what should I do?"] = [1, 0] };
        using var embedder = new Embedder(generator);

        var vector = await new QuestionEmbedder(embedder).EmbedAsync("what should I do?", Token);
        Assert.Equal([1f, 0f], vector!);
    }

    [Fact]
    public async Task Without_a_model_or_a_word_there_is_no_vector()
    {
        using var none = new Embedder(new EmbeddingOptions { Provider = EmbeddingProvider.None });
        using var builtIn = new Embedder(new EmbeddingOptions());

        Assert.Null(await new QuestionEmbedder(none).EmbedAsync("where is the harbour?", Token));
        Assert.Null(await new QuestionEmbedder(builtIn).EmbedAsync("", Token));
    }

    [Theory]
    [InlineData("Could you recommend a nice spot for dinner in Lisbon?", "I never eat seafood.", "I was asked to recommend a colleague.")]
    [InlineData("What would you suggest we do with the kids on Sunday?", "Our children get bored in museums.", "I'd like you to suggest shorter titles.")]
    public async Task With_the_built_in_model_it_moves_from_what_merely_asks_to_what_it_asks_for(string question, string meant, string alike)
    {
        using var embedder = new Embedder(new EmbeddingOptions());
        var plain = (await embedder.EmbedAsync([question], Token))![0]!;
        var embedded = (await new QuestionEmbedder(embedder).EmbedAsync(question, Token))!;
        var texts = await embedder.EmbedDocumentsAsync([meant, alike], Token);

        float Lead(float[] vector) => TensorPrimitives.Dot<float>(vector, texts![0]!) - TensorPrimitives.Dot<float>(vector, texts[1]!);

        Assert.True(Lead(embedded) > Lead(plain));
        Assert.Equal(1, TensorPrimitives.Norm<float>(embedded), 1e-4f);
    }

    /// <summary>Vectors of two numbers: those given for their texts, one along the first axis for all others.</summary>
    private sealed class Planes : Dictionary<string, float[]>, IEmbeddingGenerator<string, Embedding<float>>
    {
        public int Texts { get; private set; }

        public bool LearnsNothing { get; set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            var texts = values.ToList();
            Texts += texts.Count;
            return LearnsNothing && texts.Count > 1
                ? throw new InvalidOperationException("Not so many.")
                : Task.FromResult<GeneratedEmbeddings<Embedding<float>>>([.. texts.Select(text => new Embedding<float>(this.GetValueOrDefault(text, [1, 0])))]);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
