using Keepsake.Protection.Sealing;
using Keepsake.Recall;
using Keepsake.Recall.Index;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Recall;

public sealed class IndexSnapshotTests : IDisposable
{
    private const string Model = "a model";

    private readonly TemporaryFolder _folder = new();
    private readonly RecallIndex _index = new();

    public void Dispose()
    {
        _index.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_snapshot_brings_back_every_answer()
    {
        Fill();
        _index.Remove("17");
        Assert.True(Snapshot().Save(_index.Views, Model, position: 42, always: true));

        using var restored = new RecallIndex();
        var saved = Snapshot().Load(Model);
        restored.Restore(saved!.Views);

        Assert.Equal(42, saved.Position);
        Assert.Equal(_index.Statistics, restored.Statistics);
        foreach (var question in (string[])["word5x shared", "word17x", "Ada number 3 in May"])
        {
            var query = Entries.Query(question) with { Vector = [0.6f, 0.8f], Limit = 20 };
            foreach (var asked in new[] { query, query with { Filter = new(new Dictionary<string, MetadataValue> { ["seventh"] = MetadataValue.Of(3) }) } })
            {
                Assert.NotEmpty(_index.Search(asked));
                Assert.Equal(
                    _index.Search(asked).Select(hit => $"{hit.Id} {hit.Relevance:F6}"),
                    restored.Search(asked).Select(hit => $"{hit.Id} {hit.Relevance:F6}"));
            }
        }
    }

    [Fact]
    public void A_later_snapshot_writes_only_what_is_new()
    {
        Fill();
        var snapshot = Snapshot();
        snapshot.Save(_index.Views, Model, 1, always: true);
        var files = Directory.GetFiles(_folder.Path).ToHashSet();

        _index.Upsert(Entries.Entry("new", "a new one"));
        _index.Remove("3");
        Assert.True(snapshot.Save(_index.Views, Model, 2, always: true));

        Assert.Single(Directory.GetFiles(_folder.Path).Except(files));
        Assert.Equal(_index.Statistics.Entries, Snapshot().Load(Model)!.Views.Sum(view => view.Live));
    }

    [Fact]
    public void Nothing_is_written_where_nothing_changed_or_little_is_there()
    {
        var snapshot = Snapshot();
        _index.Upsert(Entries.Entry("1", "small"));
        Assert.False(snapshot.Save(_index.Views, Model, 1, always: true));

        Fill();
        Assert.False(snapshot.Save(_index.Views, Model, 2, always: false));
        Assert.True(snapshot.Save(_index.Views, Model, 2, always: true));
        Assert.False(snapshot.Save(_index.Views, Model, 2, always: true));
    }

    [Fact]
    public void A_snapshot_of_another_model_is_none()
    {
        Fill();
        Snapshot().Save(_index.Views, Model, 1, always: true);

        Assert.Null(Snapshot().Load("another model"));
    }

    [Fact]
    public void A_snapshot_of_an_earlier_version_is_none()
    {
        Fill();
        Snapshot().Save(_index.Views, Model, 1, always: true);
        Assert.NotNull(Snapshot().Load(Model));
        foreach (var file in Directory.GetFiles(_folder.Path, "*.segment"))
        {
            // A segment begins with the length of its first array, which is its version and no more, and has that array's checksum behind it.
            var bytes = File.ReadAllBytes(file);
            BitConverter.TryWriteBytes(bytes.AsSpan(8), BitConverter.ToUInt64(bytes, 8) - (1UL << 48));
            BitConverter.TryWriteBytes(bytes.AsSpan(16), Keepsake.Embedding.Crc32C.Of(bytes.AsSpan(8, 8)));
            File.WriteAllBytes(file, bytes);
        }

        Assert.Null(Snapshot().Load(Model));
    }

    [Theory]
    [InlineData(1, false), InlineData(2, false), InlineData(3, false), InlineData(4, true)]
    public void A_damaged_snapshot_is_none(int seed, bool encrypted)
    {
        var random = new Random(seed);
        var seal = encrypted ? new IndexSeal(new byte[32], "store") : null;
        Fill();
        for (var i = 0; i < 30; i++)
        {
            Assert.True(Snapshot(seal).Save(_index.Views, Model, i, always: true));
            var file = Directory.GetFiles(_folder.Path).OrderBy(_ => random.Next()).First();
            var bytes = File.ReadAllBytes(file);
            if (random.Next(4) == 0)
            {
                File.WriteAllBytes(file, bytes[..random.Next(bytes.Length)]);
            }
            else
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(file, bytes);
            }

            // A seal has a byte or two that say nothing: with one of those flipped, what is read is still what was written.
            var saved = Snapshot(seal).Load(Model);
            Assert.True(saved is null || (encrypted && IsSame(saved, i)), $"{Path.GetFileName(file)} is taken though it is damaged.");
        }
    }

