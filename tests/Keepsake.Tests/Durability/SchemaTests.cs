using Keepsake.Embedding;
using Keepsake.Engines.Sqlite;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>A file of an older schema is brought to this one whatever happens on the way; one of a newer schema is left alone.</summary>
public sealed class SchemaTests : IDisposable
{
    // Before the last step that made tables.
    private const int Older = 6;

    private readonly TemporaryFolder _folder = new();
    private readonly Embedder _embedder = new(new EmbeddingOptions());

    public static TheoryData<string> Steps => [.. from point in (string[])["migration.begin", "migration.commit", "migration.end"]
                                                  from step in Enumerable.Range(1, SqliteSchema.Latest)
                                                  select $"{point}:{step}"];

    public void Dispose()
    {
        _embedder.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_kill_at_any_step_of_the_first_migration_leaves_a_folder_that_opens(string failPoint)
    {
        await KilledAsync(failPoint);

        await CheckAsync(await OpenAsync(), []);
    }

    [Theory]
    [InlineData("migration.begin")]
    [InlineData("migration.commit")]
    [InlineData("migration.end")]
    public async Task A_kill_while_an_older_file_is_migrated_leaves_the_one_or_the_other_with_all_its_records(string failPoint)
    {
        string id;
        await using (var stores = await OpenAsync())
        {
            id = await WriteAsync(stores[MemoryStores.DefaultStore]);
        }

        MakeOlder();
        await KilledAsync(failPoint);
        Assert.Equal(failPoint == "migration.end" ? Older + 1 : Older, await VersionAsync());

        await CheckAsync(await OpenAsync(), [id]);
        Assert.Equal(SqliteSchema.Latest, await VersionAsync());
    }

    [Fact]
    public async Task A_newer_file_is_refused_with_the_reason_and_not_touched()
    {
        string id;
        await using (var stores = await OpenAsync())
        {
            id = await WriteAsync(stores[MemoryStores.DefaultStore]);
        }

        Execute("PRAGMA user_version=99");
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<MemoryException>(OpenAsync);
            Assert.Equal(MemoryErrorCode.NotSupported, error.Code);
            Assert.Contains("schema 99", error.Message, StringComparison.Ordinal);
            Assert.Contains("Update Keepsake", error.Message, StringComparison.Ordinal);
        }

        // The program that wrote it opens it as if nobody had looked.
        Execute($"PRAGMA user_version={SqliteSchema.Latest}");
        await CheckAsync(await OpenAsync(), [id]);
    }

    private async Task KilledAsync(string failPoint)
    {
        await using var writer = KilledProcess.Writer(_folder.Path, 0, failPoint);
        Assert.NotEqual(0, await writer.EndedAsync());
        Assert.Empty(writer.Lines);
    }

    private async Task<MemoryStores> OpenAsync() =>
        await MemoryStores.TryOpenAsync(DataFolder.Open(_folder.Path), _embedder) ?? throw new InvalidOperationException("The folder is owned.");

    private static async Task<string> WriteAsync(IMemory memory) =>
        (await memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "kept through a migration" }] })).Outcomes[0].Id!;

    private static async Task CheckAsync(MemoryStores stores, string[] ids)
    {
        await using (stores)
        {
            var memory = stores[MemoryStores.DefaultStore];
            Assert.Equal(ids, (await memory.ListAsync(new())).Items.Select(r => r.Id));
            Assert.Null((await memory.StatusAsync()).ReadOnly);
            await memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "written afterwards" }] });
        }
    }

    // The step that follows made what operations keep; those after it changed no table.
    private void MakeOlder()
    {
        foreach (var table in (string[])["benchmarks", "quarantine", "rebuilds"])
        {
            Execute($"DROP TABLE {table}");
        }

        Execute($"PRAGMA user_version={Older}");
    }

    private void Execute(string sql)
    {
        using var session = new SqliteSession(_folder[SqliteDatabase.FileName], readOnly: false);
        session.Execute(sql);
    }

    private async Task<int> VersionAsync()
    {
        // In a copy, so that looking changes nothing.
        using var copy = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(_folder.Path, SqliteDatabase.FileName + "*"))
        {
            await File.WriteAllBytesAsync(copy[Path.GetFileName(file)], await File.ReadAllBytesAsync(file));
        }

        File.Delete(copy[SqliteDatabase.FileName + "-shm"]);
        using var session = new SqliteSession(copy[SqliteDatabase.FileName], readOnly: false);
        return SqliteSchema.VersionOf(session);
    }
}
