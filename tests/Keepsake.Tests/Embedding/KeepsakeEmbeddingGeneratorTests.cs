using Keepsake.Embedding;
using Microsoft.Extensions.AI;

namespace Keepsake.Tests.Embedding;

public sealed class KeepsakeEmbeddingGeneratorTests
{
    private static readonly StaticEmbeddingModel Model = StaticEmbeddingModel.Load(BuiltInModel.Folder);
    private static readonly KeepsakeEmbeddingGenerator Generator = new(Model);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_gives_the_models_vectors_in_order_and_zeros_for_a_text_that_has_none()
    {
        var embeddings = await Generator.GenerateAsync(["dog bit man", "", "a memory"], cancellationToken: Token);

        var vector = new float[Model.Dimensions];
        Model.TryEmbed("dog bit man", vector);
        Assert.Equal(vector, embeddings[0].Vector.ToArray());
        Assert.All(embeddings[1].Vector.ToArray(), v => Assert.Equal(0, v));
        Assert.All(embeddings, e => Assert.Equal("keepsake-en-1", e.ModelId));
        Assert.Equal(3, embeddings.Count);
    }

    [Fact]
    public async Task Fewer_dimensions_are_the_first_ones_at_unit_length()
    {
        var all = (await Generator.GenerateVectorAsync("a memory", cancellationToken: Token)).ToArray();
        var first = (await Generator.GenerateVectorAsync("a memory", new() { Dimensions = 64 }, Token)).ToArray();

        var length = MathF.Sqrt(all[..64].Sum(v => v * v));
        Assert.Equal(64, first.Length);
        Assert.All(first.Zip(all), pair => Assert.Equal(pair.Second / length, pair.First, 1e-6f));
    }

    [Theory]
    [InlineData(0), InlineData(257)]
    public async Task More_dimensions_than_there_are_are_refused(int dimensions) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Generator.GenerateAsync(["a"], new() { Dimensions = dimensions }, Token));

    [Fact]
    public async Task A_cancelled_call_stops() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Generator.GenerateAsync(["a"], cancellationToken: new CancellationToken(canceled: true)));

    [Fact]
    public void Metadata_names_the_model_and_its_dimensions()
    {
        var metadata = Generator.GetService<EmbeddingGeneratorMetadata>()!;

        Assert.Equal(("keepsake", "keepsake-en-1", 256), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(Model, Generator.GetService<StaticEmbeddingModel>());
        Assert.Null(Generator.GetService<string>());
    }
}
