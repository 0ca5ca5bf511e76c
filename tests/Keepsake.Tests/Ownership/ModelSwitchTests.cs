using Keepsake.Embedding;
using Keepsake.Operations;
using Keepsake.Server;
using Keepsake.Server.Cli;
using Keepsake.Server.Ownership;
using Keepsake.Tests.Embedding.Bert;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Ownership;

/// <summary>One data folder, an owner and those who go through it: all use the model that one of them chose.</summary>
public sealed class ModelSwitchTests : IDisposable
{
    private const string Name = "tiny-bert";

    private readonly TemporaryFolder _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DataFolder Data => DataFolder.Open(_temporary["data"]);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_client_chooses_the_owner_stays_owner_and_search_goes_on_by_words_meanwhile()
    {
        await using var owner = Share();
        await owner.ConnectAsync(Token);
        await using var client = Share();
        var id = await RememberAsync(client, "the vault keeps the credentials");
        var model = new AddedModels(Data).Add(TinyBert.Folder, Name, Token).Model;
        Assert.Equal(BuiltInModel.Name, (await client.ModelProgressAsync("default", Token)).Model);

        await client.UseModelAsync(Name, Token);
        var progress = await UntilAsync(client, p => p.Model == model);

        Assert.Equal((TinyBert.Dimensions, null), (progress.Dimensions, progress.Reason));
        Assert.Equal(id, (await client["default"].RecallAsync(new() { Query = "vault credentials" }, Token)).Memories[0].Id);
        await UntilAsync(client, p => p.Waiting == 0);
        Assert.True(owner.IsOwner);
        Assert.False(client.IsOwner);
        Assert.Equal(id, (await owner["default"].RecallAsync(new() { Query = "vault credentials" }, Token)).Memories[0].Id);
        Assert.Equal(model, await ModelOfAsync(owner, id));
        Assert.Equal(model, await ModelOfAsync(owner, await RememberAsync(owner, "written with the new model")));
    }

    [Fact]
    public async Task What_was_interrupted_goes_on_when_the_folder_is_opened_again()
    {
        string id;
        await using (var first = Share())
        {
            id = await RememberAsync(first, "a memory of the old model");
            new AddedModels(Data).Add(TinyBert.Folder, Name, Token);
            await first.UseModelAsync(Name, Token);
        }

        await using var second = Share();
        await UntilAsync(second, p => p.Waiting == 0);
        Assert.StartsWith(Name + "@", await ModelOfAsync(second, id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_there_changes_nothing()
    {
        await using var owner = Share();
        await owner.ConnectAsync(Token);
        await using var client = Share();

        Assert.Equal(MemoryErrorCode.NotFound, (await Assert.ThrowsAsync<MemoryException>(() => client.UseModelAsync("nothing", Token))).Code);
        Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => client.UseModelAsync("../nothing", Token))).Code);

        Assert.Equal(BuiltInModel.Name, (await client.ModelProgressAsync("default", Token)).Model);
        Assert.True(owner.IsOwner);
    }

    [Fact]
    public async Task A_model_whose_folder_went_away_leaves_search_by_words_and_says_so()
    {
        await using (var first = Share())
        {
            await RememberAsync(first, "a memory by its words");
            new AddedModels(Data).Add(TinyBert.Folder, Name, Token);
            await first.UseModelAsync(Name, Token);
        }

        Directory.Delete(Path.Combine(Data.Path, "models", Name), recursive: true);
        await using var second = Share();

        var answer = await second["default"].RecallAsync(new() { Query = "memory words" }, Token);
        Assert.Equal((RecallAnswer.LexicalOnly, 1), (answer.Search, answer.Count));
        Assert.Contains("add it again", (await second.ModelProgressAsync("default", Token)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_ask_the_same_questions_each_time_and_leave_no_trace()
    {
        await using var owner = Share();
        var id = await RememberAsync(owner, "The harbour master keeps seven wooden boats painted green behind the northern lighthouse");
        await RememberAsync(owner, "too short");

        var first = await owner.ProbeAsync("default", Token);
        var second = await owner.ProbeAsync("default", Token);

        Assert.Equal((second.Probes, second.HitRate, second.Mrr, second.MeaningMrr, second.Noise), (first.Probes, first.HitRate, first.Mrr, first.MeaningMrr, first.Noise));
        Assert.Equal((1, 1d, 1d, 1d), (first.Probes, first.HitRate, first.Mrr, first.MeaningMrr));
        Assert.Null((await owner["default"].GetAsync(id, Token)).LastRecalledAt);
    }

    private static async Task<string> RememberAsync(SharedStores stores, string text) =>
        (await stores["default"].RememberAsync(new() { Namespace = "a", Facts = [new() { Content = text }] }, cancellationToken: Token)).Outcomes[0].Id!;

    private static async Task<string?> ModelOfAsync(SharedStores stores, string id) =>
        (await stores["default"].ExportAsync(null, null, Token)).Items.OfType<MemoryRecord>().Single(r => r.Id == id).EmbeddingModel;

    private static async Task<ModelProgress> UntilAsync(SharedStores stores, Func<ModelProgress, bool> holds)
    {
        while (true)
        {
            var progress = await stores.ModelProgressAsync("default", Token);
            if (holds(progress))
            {
                return progress;
            }

            await Task.Delay(20, Token);
        }
    }

    private SharedStores Share() => Doors.Share(new(CommonSettings.DefaultStore, _temporary["data"], Json: false, LogLevel: null));
}
