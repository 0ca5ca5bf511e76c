using Keepsake.Engines;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Conformance;

public abstract partial class EngineConformance
{
    private const int WalkSteps = 400;

    private static readonly string[] Namespaces = ["a", "a/b", "a/bc", "a-b", "/a/b/", "a/b/c", "A"];
    private static readonly string?[] Actors = [null, "alice", "bob", "b"];
    private static readonly string?[] Keys = [null, null, null, "k1", "k2"];
    private static readonly string[] Contents = ["one", "two", "three", "four", "five", "Öl 🦊", "six"];

    /// <summary>Random operations, made in step on this engine and on the obvious one. The seed is in the failure's name.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public virtual async Task Random_operations_agree_with_the_reference(int seed)
    {
        var random = new Random(seed);
        await using var reference = new ReferenceEngine(Time);
        List<MemoryChange> told = [], expected = [];
        Engine.Observe(told.Follow);
        reference.Observe(expected.Follow);
        var walk = new Walk(random, Time);

        for (var step = 0; step < WalkSteps; step++)
        {
            var (name, operation, isOrdered) = walk.Next();
            var answer = await AnswerAsync(() => operation(Engine));
            Assert.True(await AnswerAsync(() => operation(reference)) is var right && right == answer, $"Step {step}, {name}: {answer}, not {right}");

            Assert.Equal(Ordered(expected, isOrdered), Ordered(told, isOrdered));
            expected.Clear();
            told.Clear();
            await CompareAsync(reference, walk, random, $"Step {step}, {name}");
            if (random.Next(100) == 0 && Engine.Capabilities.IsDurable)
            {
                await RestartAsync();
                Engine.Observe(told.Follow);
            }
        }

        await CompareChangesAsync(reference, limit: 7);

        // A commit is one step: what it erases, it erases in no order that is promised.
        static IEnumerable<string> Ordered(List<MemoryChange> changes, bool isOrdered) =>
            isOrdered ? ItemText.Of(changes) : ItemText.Of(changes).Order(StringComparer.Ordinal);
    }

    private static async Task<string> AnswerAsync(Func<Task<string>> operation)
    {
        try
        {
            return await operation();
        }
        catch (MemoryException e)
        {
            return e.Code.WireName;
        }
    }

    private async Task CompareAsync(ReferenceEngine reference, Walk walk, Random random, string step)
    {
        var limit = random.Next(1, 6);
        var filter = new RecordFilter
        {
            Scope = random.Next(2) == 0 ? MemoryNamespace.Everything : MemoryNamespace.Parse(Pick(random, Namespaces)),
            ActorId = random.Next(3) == 0 ? Pick(random, Actors) ?? "" : null,
            Key = random.Next(4) == 0 ? "k1" : null,
            KeyedOnly = random.Next(4) == 0,
            Now = random.Next(2) == 0 ? Time.Now : null,
        };
        await SameAsync((e, page) => e.ListAsync(filter, page, Cancellation), ItemText.Of, filter);

        var events = new EventFilter
        {
            ActorId = random.Next(3) > 0 ? "alice" : null,
            SessionId = random.Next(3) > 0 ? "s1" : null,
            Branch = random.Next(4) == 0 ? "fork" : null,
            Scope = random.Next(4) == 0 ? MemoryNamespace.Parse(Pick(random, Namespaces)) : null,
            Now = random.Next(2) == 0 ? Time.Now : null,
            OldestFirst = random.Next(2) == 0,
        };
        await SameAsync((e, page) => e.ListEventsAsync(events, page, Cancellation), ItemText.Of, events);
        await SameAsync((e, page) => e.ListActorsAsync(Time.Now, page, Cancellation), a => a.ActorId, "actors");
        await SameAsync((e, page) => e.ListSessionsAsync("alice", Time.Now, page, Cancellation), s => s.ToString(), "sessions");

        List<string> ids = [.. walk.Ids.TakeLast(5), "mem-nobody"];
        Assert.Equal(ItemText.Of(await reference.GetAsync(ids, Cancellation)), ItemText.Of(await Engine.GetAsync(ids, Cancellation)));
        Assert.Equal(ItemText.Of(await reference.GetEventsAsync(ids, Cancellation)), ItemText.Of(await Engine.GetEventsAsync(ids, Cancellation)));
        Assert.Equal(ItemText.Of(await reference.GetDeletedAsync(ids[0], Cancellation)), ItemText.Of(await Engine.GetDeletedAsync(ids[0], Cancellation)));
        Assert.Equal(CountsOf(await reference.StatisticsAsync(Time.Now, Cancellation)), CountsOf(await Engine.StatisticsAsync(Time.Now, Cancellation)));

        async Task SameAsync<T>(Func<IMemoryEngine, PageRequest, Task<Page<T>>> list, Func<T, string> text, object by)
        {
            var right = (await FollowAsync(page => list(reference, page), limit)).Select(text).ToList();
            var found = (await FollowAsync(page => list(Engine, page), limit)).Select(text).ToList();
            Assert.True(right.SequenceEqual(found), $"{step}, listing {by} by {limit}:\n{string.Join('\n', found)}\nnot\n{string.Join('\n', right)}");
        }
    }

    private static string CountsOf(EngineStatistics statistics) =>
        $"{statistics.Counts.Records} {statistics.Counts.Events} {statistics.Counts.Sessions} " + string.Join(
            ", ", statistics.Counts.Namespaces.Select(n => $"{n.Namespace} {n.Records} {n.Events}").Order(StringComparer.Ordinal));

