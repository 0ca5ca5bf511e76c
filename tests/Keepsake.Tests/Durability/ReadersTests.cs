using Keepsake.Engines.Sqlite;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

public sealed class ReadersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_who_wait_for_all_readers_do_not_wait_for_one_another()
    {
        using var folder = new TemporaryFolder();
        await using var database = SqliteDatabase.Open(folder.Path);
        for (var round = 0; round < 20; round++)
        {
            using var go = new ManualResetEventSlim();
            var readers = Enumerable.Range(0, SqliteDatabase.MaxReaders)
                .Select(_ => Task.Factory.StartNew(() => database.ReadAsync(Read, Token), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToList();
            var drains = Task.WhenAll(database.DrainReadersAsync(Token), database.DrainReadersAsync(Token));
            go.Set();

            await drains.WaitAsync(TimeSpan.FromMinutes(1), Token);
            await Task.WhenAll(readers);

            long Read(SqliteSession session)
            {
                go.Wait(Token);
                return session.Number("SELECT 1");
            }
        }
    }
}
