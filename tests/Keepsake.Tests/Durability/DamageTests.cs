using Keepsake.Engines.Sqlite;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>A file with flipped bits, or cut off: wrong data is never given, and the rest is.</summary>
public sealed class DamageTests(DamagedCopies copies) : IClassFixture<DamagedCopies>
{
    private const int Copies = 120;
    private const int Page = 4_096;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task One_flipped_bit_never_gives_wrong_data_and_costs_few_items(int seed)
    {
        var random = new Random(seed);
        var (given, all) = (0, 0);
        for (var i = 0; i < Copies; i++)
        {
            var copy = Flipped(random, 1);

            var reading = await copies.ReadAsync(copy);

            given += reading.Given;
            all += reading.All;
        }

        Assert.True(given > all * 0.95, $"Only {given} of {all} items were given.");
    }

    [Theory]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(5_000)]
    public async Task Many_flipped_bits_never_give_wrong_data_and_are_noticed(int bits)
    {
        var random = new Random(bits);
        for (var i = 0; i < Copies / 5; i++)
        {
            var reading = await copies.ReadAsync(Flipped(random, bits));

            Assert.True(reading.Said || reading.Listed >= reading.All, $"{reading.Listed} of {reading.All} items are listed, and nothing is said.");
        }
    }

    [Fact]
    public async Task A_page_that_is_lost_or_another_never_gives_wrong_data()
    {
        var random = new Random(3);
        for (var i = 0; i < Copies / 3; i++)
        {
            var copy = (byte[])copies.Bytes.Clone();
            var (from, to) = (random.Next(copy.Length / Page), random.Next(copy.Length / Page));
            var page = i % 2 == 0 ? new byte[Page] : copy.AsSpan(from * Page, Page).ToArray();
            page.CopyTo(copy, to * Page);

            await copies.ReadAsync(copy);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Page / 2)]
    [InlineData(Page - 1)]
    public async Task A_file_cut_off_within_its_last_page_never_gives_wrong_data(int less)
    {
        var reading = await copies.ReadAsync(copies.Bytes[..^less]);

        Assert.True(reading.Said || reading.Listed >= reading.All);
    }

    [Fact]
    public async Task A_file_cut_off_before_its_last_page_is_refused_and_stays_as_it_is()
    {
        var length = copies.Bytes.Length;
        var random = new Random(4);
        List<int> lengths = [1, 15, 16, 99, 100, 101, 511, 512, 1_023, 4_095, 4_096, 4_097, length / 2, length - Page];
        lengths.AddRange(Enumerable.Range(0, 25).Select(_ => random.Next(length - Page)));
        foreach (var cut in lengths)
        {
            using var folder = new TemporaryFolder();
            await File.WriteAllBytesAsync(folder[SqliteDatabase.FileName], copies.Bytes[..cut], Cancellation);

            // Twice: a start must not make it worse, nor the next one accept it.
            for (var start = 0; start < 2; start++)
            {
                var error = Record.Exception(() => SqliteDatabase.Open(folder.Path));
                Assert.True(error is MemoryException { Code: MemoryErrorCode.Corrupt }, $"Cut at {cut} of {length}: {error?.Message ?? "opened"}");
            }

            Assert.Equal(copies.Bytes[..cut], await File.ReadAllBytesAsync(folder[SqliteDatabase.FileName], Cancellation));
        }
    }

    [Fact]
    public async Task A_file_that_was_emptied_is_not_taken_for_a_new_one()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder[SqliteDatabase.FileName], [], Cancellation);

        for (var start = 0; start < 2; start++)
        {
            var error = Assert.Throws<MemoryException>(() => SqliteDatabase.Open(folder.Path));
            Assert.Equal(MemoryErrorCode.Corrupt, error.Code);
            Assert.Contains("keepsake.db is cut off", error.Message, StringComparison.Ordinal);
        }

        File.Delete(folder[SqliteDatabase.FileName]);
        File.Delete(folder[OpenMarker.FileName]);
        await SqliteDatabase.Open(folder.Path).DisposeAsync();
    }

    [Fact]
    public async Task A_damaged_record_is_named_corrupt_left_out_of_lists_counted_and_can_be_erased()
    {
        using var folder = new TemporaryFolder();
        var copy = (byte[])copies.Bytes.Clone();
        var place = copy.AsSpan().IndexOf("fact 17 "u8);
        copy[place] ^= 1;
        await File.WriteAllBytesAsync(folder[SqliteDatabase.FileName], copy, Cancellation);
        await using var database = SqliteDatabase.Open(folder.Path);
        var engine = new SqliteEngine(database, 1, new ManualTime());

        var error = await Assert.ThrowsAsync<MemoryException>(() => engine.GetAsync(["mem-0017"], Cancellation));
        Assert.Equal(MemoryErrorCode.Corrupt, error.Code);
        Assert.Equal([true, false, true], (await engine.GetAsync(["mem-0016", "mem-0017", "mem-0018"], Cancellation)).Select(r => r is not null));
        Assert.Equal(149, (await engine.ListAsync(new(), new(1_000), Cancellation)).Items.Count);
        Assert.Contains("1 damaged row", Assert.Single((await engine.StatisticsAsync(default, Cancellation)).Warnings), StringComparison.Ordinal);

        Assert.Equal(1, await engine.DeleteAsync(["mem-0017"], new(Hard: true, default), Cancellation));
        Assert.Equal([null], await engine.GetAsync(["mem-0017"], Cancellation));
    }

    private byte[] Flipped(Random random, int bits)
    {
        var copy = (byte[])copies.Bytes.Clone();
        for (var i = 0; i < bits; i++)
        {
            copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        }

        return copy;
    }
}
