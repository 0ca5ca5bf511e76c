using System.Collections.Frozen;

namespace Keepsake.Operations;

/// <summary>Says a text in other words by rule: no model, so that a benchmark needs none and is the same each time.</summary>
internal static class Rewording
{
    // Pairs that agents' memories are full of. Both ways round: whichever stands in the text, the other is asked.
    private static readonly FrozenDictionary<string, string> Synonyms = BothWays(
    [
        ("build", "compile"), ("error", "failure"), ("fails", "breaks"), ("bug", "defect"), ("fix", "repair"), ("fast", "quick"), ("slow", "sluggish"),
        ("start", "begin"), ("stop", "halt"), ("delete", "remove"), ("create", "make"), ("change", "alter"), ("choose", "select"), ("prefer", "favour"),
        ("prefers", "favours"), ("likes", "enjoys"), ("wants", "wishes"), ("needs", "requires"), ("uses", "employs"), ("keeps", "retains"), ("shows", "displays"),
        ("sends", "transmits"), ("gets", "obtains"), ("buys", "purchases"), ("lives", "resides"), ("works", "functions"), ("helps", "assists"),
        ("meeting", "appointment"), ("customer", "client"), ("employee", "worker"), ("company", "firm"), ("team", "group"), ("child", "kid"), ("doctor", "physician"),
        ("car", "automobile"), ("trip", "journey"), ("house", "home"), ("money", "cash"), ("price", "cost"), ("file", "document"), ("folder", "directory"),
        ("function", "routine"), ("method", "procedure"), ("parameter", "argument"), ("setting", "option"), ("password", "passphrase"), ("server", "host"),
        ("database", "datastore"), ("request", "call"), ("response", "reply"), ("answer", "response"), ("test", "check"), ("release", "version"),
        ("deploy", "roll out"), ("deployment", "rollout"), ("documentation", "docs"), ("repository", "repo"), ("configuration", "setup"), ("rule", "policy"),
        ("always", "invariably"), ("never", "at no time"), ("often", "frequently"), ("before", "prior to"), ("after", "following"), ("because", "since"),
        ("about", "regarding"), ("large", "big"), ("small", "little"), ("important", "significant"), ("difficult", "hard"), ("easy", "simple"),
        ("wrong", "incorrect"), ("right", "correct"), ("last", "final"), ("first", "initial"), ("whole", "entire"), ("problem", "issue"), ("idea", "thought"),
    ]);

    private static readonly string[] Frames =
        ["What do we know about {0}?", "Do you remember {0}?", "What was said of {0}?", "How is it with {0}?", "Tell me about {0}."];

    // Of so many words one is left out, and no rule leaves a question shorter than the least.
    private const int Dropped = 3;
    private const int MinWords = 3;
    private const int WordsOfFrame = 5;

    /// <summary>Rewords a passage.</summary>
    /// <param name="passage">Its words, in order.</param>
    /// <param name="random">Decides.</param>
    public static string Of(IReadOnlyList<string> passage, Random random) => random.Next(4) switch
    {
        0 => string.Join(' ', Shuffled(passage, random)),
        1 => string.Join(' ', passage.Select(word => Synonyms.GetValueOrDefault(word, word))),
        2 => string.Join(' ', passage.Count / Dropped * (Dropped - 1) < MinWords ? passage : passage.Where((_, i) => i % Dropped != Dropped - 1)),
        _ => string.Format(null, Frames[random.Next(Frames.Length)], string.Join(' ', Said(passage))),
    };

    // A question takes the words that say something, as long as there are any.
    private static IEnumerable<string> Said(IReadOnlyList<string> passage) =>
        ProbeText.Words(string.Join(' ', passage)) is { Count: >= MinWords } said ? said.Take(WordsOfFrame) : passage.Take(WordsOfFrame);

    private static string[] Shuffled(IReadOnlyList<string> words, Random random)
    {
        string[] shuffled = [.. words];
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static FrozenDictionary<string, string> BothWays((string, string)[] pairs)
    {
        Dictionary<string, string> words = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (a, b) in pairs)
        {
            words.TryAdd(a, b);
            words.TryAdd(b, a);
        }

        return words.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
