using Keepsake.Protection.Sealing;
using Keepsake.Recall;
using Keepsake.Recall.Index;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Recall;

/// <summary>A snapshot that counts as large whatever its size, so that the lower bits of vectors stay in its files.</summary>
public sealed class LargeSnapshotTests : IDisposable
{
    private const string Model = "a model";
    private const int Dimensions = 256;

    private readonly TemporaryFolder _folder = new();
    private readonly RecallIndex _index = new();
    private readonly Random _random = new(1);

    public LargeSnapshotTests() => Fill(_index, 0, IndexSnapshot.MinDocuments + 500);

    public void Dispose()
    {
        _index.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Lower_bits_stay_in_the_files_and_the_answers_are_the_same()
    {
        var before = Answers(_index);
        Assert.True(Large().Save(_index.Views, Model, 1, always: true));
        AssertInFiles(_index.Views);
        Assert.Equal(before, Answers(_index));

        using var restored = Restored(Large());
        AssertInFiles(restored.Views);
        Assert.Equal(before, Answers(restored));

        using var small = Restored(new(Folder));
        Assert.All(small.Views, view => Assert.NotNull(view.Segment.Vectors.Lower.InMemory));
        Assert.Equal(before, Answers(small));
    }

    [Fact]
    public void A_sealed_snapshot_leaves_nothing_in_its_files()
    {
        var seal = new IndexSeal(new byte[32], "store");
        Assert.True(Large(seal).Save(_index.Views, Model, 1, always: true));
        using var restored = Restored(Large(seal));

        Assert.All(_index.Views.Concat(restored.Views), view => Assert.NotNull(view.Segment.Vectors.Lower.InMemory));
        Assert.Equal(Answers(_index), Answers(restored));
    }

    [Fact]
    public void Rows_are_read_though_their_snapshot_was_deleted_and_are_written_anew()
    {
        var snapshot = Large();
        var before = Answers(_index);
        Assert.True(snapshot.Save(_index.Views, Model, 1, always: true));
        snapshot.Clear();
        Assert.Equal(before, Answers(_index));

        snapshot.Replace(_index.Views, Model, 1);
        using var restored = Restored(Large());
        Assert.Equal(before, Answers(restored));
    }

    [Fact]
    public void Segments_with_rows_in_files_are_merged_like_others()
    {
        var (snapshot, plain) = (Large(), new RecallIndex());
        using var _ = plain;
        plain.Restore(_index.Views);
        Assert.True(snapshot.Save(_index.Views, Model, 1, always: true));
        foreach (var index in (RecallIndex[])[_index, plain])
        {
            Fill(index, 5_000, 300);
            index.Drop("n/1");
            index.Compact();
        }

        snapshot.Replace(_index.Views, Model, 2);
        AssertInFiles(_index.Views);
        Assert.Equal(Answers(plain), Answers(_index));
    }

    [Fact]
    public void A_file_cut_off_beneath_the_index_costs_precision_and_no_answer()
    {
        var (before, answers) = (Cosines(_index), Answers(_index).Count);
        var snapshot = Large();
        Assert.True(snapshot.Save(_index.Views, Model, 1, always: true));
        Damage(bytes => bytes.SetLength(bytes.Length / 2));

        // The upper bits alone have a standard error of 0.007.
        var errors = before.Zip(Cosines(_index), (whole, upper) => whole - upper).ToList();
        Assert.InRange(Math.Sqrt(errors.Average(error => error * error)), 0.001, 0.008);
        Assert.InRange(errors.Max(Math.Abs), 0, 5 * 0.007);
        Assert.Equal(answers, Answers(_index).Count);

        // What cannot be read whole is not written on: the index is then built from what is stored.
        snapshot.Replace(_index.Views, Model, 1);
        Assert.Null(Large().Load(Model));
    }

    [Fact]
    public void A_bit_that_flipped_in_a_file_in_use_is_not_written_on()
    {
        var snapshot = Large();
        Assert.True(snapshot.Save(_index.Views, Model, 1, always: true));
        Damage(bytes =>
        {
            bytes.Position = bytes.Length - 100;
            var value = bytes.ReadByte();
            bytes.Position--;
            bytes.WriteByte((byte)(value ^ 4));
        });
        snapshot.Clear();

        snapshot.Replace(_index.Views, Model, 1);
        Assert.Null(Large().Load(Model));
    }

    private string Folder => _folder["index"];

    private static void AssertInFiles(IReadOnlyList<SegmentView> views) => Assert.All(views, view => Assert.Null(view.Segment.Vectors.Lower.InMemory));

    private static List<(string Id, double Relevance)> Answers(RecallIndex index)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, 5).SelectMany(_ => index.Search(Entries.Query("shared") with { Vector = Entries.RandomVector(random, Dimensions), Limit = 30 }))
            .Select(hit => (hit.Id, hit.Relevance))];
    }

    private static List<float> Cosines(RecallIndex index)
    {
        var query = new VectorQuery(Entries.RandomVector(new(2), Dimensions));
        return [.. index.Views.SelectMany(view => Enumerable.Range(0, view.Segment.FirstPassage(view.Segment.Count)).Select(row => view.Segment.Vectors.Cosine(query, row)))];
    }

    private void Damage(Action<FileStream> damage)
    {
        foreach (var file in Directory.GetFiles(Folder, "*.segment"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            damage(stream);
        }
    }

    private static RecallIndex Restored(IndexSnapshot snapshot)
    {
        var restored = new RecallIndex();
        restored.Restore(snapshot.Load(Model)!.Views);
        return restored;
    }

    private IndexSnapshot Large(IndexSeal? seal = null) => new(Folder, () => seal, large: 0);

    private void Fill(RecallIndex index, int first, int count)
    {
        index.Apply(
            [.. Enumerable.Range(first, count).Select(i => AnalyzedEntry.Of(new()
            {
                Id = $"{i}",
                Version = 1,
                Path = $"n/{i % 5}",
                Content = $"word{i}x shared",
                OccurredAt = Entries.Now,
                Order = i,
                Vectors = [Entries.RandomVector(first == 0 ? _random : new(i), Dimensions)],
            }))],
            []);
    }
}
