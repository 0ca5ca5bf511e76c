using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Keepsake.Bench;

/// <summary>Reads evaluation conversations: the LoCoMo layout (<c>.json[.gz]</c>) or one conversation a line (<c>.jsonl[.gz]</c>).</summary>
internal static partial class ConversationReader
{
    public static IReadOnlyList<Conversation> Read(string path)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream);
        if (path.Contains(".jsonl", StringComparison.Ordinal))
        {
            return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ReadLine)];
        }

        using var document = JsonDocument.Parse(reader.ReadToEnd());
        return [.. document.RootElement.EnumerateArray().Select(ReadLocomo)];
    }

    private static Conversation ReadLine(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return new(
            root.GetProperty("id").ToString(),
            [.. root.GetProperty("turns").EnumerateArray().Select(turn => new Turn(
                turn.GetProperty("id").ToString(), turn.GetProperty("session").ToString(), turn.GetProperty("speaker").ToString(),
                ParseTime(turn.GetProperty("time").ToString()), turn.GetProperty("text").GetString()!))],
            [.. root.GetProperty("questions").EnumerateArray().Select(q => new EvaluationQuestion(
                q.GetProperty("question").GetString()!, q.GetProperty("category").ToString(),
                [.. q.GetProperty("evidence").EnumerateArray().Select(e => e.ToString()).Distinct()]))]);
    }

    private static Conversation ReadLocomo(JsonElement sample)
    {
        var conversation = sample.GetProperty("conversation");
        List<Turn> turns = [];
        for (var number = 1; conversation.TryGetProperty($"session_{number}", out var session); number++)
        {
            var time = ParseTime(conversation.GetProperty($"session_{number}_date_time").GetString());
            turns.AddRange(session.EnumerateArray().Select(turn => new Turn(
                turn.GetProperty("dia_id").GetString()!, $"session_{number}", turn.GetProperty("speaker").GetString()!, time, TextOf(turn))));
        }

        var known = turns.Select(turn => turn.Id).ToHashSet();
        return new(
            sample.GetProperty("sample_id").GetString()!, turns,
            [.. sample.GetProperty("qa").EnumerateArray().Select(q => new EvaluationQuestion(
                q.GetProperty("question").GetString()!, q.GetProperty("category").ToString(), ReadEvidence(q, known)))]);
    }

    private static string TextOf(JsonElement turn) => turn.GetProperty("text").GetString()
        + (turn.TryGetProperty("blip_caption", out var caption) ? $" [shares {caption.GetString()}]" : "");

    private static List<string> ReadEvidence(JsonElement question, HashSet<string> known) =>
        !question.TryGetProperty("evidence", out var evidence) ? [] :
        [.. evidence.EnumerateArray()
            .SelectMany(e => EvidenceId().Matches(e.GetString()!))
            .Select(m => $"D{m.Groups[1].Value}:{m.Groups[2].Value}")
            .Where(known.Contains)
            .Distinct()];

    // "1:56 pm on 8 May, 2023" and "March-15-2024"; without a time all turns have the same.
    private static DateTimeOffset ParseTime(string? time) =>
        DateTimeOffset.TryParseExact(
            time, ["h:mm tt 'on' d MMMM, yyyy", "MMMM-d-yyyy", "MMMM-dd-yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
        || DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out parsed)
            ? parsed : DateTimeOffset.UnixEpoch;

    [GeneratedRegex(@"D:?(\d+):0*(\d+)")]
    private static partial Regex EvidenceId();
}
