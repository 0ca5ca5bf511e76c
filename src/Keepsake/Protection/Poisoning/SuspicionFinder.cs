namespace Keepsake.Protection.Poisoning;

/// <summary>Finds what is suspicious in a text. It says so; what becomes of the text is for others to decide.</summary>
/// <remarks>
/// <para>Phrases are looked for in the words as a reader understands them (<see cref="WordReader"/>): without invisible characters, foreign
/// look-alikes and digits for letters. Markup and invisible characters are looked for in the text as it is.</para>
/// <para>Safe for concurrent use. Time is linear in the text's length whatever the text holds.</para>
/// </remarks>
public static class SuspicionFinder
{
    /// <summary>Finds the kinds of suspicious text.</summary>
    /// <param name="text">The text, of any length.</param>
    /// <returns>Each kind once, in the order of <see cref="Suspicion.All"/>; <see langword="null"/>: nothing is suspicious.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    public static IReadOnlyList<string>? Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Find([text]);
    }

    /// <summary>Finds the kinds in several texts of one thing.</summary>
    internal static IReadOnlyList<string>? Find(IEnumerable<string?> texts)
    {
        HashSet<string> kinds = [];
        foreach (var text in texts.OfType<string>().Where(text => text.Length > 0))
        {
            PhraseMatcher.BuiltIn.Find(text, kinds);
            SuspiciousMarkup.Find(text, kinds);
            if (HiddenCharacters.AreIn(text))
            {
                kinds.Add(Suspicion.HiddenText);
            }
        }

        return kinds.Count == 0 ? null : [.. Suspicion.All.Where(kinds.Contains)];
    }
}
