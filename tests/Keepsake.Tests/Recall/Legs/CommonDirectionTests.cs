using System.Numerics.Tensors;
using Keepsake.Recall;
using Keepsake.Recall.Legs;

namespace Keepsake.Tests.Recall.Legs;

public sealed class CommonDirectionTests : IDisposable
{
    private const int Dimensions = 64;

    private readonly RecallIndex _index = new();

    public void Dispose() => _index.Dispose();

    [Theory]
    [InlineData(5), InlineData(200), InlineData(3_000)]
    public void Half_of_what_all_have_in_common_is_left_out_of_both_sides(int entries)
    {
        var random = new Random(entries);
        var vectors = Enumerable.Range(0, entries).Select(_ => Vector(random, common: 0.5f)).ToList();
        Add(vectors);
        var question = Vector(random, common: 0.5f);
        var scope = new SearchScope(_index.Views, "");
        var common = CommonDirection.Of(scope, new(question));

        var mean = Unit(vectors.Aggregate(new float[Dimensions], (sum, vector) => [.. sum.Zip(vector, (a, b) => a + b)]));
        foreach (var part in scope.Parts)
        {
            foreach (var row in Enumerable.Range(part.FirstPassage, Math.Min(20, part.EndPassage - part.FirstPassage)))
            {
                var vector = vectors[int.Parse(part.Segment.Ids[part.Segment.PassageDocuments[row]], null)];
                var (cosine, along) = common.Compare(part.Segment.Vectors, row);
                Assert.Equal(TensorPrimitives.Dot<float>(vector, question), cosine, 2e-3f);

                // By a sample of a large scope, the direction is a little off.
                Assert.Equal(TensorPrimitives.Dot<float>(Halved(vector, mean), Halved(question, mean)), common.Without(cosine, along), entries > 128 ? 0.04f : 0.01f);
            }
        }
    }

    [Fact]
    public void A_text_that_has_little_else_than_what_all_have_does_not_come_before_what_is_meant()
    {
        var random = new Random(7);
        Add([.. Enumerable.Range(0, 100).Select(_ => Vector(random, common: 0.6f))]);
        float[] bland = Axis(0, 1);
        float[] meant = Unit([0.45f, 0.5f, 0.74f, .. new float[Dimensions - 3]]);
        _index.Upsert(Entries.Entry("bland", "x") with { Vectors = [bland] });
        _index.Upsert(Entries.Entry("meant", "x") with { Vectors = [meant] });

        float[] question = Unit([0.8f, 0.6f, .. new float[Dimensions - 2]]);
        Assert.True(TensorPrimitives.Dot<float>(question, bland) > TensorPrimitives.Dot<float>(question, meant) + 0.1f);
        var ids = _index.Ids(Entries.Query("?") with { Vector = question, Limit = 200 });

        Assert.True(ids.IndexOf("meant") < ids.IndexOf("bland"));
    }

    [Fact]
    public void Of_a_filtered_scope_only_what_matches_has_it_in_common()
    {
        var random = new Random(8);
        Add([.. Enumerable.Range(0, 300).Select(_ => Unit([.. Axis(1, 2).Zip(Vector(random, 0), (a, b) => a + b)]))], "other");
        Add([.. Enumerable.Range(0, 300).Select(_ => Unit([.. Axis(0, 2).Zip(Vector(random, 0), (a, b) => a + b)]))], "wanted");
        var question = Vector(random, 0);
        var filtered = new SearchScope(_index.Views, "", filter: new(new Dictionary<string, MetadataValue> { ["wanted"] = MetadataValue.Of(true) }));

        var all = CommonDirection.Of(new(_index.Views, ""), new(question));
        var matching = CommonDirection.Of(filtered, new(question));

        var part = filtered.Parts[0];
        var row = part.Segment.FirstPassage(filtered.MatchingIn(part).Span[0]);
        Assert.InRange(matching.Compare(part.Segment.Vectors, row).Along, 0.8f, 1);
        Assert.InRange(all.Compare(part.Segment.Vectors, row).Along, 0.4f, 0.75f);
    }

    [Fact]
    public void Nothing_in_common_changes_nothing()
    {
        _index.Upsert(Entries.Entry("a", "x") with { Vectors = [] });
        var scope = new SearchScope(_index.Views, "");

        Assert.Equal(0.4f, CommonDirection.Of(scope, new(Axis(0, 1))).Without(0.4f, 0));
        Assert.Equal(0.4f, CommonDirection.Of(new(_index.Views, "nowhere"), new(Axis(0, 1))).Without(0.4f, 0));
    }

    private void Add(IReadOnlyList<float[]> vectors, string? kind = null)
    {
        foreach (var (i, vector) in vectors.Index())
        {
            _index.Upsert(Entries.Entry($"{kind}{i}", "x") with { Vectors = [vector], Order = i, Metadata = kind is null ? null : new Dictionary<string, MetadataValue> { [kind] = MetadataValue.Of(true) } });
        }
    }

    private static float[] Vector(Random random, float common) => Unit([.. Entries.RandomVector(random, Dimensions).Zip(Axis(0, common), (a, b) => a + b)]);

    private static float[] Axis(int axis, float length) => [.. Enumerable.Range(0, Dimensions).Select(d => d == axis ? length : 0)];

    private static float[] Unit(float[] vector) => [.. vector.Select(x => x / TensorPrimitives.Norm<float>(vector))];

    private static float[] Halved(float[] vector, float[] direction)
    {
        var along = TensorPrimitives.Dot<float>(vector, direction);
        return Unit([.. vector.Zip(direction, (x, d) => x - (along * d / 2))]);
    }
}
