using System.Security.Cryptography;
using System.Text.Json;
using Keepsake.Embedding;

namespace Keepsake.Tests.Embedding;

public sealed class StaticEmbeddingModelTests
{
    private static readonly StaticEmbeddingModel Model = StaticEmbeddingModel.Load(BuiltInModel.Folder);

    [Fact]
    public void Vectors_match_the_reference_file() => Assert.All(ReferenceTexts.Read(), t =>
    {
        var vector = new float[Model.Dimensions];
        var embedded = Model.TryEmbed(t.Text, vector);

        Assert.Equal(t.Ids.Any(id => id != 0), embedded);
        Assert.All(vector.Zip(t.Vector), pair => Assert.InRange(pair.First - pair.Second, -1e-5, 1e-5));
    });

    [Fact]
    public void The_manifest_says_what_the_code_says()
    {
        Assert.Equal(BuiltInModel.Name, Model.Name);
        Assert.Equal(BuiltInModel.Dimensions, Model.Dimensions);
        Assert.Equal("en", Model.Language);
    }

    [Fact]
    public void The_files_are_the_ones_that_the_model_card_names()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(BuiltInModel.Folder, "model.json")));
        foreach (var file in manifest.RootElement.GetProperty("files").EnumerateObject())
        {
            var content = File.ReadAllBytes(Path.Combine(BuiltInModel.Folder, file.Name));
            Assert.Equal(file.Value.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(content)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n ")]
    [InlineData("\u0301\u200B")]
    [InlineData("\uE000 \U000F0000")]
    public void A_text_without_a_known_token_has_no_vector(string text)
    {
        var vector = new float[Model.Dimensions];
        vector.AsSpan().Fill(7);

        Assert.False(Model.TryEmbed(text, vector));
        Assert.All(vector, v => Assert.Equal(0, v));
    }

    [Fact]
    public void Embedding_allocates_nothing()
    {
        var vector = new float[Model.Dimensions];
        var text = string.Join(' ', ReferenceTexts.Read().Select(t => t.Text));
        Model.TryEmbed(text, vector);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Model.TryEmbed(text, vector);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_destination_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => Model.TryEmbed("dog", new float[Model.Dimensions - 1]));

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("vocab.txt")]
    public void A_single_flipped_bit_is_found(string file)
    {
        using ModelCopy copy = new();
        foreach (var position in new[] { 0.001, 0.5, 0.999 })
        {
            copy.Flip(file, position);
            var error = Assert.Throws<InvalidDataException>(() => StaticEmbeddingModel.Load(copy.Folder));
            Assert.Equal($"{file} is damaged: its checksum is wrong.", error.Message);
            copy.Flip(file, position);
        }

        Assert.Equal(BuiltInModel.Name, StaticEmbeddingModel.Load(copy.Folder).Name);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("vocab.txt")]
    public void A_file_that_is_cut_short_is_found(string file)
    {
        using ModelCopy copy = new();
        copy.Cut(file, 100_000);

        var error = Assert.Throws<InvalidDataException>(() => StaticEmbeddingModel.Load(copy.Folder));

        Assert.Contains("cut short", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(copy.Folder, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"name\":\"x\",\"kind\":\"static\",\"dimensions\":0,\"language\":\"en\",\"files\":{}}")]
    [InlineData("{\"name\":\"x\",\"kind\":\"static\",\"dimensions\":256,\"language\":\"en\",\"files\":{}}")]
    [InlineData("{\"name\":\"x\",\"kind\":\"static\",\"dimensions\":256,\"language\":\"en\"}")]
    [InlineData("{\"name\":\"x\",\"kind\":\"other\",\"dimensions\":256,\"language\":\"en\",\"files\":{}}")]
    [InlineData("{\"name\":\"x\",\"kind\":\"static\",\"dimensions\":\"256\",\"language\":\"en\",\"files\":{}}")]
    [InlineData("{\"name\":\"x\",\"kind\":\"static\",\"dimensions\":256,\"language\":\"\\ud800\",\"files\":{}}")]
    [InlineData("{\"name\":\"x\",\"kind\":\"static\",\"dimensions\":256,\"language\":\"en\",\"files\":{\"a\":{\"bytes\":1}}}")]
    [InlineData("{\"name\":\"x\",\"kind\":\"static\",\"dimensions\":256,\"language\":\"en\",\"files\":{\"a\":{\"bytes\":1,\"crc32c\":\"00000000\"},\"a\":{\"bytes\":1,\"crc32c\":\"00000000\"}}}")]
    [InlineData("{\"name\":\"x\",\"kind\":\"static\",\"dimensions\":256,\"language\":\"en\",\"files\":{}} x")]
    [InlineData("{\"name\":\"x\",\"kind\":\"static\",\"dimensions\":256,\"language\":\"en\",\"files\":{\"vocab.txt\":{\"bytes\":1,\"crc32c\":\"zz\"}}}")]
    public void A_damaged_manifest_is_found(string manifest)
    {
        using ModelCopy copy = new();
        File.WriteAllText(Path.Combine(copy.Folder, "model.json"), manifest);

        Assert.Contains("manifest", Assert.Throws<InvalidDataException>(() => StaticEmbeddingModel.Load(copy.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_of_other_dimensions_is_found()
    {
        using ModelCopy copy = new();
        var path = Path.Combine(copy.Folder, "model.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("256", "128", StringComparison.Ordinal));

        var error = Assert.Throws<InvalidDataException>(() => StaticEmbeddingModel.Load(copy.Folder));
        Assert.Equal("Tensor 'embedding.weight' has the shape [51486, 256] where [51486, 128] is needed.", error.Message);
    }
}