    [Fact]
    public void What_was_removed_is_in_no_file_once_a_snapshot_replaces_the_last_one()
    {
        Fill();
        var snapshot = Snapshot();
        Assert.True(snapshot.Save(_index.Views, Model, 1, always: true));
        var files = Directory.GetFiles(_folder.Path, "*.segment");

        // The position may be the same: what is dropped by its place is no change of what is stored.
        _index.Drop("n/1");
        _index.Compact();
        snapshot.Replace(_index.Views, Model, 1);

        Assert.Empty(files.Intersect(Directory.GetFiles(_folder.Path, "*.segment")));
        Assert.Equal(_index.Statistics.Entries, Snapshot().Load(Model)!.Views.Sum(view => view.Live));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_snapshot_that_cannot_be_replaced_is_removed(bool isTooSmall)
    {
        Fill();
        var folder = _folder["index"];
        var snapshot = new IndexSnapshot(folder);
        Assert.True(snapshot.Save(_index.Views, Model, 1, always: true));
        if (isTooSmall)
        {
            _index.Drop("n/1");
            _index.Drop("n/2");
        }
        else
        {
            // In the place of the file that is to be written.
            Directory.CreateDirectory(Path.Combine(folder, "segments.next"));
        }

        snapshot.Replace(_index.Views, Model, 2);

        Assert.False(Directory.Exists(folder));
        Assert.Null(new IndexSnapshot(folder).Load(Model));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_the_snapshot_and_nothing_else()
    {
        Fill();
        var file = Path.Combine(_folder.Path, "not a folder");
        File.WriteAllText(file, "");

        Assert.False(new IndexSnapshot(Path.Combine(file, "index")).Save(_index.Views, Model, 1, always: true));
    }

    private bool IsSame(SavedIndex saved, long position)
    {
        using var restored = new RecallIndex();
        restored.Restore(saved.Views);
        var query = Entries.Query("word5x shared") with { Vector = [0.6f, 0.8f], Limit = 20 };
        return saved.Position == position && restored.Statistics == _index.Statistics
            && _index.Search(query).Select(hit => $"{hit.Id} {hit.Relevance:F6}").SequenceEqual(restored.Search(query).Select(hit => $"{hit.Id} {hit.Relevance:F6}"));
    }

    private IndexSnapshot Snapshot(IndexSeal? seal = null) => new(_folder.Path, () => seal);

    private void Fill() => _index.Apply(
        [.. Enumerable.Range(0, IndexSnapshot.MinDocuments + 500).Select(i => AnalyzedEntry.Of(new()
        {
            Id = $"{i}",
            Version = 1,
            Path = $"n/{i % 5}",
            Content = $"word{i}x shared",
            Session = i % 3 == 0 ? null : $"s{i / 20}",
            Speaker = i % 2 == 0 ? "Ada" : null,
            OccurredAt = Entries.Now.AddDays(i % 300),
            Order = i,
            Metadata = i % 2 == 0 ? null : new Dictionary<string, MetadataValue> { ["seventh"] = MetadataValue.Of(i % 7) },
            Vectors = [[MathF.Cos(i), MathF.Sin(i)]],
        }))],
        []);
}