    private static T Pick<T>(Random random, params ReadOnlySpan<T> from) => from[random.Next(from.Length)];

    /// <summary>Makes random operations. Each is a function of the engine, so that both engines get the very same one.</summary>
    private sealed class Walk(Random random, ManualTime time)
    {
        private int _made;

        public List<string> Ids { get; } = ["mem-0"];

        public (string Name, Func<IMemoryEngine, Task<string>> Operation, bool IsOrdered) Next()
        {
            time.Advance(TimeSpan.FromSeconds(random.Next(3)));
            switch (random.Next(100))
            {
                case < 35:
                    List<MemoryRecord> records = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Record())];
                    var token = Token();
                    return ("upsert", async e => ItemText.Of(await e.UpsertAsync(records, token, Cancellation)), true);
                case < 60:
                    List<MemoryEvent> events = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Event())];
                    var (eventToken, keep) = (Token(), random.Next(1, 8));
                    return ("append", async e => ItemText.Of(await e.AppendAsync(events, keep, eventToken, Cancellation)), true);
                case < 75:
                    List<string> ids = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(random, [.. Ids]))];
                    var how = How();
                    return ("delete", async e => $"{await e.DeleteAsync(ids, how, Cancellation)}", true);
                case < 80:
                    // What a token stands for names the record, so no two of them are of one fingerprint.
                    var (replacement, version) = (Record() with { Id = Pick(random, [.. Ids]) }, random.Next(1, 4));
                    var changeToken = Token("change " + replacement.Id);
                    return ("replace", async e => ItemText.Of(await e.ReplaceAsync(replacement, version, changeToken, Cancellation)), true);
                case < 86:
                    var restored = Pick(random, [.. Ids]);
                    return ("restore", async e => await e.GetDeletedAsync(restored, Cancellation) is { } deleted
                        ? ItemText.Of(await e.ReplaceAsync(deleted with { DeletedAt = null, UpdatedAt = time.Now }, deleted.Version, null, Cancellation))
                        : "none", true);
                case < 90:
                    var (embedded, of) = (Pick(random, [.. Ids]), random.Next(1, 3));
                    float[] vector = [random.NextSingle(), random.NextSingle()];
                    return ("embed", async e => $"{await e.SetEmbeddingsAsync([new(embedded, of, "m", vector)], Cancellation)}", true);
                case < 93:
                    List<string> recalled = [Pick(random, [.. Ids]), Pick(random, [.. Ids])];
                    return ("recall", async e =>
                    {
                        await e.MarkRecalledAsync(recalled, time.Now, Cancellation);
                        return "";
                    }, true);
                case < 96:
                    var (actor, session, whole) = (Pick(random, Actors) ?? "nobody", Pick(random, ["s1", "s2"]), How());
                    return ("delete session", async e => $"{await e.DeleteSessionAsync(actor, session, whole, Cancellation)}", true);
                default:
                    var limits = new PurgeLimits(time.Now.AddSeconds(-random.Next(60)), time.Now, time.Now.AddSeconds(-random.Next(60)));
                    return ("purge", async e => $"{await e.PurgeAsync(limits, Cancellation)}", false);
            }
        }

        private MemoryRecord Record() => new()
        {
            Id = Id("mem-"),
            Namespace = MemoryNamespace.Parse(Pick(random, Namespaces)),
            ActorId = Pick(random, Actors),
            Key = Pick(random, Keys),
            Content = Pick(random, Contents),
            Kind = Pick(random, [MemoryKind.Fact, MemoryKind.Preference]),
            Importance = random.Next(5) / 4d,
            Metadata = random.Next(3) == 0 ? new Dictionary<string, MetadataValue> { [Pick(random, Contents)] = MetadataValue.Of(random.Next(3)) } : null,
            ExpiresAt = random.Next(6) == 0 ? time.Now.AddSeconds(random.Next(30)) : null,
            Reason = random.Next(4) == 0 ? "why" : null,
            OccurredAt = time.Now,
            CreatedAt = time.Now,
            UpdatedAt = time.Now,
            Version = random.Next(8) == 0 ? 5 : 1,
        };

        private MemoryEvent Event() => new()
        {
            Id = Id("1#"),
            ActorId = Pick(random, Actors) ?? "alice",
            SessionId = Pick(random, ["s1", "s1", "s2"]),
            Branch = Pick(random, [MemoryEvent.MainBranch, "fork"]),
            Namespace = random.Next(3) == 0 ? MemoryNamespace.Parse(Pick(random, Namespaces)) : null,
            Content = Pick(random, Contents),
            OccurredAt = time.Now,
            CreatedAt = time.Now,
            ExpiresAt = random.Next(6) == 0 ? time.Now.AddSeconds(random.Next(30)) : null,
        };

        // Mostly new, sometimes one that is or was there, as an import brings them.
        private string Id(string prefix)
        {
            if (random.Next(5) == 0 && Ids.FindAll(id => id.StartsWith(prefix, StringComparison.Ordinal)) is { Count: > 0 } known)
            {
                return Pick(random, [.. known]);
            }

            Ids.Add($"{prefix}{++_made}");
            return Ids[^1];
        }

        private WriteToken? Token(string of = "") => random.Next(4) == 0 ? new($"token {random.Next(10)}", $"{of}{random.Next(2)}") : null;

        private Deletion How() => new(Hard: random.Next(3) == 0, time.Now, random.Next(2) == 0 ? "reason" : null)
        {
            Version = random.Next(5) == 0 ? random.Next(1, 3) : null,
            Token = Token("deletion "),
        };
    }
}
