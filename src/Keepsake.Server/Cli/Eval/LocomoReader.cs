using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Reads LoCoMo: one JSON list of conversations in numbered, dated sessions, with questions in five categories.</summary>
internal static partial class LocomoReader
{
    private const string Layout =
        "it is a list of conversations, each with 'sample_id', 'conversation' and 'qa'; a turn has the texts 'dia_id', 'speaker' and 'text', a question the text 'question' and a 'category'";

    public static IReadOnlyList<Conversation> Read(string path) => EvalFile.Read(path, Layout, Conversations);

    private static IEnumerable<Conversation> Conversations(Stream input)
    {
        using var document = JsonDocument.Parse(input);
        foreach (var sample in document.RootElement.EnumerateArray())
        {
            var turns = Turns(sample.GetProperty("conversation")).ToList();
            var known = turns.Select(t => t.Id).ToHashSet(StringComparer.Ordinal);
            yield return new(
                sample.GetProperty("sample_id").GetString()!,
                turns,
                [.. sample.GetProperty("qa").EnumerateArray().Select(q => ReadQuestion(q, known))]);
        }
    }

    private static IEnumerable<Turn> Turns(JsonElement conversation)
    {
        var sessions = conversation.EnumerateObject()
            .Where(m => m.Value.ValueKind == JsonValueKind.Array && SessionName().IsMatch(m.Name))
            .OrderBy(m => int.Parse(m.Name.AsSpan("session_".Length), CultureInfo.InvariantCulture));
        foreach (var session in sessions)
        {
            var time = conversation.TryGetProperty($"{session.Name}_date_time", out var date) ? ConversationTime.Parse(date.GetString()) : null;
            foreach (var turn in session.Value.EnumerateArray())
            {
                var caption = turn.TryGetProperty("blip_caption", out var shared) ? shared.GetString() : null;
                yield return new()
                {
                    Id = Normalized(turn.GetProperty("dia_id").GetString()!),
                    Session = session.Name,
                    Speaker = turn.GetProperty("speaker").GetString(),
                    Time = time,
                    Text = turn.GetProperty("text").GetString() + (string.IsNullOrEmpty(caption) ? "" : $" [shares {caption}]"),
                };
            }
        }
    }

    private static Question ReadQuestion(JsonElement question, HashSet<string> known)
    {
        var evidence = question.TryGetProperty("evidence", out var cited) && cited.ValueKind == JsonValueKind.Array
            ? cited.EnumerateArray().SelectMany(e => Ids(e.GetString()!)).Where(known.Contains).Distinct(StringComparer.Ordinal)
            : [];
        return new(question.GetProperty("question").GetString()!, question.GetProperty("category").ToString(), [.. evidence]);
    }

    // The file writes some ids with leading zeros, and several in one string.
    private static IEnumerable<string> Ids(string cited) =>
        TurnId().Matches(cited).Select(m => $"D{m.Groups[1].Value}:{m.Groups[2].Value}");

    private static string Normalized(string id) => Ids(id).FirstOrDefault() ?? id;

    [GeneratedRegex(@"^session_\d+$")]
    private static partial Regex SessionName();

    [GeneratedRegex(@"D:?(\d+):0*(\d+)")]
    private static partial Regex TurnId();
}
