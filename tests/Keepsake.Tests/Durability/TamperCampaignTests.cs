namespace Keepsake.Tests.Durability;

/// <summary>Ten thousand changes to rows by something else than Keepsake: what a store gives is what was written last, or nothing, and it says so.</summary>
public sealed class TamperCampaignTests
{
    /// <summary>What all of them do together, at least.</summary>
    private const int Mutations = 10_000;

    private const int Campaigns = 4;
    private const int OfTheFile = 60;
    private const int WhileOpen = 800;

    // Places that are left alone, to see that nothing is lost but what was changed.
    private const int Untouched = 4;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task Nothing_wrong_is_given_whatever_is_done_to_rows_and_what_is_missing_is_said(int seed, bool encrypted)
    {
        using var store = await TamperedStore.CreateAsync(encrypted);
        var random = new Random(seed);
        var done = 0;
        for (var i = 0; i < OfTheFile; i++)
        {
            done += await OfFileAsync(store, random);
        }

        for (var open = 0; open < WhileOpen; done += open)
        {
            open += await WhileOpenAsync(store, random);
        }

        while (done < Mutations / Campaigns)
        {
            done += await WhileClosedAsync(store, random);
        }

        Assert.True(done >= Mutations / Campaigns);
    }

    // One at a time: most of it costs the whole file.
    private static async Task<int> OfFileAsync(TamperedStore store, Random random)
    {
        store.PutBack();
        var what = store.Change(session => Tried(() => new FileMutations(session, random).Any(store.All[random.Next(TamperedStore.Places)])));
        await ReopenedAsync(store, what, (reading, stores) => reading.ReadAsync(stores, questions: 3));
        return 1;
    }

    private static async Task<int> WhileClosedAsync(TamperedStore store, Random random)
    {
        store.PutBack();
        var places = Chosen(store, random);
        var what = store.Change(session => places.ToDictionary(place => place.Path, place => Tried(() => new RowMutations(session, random).OfNamespace(place))));
        await ReopenedAsync(store, string.Join('\n', what.Values), async (reading, stores) =>
        {
            await reading.ReadAsync(stores, TamperedStore.Places);
            CheckUntouched(store, reading, what.Keys);
        });
        return what.Count;
    }

    private static async Task<int> WhileOpenAsync(TamperedStore store, Random random)
    {
        store.PutBack();
        await using var stores = await store.OpenAsync();

        // So that the index holds what the rows no longer do.
        await store.Of(stores).RecallAsync(new() { Query = TamperedStore.QuestionOf(1, 1) });
        var places = Chosen(store, random);
        var what = await stores.Database.WriteAsync(
            (session, _) => places.ToDictionary(place => place.Path, place => Tried(() => new RowMutations(session, random).OfRow(place))), null, default);
        var reading = new TamperReading(store, string.Join('\n', what.Values));
        await reading.ReadAsync(stores, TamperedStore.Places);
        CheckUntouched(store, reading, what.Keys);
        return what.Count;
    }

    private static async Task ReopenedAsync(TamperedStore store, string what, Func<TamperReading, MemoryStores, Task> read)
    {
        try
        {
            await using var stores = await store.OpenAsync();
            await read(new(store, what), stores);
        }
        catch (MemoryException e) when (TamperReading.IsClear(e))
        {
            // It does not open, and says why.
        }
    }

    private static void CheckUntouched(TamperedStore store, TamperReading reading, Dictionary<string, string>.KeyCollection touched)
    {
        Assert.False(reading.IsRefused);
        Assert.All(
            store.Known.Where(known => !touched.Contains(known.Value.Path.Split('/')[0])), known => Assert.Contains(known.Key, reading.Given));
    }

    private static List<TamperedPlace> Chosen(TamperedStore store, Random random) =>
        [.. store.All.OrderBy(_ => random.Next()).Take(TamperedStore.Places - Untouched)];

    // What changes nothing, or what a table does not let be, is none.
    private static string Tried(Func<string?> mutate)
    {
        const int MaxTries = 1_000;
        for (var i = 0; i < MaxTries; i++)
        {
            if (mutate() is { } done)
            {
                return done;
            }
        }

        throw new InvalidOperationException("Nothing can be changed.");
    }
}
