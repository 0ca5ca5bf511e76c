namespace Keepsake.Tests.Durability;

/// <summary>Rows that have no signature of this folder are taken only when this folder decided so, and not because the database says it.</summary>
public sealed class AdoptionTermsTests
{
    public static TheoryData<string> Terms => [.. FileMutations.Terms];

    [Theory]
    [MemberData(nameof(Terms))]
    public async Task A_row_that_somebody_made_does_not_pass_for_one_that_waits_to_be_signed(string terms)
    {
        using var store = await TamperedStore.CreateAsync(encrypted: false);
        var what = store.Change(session =>
        {
            var row = store.All[0].Records[1];
            return new FileMutations(session, new(1)).Adopt(FileMutations.Forged(row), row, terms);
        });
        Assert.NotNull(what);

        // What is forged is neither given at once nor signed beside the work and given later.
        for (var start = 0; start < 2; start++)
        {
            try
            {
                await using var stores = await store.OpenAsync();
                var reading = new TamperReading(store, what);

                // A search would note when they were recalled last.
                await reading.ReadAsync(stores, questions: 0);
                Assert.True(reading.IsRefused || reading.Given.Count < store.Known.Count);
            }
            catch (MemoryException e) when (TamperReading.IsClear(e))
            {
                // It does not open, and says why.
            }
        }
    }

    [Fact]
    public async Task A_person_can_take_a_database_as_it_is_that_another_folder_signed()
    {
        using var store = await TamperedStore.CreateAsync(encrypted: false);
        store.Change(session => session.Execute("UPDATE integrity SET value = 'another' WHERE name = 'key'"));
        await using (var stores = await store.OpenAsync())
        {
            var error = await Assert.ThrowsAsync<MemoryException>(() => store.Of(stores).GetAsync(store.Known.Keys.First(id => id[0] == 'm'), TestContext.Current.CancellationToken));
            Assert.Equal(MemoryErrorCode.Corrupt, error.Code);
            Assert.Contains("remove keys/commits", error.Message, StringComparison.Ordinal);
        }

        store.RemoveCommits();
        await using (var stores = await store.OpenAsync())
        {
            var reading = new TamperReading(store, "taken as it is");
            await reading.ReadAsync(stores, questions: 3);
            Assert.Equal(store.Known.Count, reading.Given.Count);
        }
    }
}
