using System.Globalization;
using System.Text.Json;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Reads a folder in BEIR's layout: <c>corpus.jsonl</c>, <c>queries.jsonl</c> and <c>qrels/SPLIT.tsv</c>, each also with <c>.gz</c>.</summary>
internal static class BeirReader
{
    public const string DefaultSplit = "test";

    private const string Corpus = "corpus.jsonl";
    private const string Queries = "queries.jsonl";
    private static readonly string[] Header = ["query-id", "corpus-id", "score"];

    /// <summary>Reads the documents, and the questions that the split judges.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: a file is missing, a line is wrong, a judgement
    /// names what is not there, or nothing is left to ask.</exception>
    public static BeirCollection Read(string folder, string split)
    {
        if (!Directory.Exists(folder))
        {
            throw MemoryException.Invalid($"There is no folder '{folder}'.");
        }

        var documents = Texts(folder, Corpus);
        var questions = Texts(folder, Queries);
        var grades = Judgements(
            folder, $"qrels/{split}.tsv", questions.Select(q => q.Id).ToHashSet(StringComparer.Ordinal), documents.Select(d => d.Id).ToHashSet(StringComparer.Ordinal));
        List<BeirQuestion> asked = [.. questions.Where(q => grades.ContainsKey(q.Id)).Select(q => new BeirQuestion(q.Id, q.Text, grades[q.Id]))];
        return documents.Count == 0 ? throw MemoryException.Invalid($"{Corpus} holds no document.")
            : asked.Count == 0 ? throw MemoryException.Invalid($"qrels/{split}.tsv names no document that answers a question (a score of 1 or more).")
            : new(documents, asked);
    }

    private static IReadOnlyList<BeirText> Texts(string folder, string name)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        return EvalFile.ReadLines(PathOf(folder, name), name, "a line is an object with the texts '_id' and 'text'", (line, number) =>
        {
            using var json = JsonDocument.Parse(line);
            var id = json.RootElement.GetProperty("_id") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
            if (id.Length == 0)
            {
                throw EvalFile.BadLine(name, number, "'_id' is not a text");
            }

            return seen.Add(id) ? new BeirText(id, TextOf(json.RootElement)) : throw EvalFile.BadLine(name, number, $"the id '{id}' is there twice");
        });
    }

    // A document without a title is its text; so is a question.
    private static string TextOf(JsonElement item)
    {
        var title = item.TryGetProperty("title", out var given) ? given.GetString() : null;
        var text = item.GetProperty("text").GetString();
        return string.IsNullOrWhiteSpace(title) ? text ?? "" : $"{title}\n{text}";
    }

    private static Dictionary<string, Dictionary<string, int>> Judgements(
        string folder, string name, HashSet<string> questions, HashSet<string> documents)
    {
        Dictionary<string, Dictionary<string, int>> grades = new(StringComparer.Ordinal);
        var isHeader = true;
        EvalFile.ReadLines(PathOf(folder, name), name, "a line has three fields with tabs between", (line, number) =>
        {
            var fields = line.Split('\t');
            if (isHeader)
            {
                isHeader = false;
                return fields.SequenceEqual(Header)
                    ? number
                    : throw EvalFile.BadLine(name, number, $"it is not the header '{string.Join("<tab>", Header)}'");
            }

            if (fields.Length != Header.Length || !int.TryParse(fields[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var grade))
            {
                throw EvalFile.BadLine(name, number, "it is not a question's id, a document's id and a whole number, separated by tabs");
            }

            Known(questions, fields[0], "question", number);
            Known(documents, fields[1], "document", number);
            if (grade > 0)
            {
                grades.TryAdd(fields[0], new(StringComparer.Ordinal));
                grades[fields[0]][fields[1]] = grade;
            }

            return number;
        });
        return grades;

        void Known(HashSet<string> ids, string id, string what, int number)
        {
            if (!ids.Contains(id))
            {
                throw EvalFile.BadLine(name, number, $"there is no {what} '{id}'");
            }
        }
    }

    private static string PathOf(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? path
            : File.Exists($"{path}.gz") ? $"{path}.gz"
            : throw MemoryException.Invalid($"The folder '{folder}' has no {name} and no {name}.gz.");
    }
}
