using System.Numerics.Tensors;
using Keepsake.Embedding;
using Keepsake.Embedding.Bert;

namespace Keepsake.Tests.Embedding.Bert;

/// <summary>The forward pass, at each width of this processor, against vectors that another implementation computed.</summary>
public sealed class BertReferenceTests
{
    /// <summary>Names a folder with all-MiniLM-L6-v2 and its <c>reference.jsonl</c>: 45 MB that are not part of the sources.</summary>
    private const string MiniLmVariable = "KEEPSAKE_TEST_MINILM";

    private const double LeastCosine = 0.99999;

    // The cases of MiniLM exist where its folder does, so that nothing counts as passed that was not run.
    public static TheoryData<string, int> Cases =>
    [
        .. from folder in new[] { TinyBert.Folder, Environment.GetEnvironmentVariable(MiniLmVariable) }
           where !string.IsNullOrEmpty(folder)
           from width in VectorWidths.All()
           select (folder, (int)width),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Vectors_match_those_of_the_reference_file(string folder, int width)
    {
        var model = BertEmbeddingModel.Load(folder, name: null, (VectorWidth)width);
        var references = References(folder);
        Assert.All(references, r => Compare(r, model.EmbedTokens(r.Ids)));

        // The ids of the small file were made without cutting words into pieces: they check the encoder only.
        if (folder != TinyBert.Folder)
        {
            CompareTexts(model, references);
        }
    }

    private static void CompareTexts(BertEmbeddingModel model, IReadOnlyList<ReferenceText> references)
    {
        BertText text = new(model.Tokenizer, model.Config);
        var vectors = model.Embed([.. references.Select(r => r.Text)], EmbeddingRole.Document, TestContext.Current.CancellationToken);
        Assert.All(references.Zip(vectors), pair =>
        {
            // The reference cuts the longest text off, where we read on; and it has a vector of the markers alone for a text without a word.
            var (reference, vector) = pair;
            var windows = text.Cut(reference.Text, EmbeddingRole.Document);
            var read = reference.Ids.Length - 1;
            Assert.Equal(read > 1 ? reference.Ids[..read] : [], windows is [var first, ..] ? first[..read] : []);
            if (windows is [{ Length: var length }] && length == reference.Ids.Length)
            {
                Compare(reference, vector!);
            }
        });
    }

    private static IReadOnlyList<ReferenceText> References(string folder) => ReferenceTexts.Read(Path.Combine(folder, "reference.jsonl"));

    private static void Compare(ReferenceText reference, float[] vector) => Assert.InRange(
        TensorPrimitives.CosineSimilarity<float>(Array.ConvertAll(reference.Vector, v => (float)v), vector), LeastCosine, 1.00001);
}
