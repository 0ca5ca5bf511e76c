using Keepsake.Embedding;
using Keepsake.Embedding.Bert;

namespace Keepsake.Tests.Embedding.Bert;

public sealed class BertEncoderTests
{
    private const double Tolerance = 2e-6;

    private static readonly SafetensorsFile File = SafetensorsFile.Parse(ModelFile.Read(TinyBert.Folder, "model.safetensors"));

    public static TheoryData<int, bool> Cases => [.. VectorWidths.All().SelectMany(w => new[] { ((int)w, true), ((int)w, false) })];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sentences_of_every_length_have_the_vectors_of_the_slow_and_plain_way(int width, bool mean)
    {
        var model = Load(width, mean);
        SlowBert slow = new(model.Config, File);
        Random random = new(11);
        foreach (var length in Enumerable.Range(1, 20).Append(31).Append(32).Append(33).Append(64))
        {
            var tokens = Tokens(random, length);
            AssertNear(slow.Embed(tokens), model.EmbedTokens(tokens));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_sentence_has_the_same_vector_alone_and_among_others(int width, bool mean)
    {
        var model = Load(width, mean);
        BertEncoder encoder = new(BertWeights.Read(model.Config, File), (VectorWidth)width);
        Random random = new(12);
        int[][] sentences = [.. Enumerable.Range(0, 9).Select(i => Tokens(random, 1 + (i * 7 % 23)))];
        float[][] together = [.. sentences.Select(_ => new float[TinyBert.Dimensions])];

        encoder.Encode(sentences, new(model.Config, sentences.Sum(s => s.Length)), together);

        Assert.All(sentences.Zip(together), pair =>
        {
            UnitLength.TryScale(pair.Second);
            AssertNear([.. model.EmbedTokens(pair.First).Select(v => (double)v)], pair.Second);
        });
    }

    private static BertEmbeddingModel Load(int width, bool mean)
    {
        using TinyBert tiny = new();
        tiny.Write("1_Pooling/config.json", mean ? "{\"pooling_mode_mean_tokens\":true}" : "{\"pooling_mode_cls_token\":true,\"pooling_mode_mean_tokens\":false}");
        return BertEmbeddingModel.Load(tiny.Copy, name: null, (VectorWidth)width);
    }

    private static int[] Tokens(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(281))];

    private static void AssertNear(double[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -Tolerance, Tolerance));
}
