using Keepsake.Operations;
using Keepsake.Server.Cli.Scan;
using Keepsake.Server.Ownership;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

/// <summary>A scan that was interrupted, and the rules that it is gone on with.</summary>
public sealed class StoreScanRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("old", "second")]
    [InlineData("new", "second first second")]
    public async Task It_goes_on_where_it_stopped_unless_the_rules_are_others(string rules, string asked)
    {
        var stores = new TwoPages(_time) { Rules = "old", StopsAt = "second" };
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(stores, []));
        (stores.Rules, stores.StopsAt) = (rules, null);
        stores.Asked.Clear();

        List<string> notes = [];
        var end = await RunAsync(stores, notes);

        Assert.Equal(asked, string.Join(' ', stores.Asked));
        Assert.Equal((2L, 2), (end.Scanned, end.Kinds["password"]));
        Assert.Equal(rules == "new", notes.Contains("the settings of redaction are others since; starting anew"));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public async Task However_many_pages_hold_secrets_it_is_asked_once_to_whom_they_were_handed_out()
    {
        var stores = new TwoPages(_time) { Rules = "old" };

        var end = await RunAsync(stores, []);

        Assert.Equal("first second", Assert.Single(stores.AskedReaders));
        Assert.Equal([["local"], []], end.Findings.Select(finding => finding.RecalledBy));
    }

    private Task<ScanPlace> RunAsync(TwoPages stores, List<string> notes)
    {
        var run = new StoreScanRun(stores, new("default", "default-1", _time.Now, Encrypted: false), _folder.Path, _time, (_, _) => { });
        return run.RunAsync(new() { Version = "1", Apply = false, At = _time.Now }, notes.Add, TestContext.Current.CancellationToken);
    }

    /// <summary>A store of two pages with a secret each.</summary>
    private sealed class TwoPages(ManualTime time) : IScannableStores
    {
        public required string Rules { get; set; }

        public string? StopsAt { get; set; }

        public List<string> Asked { get; } = [];

        public Task<ScanPage> ScanAsync(string store, ScanStep step, CancellationToken cancellationToken)
        {
            var page = step.Cursor ?? "first";
            if (page == StopsAt)
            {
                throw new OperationCanceledException();
            }

            Asked.Add(page);

            // Long enough for the place to be noted.
            time.Advance(TimeSpan.FromSeconds(2));
            return Task.FromResult(new ScanPage(1, 0, [new() { Kind = "password", Count = 1, Type = "record", Id = page, Field = "content" }], page == "first" ? "second" : null)
            {
                Items = 1,
                Rules = Rules,
            });
        }

        public List<string> AskedReaders { get; } = [];

        public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadersAsync(string store, IReadOnlyList<string> ids, CancellationToken cancellationToken)
        {
            AskedReaders.Add(string.Join(' ', ids));
            return Task.FromResult<IReadOnlyDictionary<string, IReadOnlyList<string>>>(new Dictionary<string, IReadOnlyList<string>> { ["first"] = ["local"] });
        }

        public Task RebuildIndexAsync(string store, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
