using Keepsake.Embedding;
using Keepsake.Tests.Embedding.Bert;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Embedding;

public sealed class AddedModelsTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly TinyBert _tiny = new();
    private readonly AddedModels _models;

    public AddedModelsTests() => _models = new(DataFolder.Open(_temporary["data"]));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _temporary.Dispose();
        _tiny.Dispose();
    }

    [Fact]
    public void An_added_model_is_listed_with_what_records_call_it()
    {
        Assert.Empty(_models.List());

        var added = _models.Add(_tiny.Copy, "tiny", Token);

        Assert.Equal(added, Assert.Single(_models.List()));
        Assert.Equal(("tiny", TinyBert.Dimensions), (added.Name, added.Dimensions));
        Assert.Matches("^tiny@[0-9a-f]{8}$", added.Model);
        Assert.Equal(added.Model, LocalModel.Load(_models.FolderOf("tiny")).Name);
    }

    [Fact]
    public void Adding_the_same_again_changes_nothing_and_another_of_that_name_is_refused()
    {
        var added = _models.Add(_tiny.Copy, "tiny", Token);
        Assert.Equal(added, _models.Add(_tiny.Copy, "tiny", Token));

        _tiny.Write("1_Pooling/config.json", "{\"pooling_mode_cls_token\":true}");
        Assert.Equal(MemoryErrorCode.Conflict, Refusal(() => _models.Add(_tiny.Copy, "tiny", Token)).Code);
        Assert.NotEqual(added.Model![^8..], _models.Add(_tiny.Copy, "other", Token).Model![^8..]);
    }

    [Fact]
    public void Only_what_belongs_to_a_model_is_copied()
    {
        _tiny.Write("pytorch_model.bin", "large and not used");

        _models.Add(_tiny.Copy, "tiny", Token);

        Assert.Equal(
            ["config.json", "model.json", "model.safetensors", "vocab.txt"],
            Directory.EnumerateFiles(_models.FolderOf("tiny")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_does_not_load_is_refused_and_leaves_nothing()
    {
        _tiny.Configure("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");

        var refusal = Refusal(() => _models.Add(_tiny.Copy, "tiny", Token));

        Assert.Equal(MemoryErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal("This is not a model that runs here: The model file has no tensor 'encoder.layer.2.attention.self.query.weight'.", refusal.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary["data/models"]));
    }

    [Fact]
    public void A_folder_that_is_no_model_is_refused()
    {
        using TemporaryFolder empty = new();

        Assert.Equal("This is not a model that runs here: the folder has no config.json.", Refusal(() => _models.Add(empty.Path, "x", Token)).Message);
        Assert.Equal(MemoryErrorCode.NotFound, Refusal(() => _models.Add(empty["missing"], "x", Token)).Code);
    }

    [Fact]
    public void The_shipped_kind_of_model_can_be_added_too()
    {
        Assert.Equal((BuiltInModel.Name, BuiltInModel.Dimensions), (_models.Add(BuiltInModel.Folder, "copy", Token).Model, BuiltInModel.Dimensions));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("all-MiniLM-L6-v2", true)]
    [InlineData("", false)]
    [InlineData(".hidden", false)]
    [InlineData("../up", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    public void A_name_is_letters_digits_and_three_marks(string name, bool right)
    {
        Assert.Equal(right, AddedModels.IsName(name));
        Assert.True(AddedModels.IsName(new('a', AddedModels.MaxNameLength)));
        Assert.False(AddedModels.IsName(new('a', AddedModels.MaxNameLength + 1)));
    }

    [Fact]
    public void The_name_of_the_shipped_model_is_taken() =>
        Assert.Contains("comes with Keepsake", Refusal(() => _models.Add(_tiny.Copy, "Keepsake-EN-1", Token)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_chosen_model_stays_until_another_is_chosen_and_cannot_be_removed_meanwhile()
    {
        Assert.Null(_models.Chosen);
        _models.Add(_tiny.Copy, "tiny", Token);

        _models.Choose("tiny");
        Assert.Equal("tiny", new AddedModels(DataFolder.Open(_temporary["data"])).Chosen);
        Assert.Equal(MemoryErrorCode.Conflict, Refusal(() => _models.Remove("tiny")).Code);

        _models.Choose(BuiltInModel.Name);
        Assert.Null(_models.Chosen);
        _models.Remove("tiny");
        Assert.Empty(_models.List());
        Assert.Equal(MemoryErrorCode.NotFound, Refusal(() => _models.Remove("tiny")).Code);
    }

    [Fact]
    public void A_model_that_was_damaged_since_is_listed_as_such_and_not_chosen()
    {
        _models.Add(_tiny.Copy, "tiny", Token);
        var weights = Path.Combine(_models.FolderOf("tiny"), "model.safetensors");
        var content = File.ReadAllBytes(weights);
        content[^9] ^= 1;
        File.WriteAllBytes(weights, content);

        var refusal = Refusal(() => _models.Choose("tiny"));

        Assert.Equal((MemoryErrorCode.Corrupt, "'tiny' does not load: model.safetensors is damaged: its checksum is wrong. Remove it and add it again."), (refusal.Code, refusal.Message));
        Assert.Equal(MemoryErrorCode.NotFound, Refusal(() => _models.Choose("nothing")).Code);

        File.WriteAllText(Path.Combine(_models.FolderOf("tiny"), "model.json"), "{");
        Assert.Null(Assert.Single(_models.List()).Model);
        _models.Remove("tiny");
    }

    private static MemoryException Refusal(Action action) => Assert.Throws<MemoryException>(action);
}
