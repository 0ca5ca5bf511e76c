using System.Text.Json;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Reads one conversation a line, the layout into which any collection can be brought.</summary>
internal static class ConversationsReader
{
    private const string Layout =
        "a line is an object with 'id', 'turns' and 'questions'; a turn has 'id', 'session' and the text 'text', a question the text 'question', a 'category' and the list 'evidence'";

    public static IReadOnlyList<Conversation> Read(string path) => EvalFile.ReadLines(path, "The file", Layout, (line, _) => ReadConversation(line));

    private static Conversation ReadConversation(string line)
    {
        using var document = JsonDocument.Parse(line);
        var conversation = document.RootElement;
        List<Turn> turns = [.. conversation.GetProperty("turns").EnumerateArray().Select(ReadTurn)];
        var known = turns.Select(t => t.Id).ToHashSet(StringComparer.Ordinal);
        return new(
            conversation.GetProperty("id").ToString(),
            turns,
            [.. conversation.GetProperty("questions").EnumerateArray().Select(q => ReadQuestion(q, known))]);
    }

    private static Turn ReadTurn(JsonElement turn) => new()
    {
        Id = turn.GetProperty("id").ToString(),
        Session = turn.GetProperty("session").ToString(),
        Speaker = turn.TryGetProperty("speaker", out var speaker) ? speaker.GetString() : null,
        Time = turn.TryGetProperty("time", out var time) ? ConversationTime.Parse(time.GetString()) : null,
        Text = turn.GetProperty("text").GetString() ?? "",
    };

    private static Question ReadQuestion(JsonElement question, HashSet<string> known) => new(
        question.GetProperty("question").GetString()!,
        question.GetProperty("category").ToString(),
        [.. question.GetProperty("evidence").EnumerateArray().Select(e => e.ToString()).Where(known.Contains).Distinct(StringComparer.Ordinal)]);
}
