using System.Numerics.Tensors;
using Keepsake.Embedding;
using Keepsake.Embedding.Bert;
using Keepsake.Tests.Embedding.Bert;

namespace Keepsake.Tests.Embedding;

public sealed class BertEmbeddingModelTests
{
    private static readonly BertEmbeddingModel Model = BertEmbeddingModel.Load(TinyBert.Folder);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_model_is_called_as_its_folder_unless_it_is_named()
    {
        Assert.Equal(("tiny-bert", TinyBert.Dimensions, 64), (Model.Name, Model.Dimensions, Model.MaxLength));
        Assert.Equal("ours", BertEmbeddingModel.Load(TinyBert.Folder, "ours").Name);
    }

    [Fact]
    public async Task Many_texts_have_the_vectors_in_their_order_that_each_has_alone()
    {
        Random random = new(5);
        string[] words = ["dog", "man", "database", "credentials", "vault", "spring", "migration", "love", "42", "—", "日"];
        string[] texts = [.. Enumerable.Range(0, 300).Select(_ => string.Join(' ', random.GetItems(words, random.Next(0, 90))))];

        var together = await Model.EmbedAsync(texts, EmbeddingRole.Document, Token);

        for (var i = 0; i < texts.Length; i++)
        {
            var alone = Model.Embed([texts[i]], EmbeddingRole.Document, Token)[0];
            Assert.Equal(texts[i].Length == 0, alone is null);
            Assert.Equal(alone is null, together[i] is null);
            if (alone is not null)
            {
                Assert.InRange(TensorPrimitives.CosineSimilarity<float>(alone, together[i]!), 0.999999, 1.000001);
                Assert.InRange(TensorPrimitives.Norm<float>(together[i]!), 0.99999, 1.00001);
            }
        }
    }

    [Fact]
    public void No_texts_have_no_vectors() => Assert.Empty(Model.Embed([], EmbeddingRole.Query, Token));

    [Fact]
    public void What_stands_at_the_end_of_a_long_text_counts()
    {
        var start = string.Concat(Enumerable.Repeat("the database ", 100));
        var vectors = Model.Embed([start, start + string.Concat(Enumerable.Repeat("love spring ", 40))], EmbeddingRole.Document, Token);

        Assert.InRange(TensorPrimitives.CosineSimilarity<float>(vectors[0]!, vectors[1]!), -1, 0.999);
    }

    [Fact]
    public async Task A_cancelled_batch_stops() => await Assert.ThrowsAnyAsync<OperationCanceledException>(
        async () => await Model.EmbedAsync(["dog"], EmbeddingRole.Query, new CancellationToken(canceled: true)));

    [Fact]
    public async Task The_embedder_uses_an_added_model_with_the_prompt_of_each_role()
    {
        using TinyBert tiny = new();
        tiny.Write(BertFolder.PromptsFile, "{\"prompts\":{\"query\":\"where do we keep\"}}");
        using Support.TemporaryFolder data = new();
        AddedModels models = new(DataFolder.Open(data["data"]));
        var added = models.Add(tiny.Copy, "tiny", Token);
        using Embedder embedder = new(new EmbeddingOptions { ModelFolder = models.FolderOf("tiny") });
        Assert.Equal((added.Model, TinyBert.Dimensions), (embedder.Model, embedder.Dimensions));

        var asked = await embedder.EmbedAsync(["the dog"], Token);
        var stored = await embedder.EmbedDocumentsAsync(["the dog"], Token);

        Assert.Equal(EmbedderStatus.Ready, embedder.State.Status);
        Assert.Equal(Model.Embed(["the dog"], EmbeddingRole.Document, Token)[0], stored![0]);
        Assert.Equal(Model.Embed(["where do we keep the dog"], EmbeddingRole.Document, Token)[0], asked![0]);
        Assert.False(embedder.TryEmbedNow("the dog", new float[TinyBert.Dimensions]));
    }
}
