using System.Buffers.Binary;
using System.Text;
using Keepsake.Embedding;
using Keepsake.Embedding.Bert;

namespace Keepsake.Tests.Embedding.Bert;

/// <summary>Folders that are no model, or not the model that they say they are.</summary>
public sealed class BertFolderTests : IDisposable
{
    private readonly TinyBert _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("\"bert\"", "\"roberta\"", "config.json says model_type 'roberta'; only 'bert' runs here, such as all-MiniLM-L6-v2, bge-small-en-v1.5 or e5-small-v2.")]
    [InlineData("\"gelu\"", "\"gelu_new\"", "config.json says hidden_act 'gelu_new'; only 'gelu' runs here.")]
    [InlineData("\"num_attention_heads\": 4", "\"num_attention_heads\": 5", "config.json has 5 num_attention_heads, which do not divide the hidden_size 48.")]
    [InlineData("\"num_attention_heads\": 4", "\"num_attention_heads\": 0", "config.json has a num_attention_heads that is not a whole number from 1 to 48.")]
    [InlineData("\"hidden_size\": 48", "\"hidden_size\": 96", "Tensor 'embeddings.word_embeddings.weight' has the shape [281, 48] where [281, 96] is needed.")]
    [InlineData("\"hidden_size\": 48", "\"hidden_size\": 2000000000", "config.json has a hidden_size that is not a whole number from 1 to 4096.")]
    [InlineData("\"hidden_size\": 48", "\"hidden_size\": \"48\"", "config.json has a hidden_size that is not a whole number from 1 to 4096.")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "The model file has no tensor 'encoder.layer.2.attention.self.query.weight'.")]
    [InlineData("\"intermediate_size\": 96", "\"intermediate_size\": 95", "Tensor 'encoder.layer.0.intermediate.dense.weight' has the shape [96, 48] where [95, 48] is needed.")]
    [InlineData("\"max_position_embeddings\": 64", "\"max_position_embeddings\": 65", "Tensor 'embeddings.position_embeddings.weight' has the shape [64, 48] where [65, 48] is needed.")]
    [InlineData("\"vocab_size\": 281", "\"vocab_size\": 280", "vocab.txt has 281 entries, but config.json says vocab_size 280: they belong to different models.")]
    [InlineData("\"vocab_size\": 281", "\"vocab_size\": 409", "vocab.txt has 281 entries, but config.json says vocab_size 409: it is cut short, or of another model.")]
    [InlineData("\"vocab_size\": 281", "\"vocab_size\": 282", "Tensor 'embeddings.word_embeddings.weight' has the shape [281, 48] where [282, 48] is needed.")]
    [InlineData("\"layer_norm_eps\": 1e-12", "\"layer_norm_eps\": -1", "config.json has a layer_norm_eps that is not a number between 0 and 1.")]
    [InlineData("\"model_type\"", "\"is_decoder\": true, \"model_type\"", "config.json says that the model is a decoder; only encoders run here.")]
    [InlineData("\"model_type\"", "\"position_embedding_type\": \"relative_key\", \"model_type\"", "config.json says position_embedding_type 'relative_key'; only 'absolute' runs here.")]
    [InlineData("{", "[", "config.json is not the JSON it should be.")]
    public void A_configuration_that_is_another_model_or_lies_is_refused_with_the_reason(string old, string @new, string reason)
    {
        _tiny.Configure(old, @new);

        Assert.Equal(reason, Refusal());
    }

    [Theory]
    [InlineData(BertFolder.PoolingFile, "{\"pooling_mode_max_tokens\":true}", "pooling_mode_max_tokens")]
    [InlineData(BertFolder.PoolingFile, "{\"pooling_mode_cls_token\":true,\"pooling_mode_mean_tokens\":true}", "pooling_mode_cls_token and pooling_mode_mean_tokens")]
    [InlineData(BertFolder.ModulesFile, "[{\"type\":\"sentence_transformers.models.Dense\"}]", "a module 'Dense'")]
    [InlineData(BertFolder.ModulesFile, "[1]", "is not the JSON it should be")]
    [InlineData(BertFolder.LengthFile, "{\"max_seq_length\":2}", "max_seq_length")]
    [InlineData(BertFolder.PromptsFile, "{\"prompts\":[]}", "prompts that is not an object")]
    [InlineData(BertFolder.PromptsFile, "{\"prompts\":{\"query\":7}}", "query that is not a text")]
    [InlineData(BertFolder.PromptsFile, "{\"prompts\":{\"query\":\"\\ud800\"}}", "query that is not a text")]
    [InlineData(BertFolder.PromptsFile, "{\"prompts\":{\"query\":\"a b c d e f g h i o p s t x a b c d e f g h i o p s t x a b c d e f g h\"}}", "more than half of the 64 tokens")]
    [InlineData(BertFolder.TokenizerFile, "{\"do_lower_case\":\"yes\"}", "do_lower_case that is not true or false")]
    public void What_a_file_asks_for_and_is_not_done_here_is_refused(string file, string content, string reason)
    {
        _tiny.Write(file, content);

        Assert.Contains(reason, Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_configuration_is_refused()
    {
        File.Delete(Path.Combine(_tiny.Copy, "config.json"));

        Assert.Equal("The folder has no config.json: it is not a model as the model hubs lay them out.", Refusal());
    }

    [Theory]
    [InlineData("[CLS]")]
    [InlineData("[SEP]")]
    [InlineData("[UNK]")]
    public void A_vocabulary_without_a_marker_is_refused(string marker)
    {
        var vocabulary = File.ReadAllText(Path.Combine(_tiny.Copy, "vocab.txt"));
        _tiny.Write("vocab.txt", vocabulary.Replace(marker, "gone", StringComparison.Ordinal));

        Assert.Contains(marker, Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(3_000)]
    [InlineData(200_000)]
    public void Weights_that_are_cut_short_are_refused(int length)
    {
        using (var file = File.Open(Weights, FileMode.Open))
        {
            file.SetLength(length);
        }

        Assert.NotEmpty(Refusal());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_that_are_no_numbers_are_refused(float value)
    {
        var content = File.ReadAllBytes(Weights);
        BinaryPrimitives.WriteSingleLittleEndian(content.AsSpan(content.Length - 400), value);
        File.WriteAllBytes(Weights, content);

        Assert.EndsWith("holds a number that is not finite.", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Weights_of_16_bits_are_read(string type)
    {
        var expected = BertEmbeddingModel.Load(_tiny.Copy).EmbedTokens([2, 9, 77, 3]);
        NarrowWeights(type);

        var actual = BertEmbeddingModel.Load(_tiny.Copy).EmbedTokens([2, 9, 77, 3]);

        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -0.02f, 0.02f));
        Assert.NotEqual(expected, actual);
    }

    private string Weights => Path.Combine(_tiny.Copy, "model.safetensors");

    private string Refusal() => Assert.Throws<InvalidDataException>(() => BertEmbeddingModel.Load(_tiny.Copy)).Message;

    private void NarrowWeights(string type)
    {
        var source = SafetensorsFile.Parse(File.ReadAllBytes(Weights));
        List<string> entries = [];
        using MemoryStream data = new();
        foreach (var name in source.Names)
        {
            var tensor = source.Get(name);
            var begin = data.Length;
            foreach (var value in tensor.ToSingles())
            {
                var bits = type == "F16" ? BitConverter.HalfToUInt16Bits((Half)value) : (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
                data.Write([(byte)bits, (byte)(bits >> 8)]);
            }

            entries.Add($"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(',', tensor.Shape)}],\"data_offsets\":[{begin},{data.Length}]}}");
        }

        var header = Encoding.UTF8.GetBytes($"{{{string.Join(',', entries)}}}");
        File.WriteAllBytes(Weights, [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. data.ToArray()]);
    }
}
