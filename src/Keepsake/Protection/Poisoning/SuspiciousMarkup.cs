using System.Buffers;
using System.Text.RegularExpressions;

namespace Keepsake.Protection.Poisoning;

/// <summary>Finds what acts by its form: tags of other roles, links that carry data, commands that run what they download, terminal controls.</summary>
/// <remarks>Every repetition in a pattern is bounded, so that no text makes one take long.</remarks>
internal static partial class SuspiciousMarkup
{
    // ESC, backspace, and the C1 controls that begin a sequence.
    private static readonly SearchValues<char> TerminalControls = SearchValues.Create("\u001B\b\u0090\u009B\u009D\u009E\u009F");

    // A pattern is tried on texts that hold one of the characters without which it cannot match: most texts are done after one look for each.
    private static readonly (string Kind, string Needs, Regex Pattern)[] Rules =
    [
        (Suspicion.ForgedRole, "<", RoleTag),
        (Suspicion.ForgedRole, ":", RoleLine),
        (Suspicion.ForgedRole, "[", RoleBracket),
        (Suspicion.ForgedRole, ":", RoleMember),
        (Suspicion.ForgedEnvelope, "<", EnvelopeTag),
        (Suspicion.Exfiltration, "(", LinkWithData),
        (Suspicion.Exfiltration, "<", ImageTagWithData),
        (Suspicion.Exfiltration, "-", CurlWithFile),
        (Suspicion.RemoteScript, "|", PipedScript),
        (Suspicion.RemoteScript, "(", EvaluatedScript),
        (Suspicion.RemoteScript, "xX", EvaluatedDownload),
        (Suspicion.ActiveLink, ":", ActiveAddress),
    ];

    /// <summary>Adds the kinds that are found.</summary>
    public static void Find(string text, HashSet<string> kinds)
    {
        foreach (var (kind, needs, pattern) in Rules)
        {
            if (text.AsSpan().ContainsAny(needs) && !kinds.Contains(kind) && pattern.IsMatch(text))
            {
                kinds.Add(kind);
            }
        }

        if (text.AsSpan().ContainsAny(TerminalControls))
        {
            kinds.Add(Suspicion.TerminalEscape);
        }
    }

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // Chat templates, and the tags in which hosts wrap what is not the user's.
    [GeneratedRegex(
        """<\|[a-z_]{2,30}\|>|<</?sys>>|</?(start|end)_of_turn>|</?(system([-_ ]?(reminder|prompt|message))?|assistant|developer|admin|function_calls?|function_results?|tool_(calls?|results?|use|response|output)|invoke|untrusted([-_ ]?\w{1,20})?|important|instructions)(\s[^<>]{0,80})?/?>""",
        Options)]
    private static partial Regex RoleTag { get; }

    // A heading of a role, and then words to or about who reads.
    [GeneratedRegex(
        """(^|\n)[#*\s]{0,8}system([ _-]?(message|prompt|notice|override|alert))?[*\s]{0,4}:[^\n]{0,40}(\n[^\n]{0,20})?\b(you|your|user|assistant|ignore|must|granted|admin\w{0,12}|reveal|obey)\b|\n\nhuman:[^\n]{0,400}\n{1,4}assistant:""",
        Options)]
    private static partial Regex RoleLine { get; }

    [GeneratedRegex("""\[/?inst\]|\[system\]\s{0,2}\(|(^|\n)\s{0,4}\[(system|assistant|developer)([ _-]?(message|prompt|note))?\]\s{0,2}:?""", Options)]
    private static partial Regex RoleBracket { get; }

    [GeneratedRegex("""["']role["']\s{0,3}:\s{0,3}["'](system|developer)["']""", Options)]
    private static partial Regex RoleMember { get; }

    [GeneratedRegex("""</?(recalled[-_ ]?)?memor(y|ies)([-_ ][0-9a-z]{1,32})?\s{0,4}>""", Options)]
    private static partial Regex EnvelopeTag { get; }

    // A query with a place for data to be filled in. An address in an API's description has such places too, but is no picture and no link.
    private const string DataPlace =
        """[?&][\w.\-\[\]]{1,40}=[^\s)"'&]{0,60}?(\{|\$|<|\[|%7b|%24|your_|base64_|(?-i:[A-Z]{3,20}_(OF|HERE|DATA|HISTORY)))""";

    [GeneratedRegex("""!?\[[^\]\n]{0,200}\]\(\s{0,2}https?://[^\s)]{1,400}?""" + DataPlace, Options)]
    private static partial Regex LinkWithData { get; }

    [GeneratedRegex("""<img\s[^>\n]{0,200}?src\s{0,2}=\s{0,2}["']?https?://[^\s"'>]{1,400}?""" + DataPlace, Options)]
    private static partial Regex ImageTagWithData { get; }

    [GeneratedRegex(
        """\bcurl\b[^\n|]{0,200}?\s(-d|--data(-binary|-raw)?|-F|-T|--upload-file)\s{0,3}["']?(\w{0,20}=)?(@-|@?~/|@?/etc/|@?\.env|\$\((cat|env|printenv))""",
        Options)]
    private static partial Regex CurlWithFile { get; }

    [GeneratedRegex(
        """\b(curl|wget|iwr|irm|invoke-webrequest|invoke-restmethod)\b[^\n|]{0,300}\|\s{0,4}(sudo\s{1,4}(-\w\s{1,2})?)?(env\s)?((ba|z|da|k|fi)?sh|python[\d.]{0,4}|perl|ruby|node|php|iex|invoke-expression|powershell|pwsh)\b""",
        Options)]
    private static partial Regex PipedScript { get; }

    [GeneratedRegex("""\b(iex|invoke-expression)\s{0,3}\(?[^\n]{0,40}\b(iwr|irm|invoke-webrequest|downloadstring)\b""", Options)]
    private static partial Regex EvaluatedDownload { get; }

    [GeneratedRegex(
        """\b((ba|z)?sh|source)\s{1,3}<\(\s{0,2}(curl|wget)\b|\b(eval|sh -c|bash -c|python\d? -c)\s{1,3}["']{0,2}\$\(\s{0,2}(curl|wget)\b""",
        Options)]
    private static partial Regex EvaluatedScript { get; }

    // Pictures as data are ordinary; pages and programs are not.
    [GeneratedRegex("""\bdata:(text/(html|javascript)|application/(javascript|x-javascript|xhtml\+xml|hta))\s{0,2}[;,]|(\]\(|=\s{0,2}["']?|\bopen\s{1,4})\s{0,2}(javascript|vbscript):""", Options)]
    private static partial Regex ActiveAddress { get; }
}
