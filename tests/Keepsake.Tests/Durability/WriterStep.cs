using System.Text.RegularExpressions;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>The n-th thing that a writer does in a round: the same in the process that is killed and in the one that looks what is left.</summary>
internal sealed class WriterStep
{
    public enum StepKind
    {
        Remember,
        Key,
        Event,
        Forget,
        Update,
    }

    private const int Keys = 3;

    private readonly int _round;
    private readonly int _writer;
    private readonly int _n;
    private readonly int _seed;

    public WriterStep(int round, int writer, int n)
    {
        (_round, _writer, _n) = (round, writer, n);
        _seed = (((round * 31) + writer) * 100_003) + n;
        var random = new Random(_seed);
        Kind = random.Next(100) switch
        {
            < 45 => StepKind.Remember,
            < 65 => StepKind.Key,
            < 85 => StepKind.Event,
            < 94 => StepKind.Forget,
            _ => StepKind.Update,
        };
        if (Kind is StepKind.Forget or StepKind.Update)
        {
            Target = n == 0 ? 0 : random.Next(n);
            IsHard = random.Next(2) == 0;

            // Only what was made by a step of its own can be changed or forgotten.
            if (n == 0 || new WriterStep(round, writer, Target).Kind != StepKind.Remember)
            {
                Kind = StepKind.Event;
            }
        }
    }

    public StepKind Kind { get; }

    /// <summary>Gets the step whose first record is changed or forgotten.</summary>
    public int Target { get; }

    public bool IsHard { get; }

    public string Key => $"key {_writer} {_n % Keys}";

    public string Session => $"session-{_writer}";

    /// <summary>Gets the contents that the step makes.</summary>
    public IReadOnlyList<string> Contents
    {
        get
        {
            var random = new Random(_seed + 1);
            var count = Kind == StepKind.Remember ? random.Next(1, 7) : 1;
            return [.. Enumerable.Range(0, count).Select(i => $"r{_round}w{_writer}n{_n}f{i} {Words(random)}")];
        }
    }

    /// <summary>Does it.</summary>
    /// <returns>The ids of what it made.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(IMemory memory, IReadOnlyList<IReadOnlyList<string>> ids)
    {
        var contents = Contents;
        switch (Kind)
        {
            case StepKind.Remember or StepKind.Key:
                var answer = await memory.RememberAsync(new()
                {
                    Namespace = $"durability/writer-{_writer}",
                    Facts = [.. contents.Select(content => new MemoryFact
                    {
                        Content = content,
                        Key = Kind == StepKind.Key ? Key : null,
                        ActorId = $"actor-{_writer}",
                        Importance = 0.25,
                        Metadata = new Dictionary<string, MetadataValue> { ["step"] = MetadataValue.Of(_n) },
                    })],
                });
                Assert.True(answer.Success, string.Join('\n', answer.Errors));
                return [.. answer.Outcomes.Select(o => o.Id!)];

            case StepKind.Event:
                var appended = await memory.AppendEventAsync(
                    new() { ActorId = $"actor-{_writer}", SessionId = Session, Content = contents[0], Namespace = _n % 2 == 0 ? "durability/events" : null });
                return [appended.EventId];

            case StepKind.Forget:
                await memory.ForgetAsync([ids[Target][0]], IsHard);
                return [];

            default:
                try
                {
                    await memory.UpdateAsync(ids[Target][0], new() { Content = contents[0] });
                }
                catch (MemoryException e) when (e.Code == MemoryErrorCode.NotFound)
                {
                    // It was forgotten in an earlier step.
                }

                return [];
        }
    }

    /// <summary>What must be there of an item that this step made, in all that the step decided.</summary>
    public string Expected(string content, string? of = null) => Kind == StepKind.Event
        ? $"event {content} of actor-{_writer} in {Session} under {(_n % 2 == 0 ? "durability/events" : "")}"
        : $"record {content} of actor-{_writer} under durability/writer-{_writer} key {(Kind == StepKind.Key ? Key : "")} importance 0.25 step {of ?? $"{_n}"}";

    /// <summary>The same of an item that is there.</summary>
    public static string Found(MemoryItem item) => item switch
    {
        MemoryRecord r => $"record {r.Content} of {r.ActorId} under {r.Namespace} key {r.Key} importance {r.Importance} step {r.Metadata?["step"]}",
        MemoryEvent e => $"event {e.Content} of {e.ActorId} in {e.SessionId} under {e.Namespace}",
        _ => ItemText.Of(item),
    };

    /// <summary>The key in a text of <see cref="Expected"/> or <see cref="Found"/>; <see langword="null"/>: none.</summary>
    public static string? KeyIn(string text)
    {
        var match = Regex.Match(text, @" key (key \d+ \d+) importance [\d.]+ step \d+$");
        return match.Success ? match.Groups[1].Value : null;
    }

    private static string Words(Random random)
    {
        string[] words = ["deploy", "the", "Öl", "cache", "🦊", "\"quoted\"", "never", "on", "Friday", "line\nbreak", "tabs\tstay", "migration"];
        var count = random.Next(40) == 0 ? 2_000 : random.Next(5, 40);
        return string.Join(' ', Enumerable.Range(0, count).Select(_ => words[random.Next(words.Length)]));
    }
}
