using System.Globalization;
using System.Text;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>Says an answer in a few words that a model reads rightly.</summary>
/// <remarks>What was remembered stands in an <see cref="Envelope"/>, so that no stored text can pass for the server's own words.</remarks>
internal static class ToolText
{
    public static string Of(EventAnswer answer)
    {
        var text = new StringBuilder(Invariant($"Event {answer.EventId} is {Word(answer.Outcome)}."));
        AppendRedactions(text, answer.Redactions);
        AppendSuspicions(text, answer.Suspicions);
        if (answer.Trimmed is > 0)
        {
            text.Append(Invariant($" The session was full: its oldest {Count(answer.Trimmed.Value, "event")} made room."));
        }

        return text.ToString();
    }

    public static string Of(RecallEventsAnswer answer)
    {
        if (answer.Count == 0)
        {
            return "There are no events of this session: nothing is stored for it.";
        }

        var text = new StringBuilder(Invariant($"{Count(answer.Count, "event")}, oldest first."));
        text.Append(answer.More ? " There are older ones: raise limit to see them." : "");
        var envelope = new Envelope(text);
        foreach (var item in answer.Events)
        {
            var type = item.EventType is { } word ? $" ({Envelope.Inline(word)})" : "";
            var origin = Envelope.Origin(item.Provenance, item.Trust, item.Suspicions);
            envelope.Add($"- {Time(item.OccurredAt)} {Envelope.Inline(item.Role ?? "event")}{type}, id {item.Id}{origin}", item.Content);
        }

        return envelope.Close().ToString();
    }

    public static string Of(RecallAnswer answer)
    {
        var scope = answer.Namespace.Length == 0 ? "the whole store" : answer.Namespace;
        var words = answer.Search == RecallAnswer.LexicalOnly ? " Only words were searched, not meaning (lexical only)." : "";
        if (answer.Count == 0)
        {
            return answer.LeftOut is null
                ? $"Nothing is known about this in {scope}. Do not guess; ask in other words or search a wider namespace.{words}{Why(answer)}"
                : $"Nothing about this was found in what could be searched of {scope}.{LeftOut(answer)} Do not guess: it may be known there.{words}{Why(answer)}";
        }

        var text = new StringBuilder(Invariant($"{Memories(answer.Count)} from {scope}, best first.{LeftOut(answer)}{words}"));
        var envelope = new Envelope(text);
        foreach (var (index, memory) in answer.Memories.Index())
        {
            var speaker = memory.Speaker is { } name ? $", {Envelope.Inline(name)}" : "";
            var id = $"{(memory.Type == MemoryType.Event ? "event" : "id")} {memory.Id}";
            var origin = Envelope.Origin(memory.Provenance, memory.Trust, memory.Suspicions);
            envelope.Add(
                Invariant($"{index + 1}. relevance {memory.Relevance:0.00}, {memory.Namespace.Value}, {Time(memory.OccurredAt)}{speaker}, {id}{origin}"), memory.Content);
        }

        return envelope.Close().Append(Why(answer)).ToString();
    }

    public static string Of(RememberAnswer answer)
    {
        var text = new StringBuilder(Invariant($"{answer.Created} of {Count(answer.Outcomes.Count, "fact")} stored"));
        var kinds = answer.Outcomes.Where(o => o.Outcome != WriteResult.Refused).CountBy(o => o.Outcome).OrderBy(o => o.Key);
        text.Append(answer.Created == 0 ? "." : $": {string.Join(", ", kinds.Select(o => Invariant($"{o.Value} {Word(o.Key)}")))}.");
        AppendRedactions(text, answer.Outcomes.SelectMany(o => o.Redactions).GroupBy(r => r.Key).ToDictionary(g => g.Key, g => g.Sum(r => r.Value)));
        AppendSuspicions(text, [.. answer.Outcomes.SelectMany(o => o.Suspicions ?? []).Distinct(StringComparer.Ordinal)]);
        if (answer.Failed > 0)
        {
            text.Append(Invariant($" {answer.Failed} refused and not stored:"));
            foreach (var error in answer.Errors)
            {
                text.Append("\n- ").Append(error);
            }
        }

        return text.ToString();
    }

    public static string Of(PreferencesAnswer answer, string actorId)
    {
        if (answer.Count == 0)
        {
            return $"No preferences of {actorId} are known.";
        }

        var text = new StringBuilder($"{Count(answer.Count, "preference")} of {actorId}. Follow them unless the user says otherwise now, or they are suspicious.");
        var envelope = new Envelope(text);
        foreach (var preference in answer.Preferences)
        {
            envelope.Add($"- {Envelope.Inline(preference.Key)}{Envelope.Origin(null, preference.Trust, preference.Suspicions)}:", preference.Value);
        }

        return envelope.Close().ToString();
    }

    public static string Of(UpdatePreferenceAnswer answer, string key)
    {
        var text = new StringBuilder($"The preference {key} is {Word(answer.Outcome)}.");
        AppendRedactions(text, answer.Redactions);
        AppendSuspicions(text, answer.Suspicions);
        return text.ToString();
    }

    public static string Of(MemoryStatus status)
    {
        var text = new StringBuilder(Invariant(
            $"{status.Status}: store {status.Store} ({status.Provider}), {status.Search} search, {Count(status.Counts.Records, "record")}, {Count(status.Counts.Events, "event")} in {Count(status.Counts.Sessions, "session")}."));
        text.Append(status.Counts.Suspicious > 0 ? Invariant($" {status.Counts.Suspicious} of them hold suspicious text.") : "");
        text.Append(status.ReadOnly is { } reason ? $" Writes are refused: {reason}" : "");
        foreach (var warning in status.Warnings)
        {
            text.Append("\nWarning: ").Append(warning);
        }

        foreach (var item in status.Counts.Namespaces.Where(item => item.Records + item.Events > 0))
        {
            text.Append(Invariant($"\n- {item.Namespace}: {Count(item.Records, "record")}, {Count(item.Events, "event")}"));
        }

        return text.ToString();
    }

    public static string Deleted(DeleteAnswer answer, string noun) => answer.Deleted == 0
        ? $"Nothing was deleted: there is no such {noun}."
        : Invariant($"Deleted {(noun == "memory" ? Memories(answer.Deleted) : Count(answer.Deleted, noun))}.{(answer.Success ? "" : " Not all that was named could be deleted.")}");

    private static void AppendRedactions(StringBuilder text, IReadOnlyDictionary<string, int> redactions)
    {
        if (redactions.Count > 0)
        {
            var kinds = string.Join(", ", redactions.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => Invariant($"{r.Key} {r.Value}")));
            text.Append(" Secrets were redacted before storing: ").Append(kinds).Append('.');
        }
    }

    private static void AppendSuspicions(StringBuilder text, IReadOnlyList<string>? suspicions)
    {
        if (suspicions is { Count: > 0 })
        {
            text.Append(" Stored and flagged as suspicious: ").AppendJoin(", ", suspicions).Append('.');
        }
    }

    private static string LeftOut(RecallAnswer answer) => answer.LeftOut is { } names ? $" Not searched, because in quarantine: {string.Join(", ", names)}." : "";

    private static string Why(RecallAnswer answer) => answer.Why is { } why ? $"\nWhy {why.Id}: {why.Message}" : "";

    private static string Word(WriteResult result) => result.ToString().ToLowerInvariant();

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + "Z";

    private static string Memories(int count) => count == 1 ? "1 memory" : Invariant($"{count} memories");

    private static string Count(long count, string noun) => count == 1 ? $"1 {noun}" : Invariant($"{count} {noun}s");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
