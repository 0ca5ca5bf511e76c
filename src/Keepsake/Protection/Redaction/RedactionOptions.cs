using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Keepsake.Protection.Redaction;

/// <summary>What becomes of what redaction finds.</summary>
public enum RedactionPolicy
{
    /// <summary>It is replaced by a marker.</summary>
    Redact,

    /// <summary>The item that holds it is refused.</summary>
    Refuse,

    /// <summary>It stays; where it is, is noted beside the text.</summary>
    Flag,
}

/// <summary>A shape of secrets that only this installation knows.</summary>
public sealed class RedactionRule
{
    /// <summary>Gets or sets what to call it: small letters, digits and dashes, at most 40.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Gets or sets its shape: at least three literal characters, the first a letter or digit, then runs such as <c>{w:20-40}</c>.</summary>
    /// <remarks><c>w</c> letters and digits, <c>h</c> small hexadecimal, <c>d</c> digits, <c>l</c> small letters and digits, <c>u</c> capitals and digits,
    /// <c>b</c> base64, <c>t</c> base64url; <c>{w:20+}</c> 20 or more; <c>{uuid}</c>.</remarks>
    public string Pattern { get; set; } = "";
}

/// <summary>Settings of redaction. Configuration section <c>Keepsake:Store:Redaction</c>.</summary>
public sealed partial class RedactionOptions
{
    /// <summary>Most rules of one's own.</summary>
    public const int MaxRules = 200;

    /// <summary>Gets or sets what becomes of secrets.</summary>
    /// <value>The default is <see cref="RedactionPolicy.Redact"/>.</value>
    public RedactionPolicy Policy { get; set; }

    /// <summary>Gets or sets what becomes of personal data; <see langword="null"/>: it is not looked for.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public RedactionPolicy? PersonalData { get; set; }

    /// <summary>Gets or sets shapes of secrets in addition to those built in.</summary>
    public IList<RedactionRule> Rules { get; set; } = [];

    /// <summary>Gets or sets settings of single stores, by name. A store that is not named has the ones above.</summary>
    public IDictionary<string, RedactionOptions> Stores { get; set; } = new Dictionary<string, RedactionOptions>(StringComparer.Ordinal);

    /// <summary>Gets the settings of one store.</summary>
    /// <param name="store">The store's name.</param>
    public RedactionOptions Of(string store) => Stores.TryGetValue(store, out var own) ? own : this;

    /// <summary>A digest of what counts for one store, and of the version, which knows its own shapes.</summary>
    internal string Digest()
    {
        // Neither a kind nor a pattern holds a line end: no two settings are written alike.
        IEnumerable<string> lines = [KeepsakeVersion.Text, $"{Policy}", $"{PersonalData}", .. Rules.SelectMany(rule => (string[])[rule.Kind, rule.Pattern])];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }

    /// <summary>Says what is wrong with the settings; <see langword="null"/>: nothing.</summary>
    /// <param name="section">Where the settings are.</param>
    internal string? Problem(string section = "Store:Redaction")
    {
        if (!Enum.IsDefined(Policy))
        {
            return $"{section}:Policy is Redact, Refuse or Flag.";
        }

        if (PersonalData is { } personal && !Enum.IsDefined(personal))
        {
            return $"{section}:PersonalData is Redact, Refuse or Flag.";
        }

        if (Rules.Count > MaxRules)
        {
            return $"{section}:Rules holds at most {MaxRules} rules.";
        }

        for (var i = 0; i < Rules.Count; i++)
        {
            if (!Kebab().IsMatch(Rules[i].Kind))
            {
                return $"{section}:Rules:{i}:Kind is small letters, digits and dashes, at most 40, and a letter first.";
            }

            if (!KnownFormat.IsPattern(Rules[i].Pattern))
            {
                return $"{section}:Rules:{i}:Pattern is a shape such as 'acme_{{w:20-40}}'.";
            }
        }

        return Stores.Select(store => store.Value.Problem($"{section}:Stores:{store.Key}")).FirstOrDefault(problem => problem is not null);
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}$")]
    private static partial Regex Kebab();
}
