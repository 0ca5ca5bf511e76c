using System.Numerics;

namespace Keepsake.Protection.Redaction;

/// <summary>Walks a text once and collects the secrets in it.</summary>
/// <remarks>
/// <para>Formats are looked for where a word begins, names where a separator stands, credentials at the few characters that announce
/// them, and randomness where a long run ends. Each of these looks a bounded number of characters back and ahead, so the whole is linear.</para>
/// <para>To cover a new place for secrets, add its character to <see cref="Symbols"/> and its reader to <see cref="AtSymbol"/>.</para>
/// </remarks>
internal ref partial struct SecretScan
{
    /// <summary>How the words begin that announce a secret; see <see cref="AtWord"/>.</summary>
    public static readonly string[] Announcements = ["is ", "was", "to ", "Bea", "bea", "BEA", "Bas", "pas", "Pas", "PAS", "atl", "sec", "snm", "ENV", "ARG", "PuT",
        "ist ", "est ", "es ", "IDEN", "iden", "keyP", "key ", "net ", "pwd ", "PWD ", "pw ", "PW ", "apik", "toke", "cred", "logi", "setP",
        "scht", "reg ", "sqlp", "impd", "expd", "htpa", "rabb", "setx", "chpa", "requ", "rootp", "bindp", "maste", "VALU",
        "back", "Back", "BACK", "reco", "Reco", "RECO"];

    /// <summary>The characters that may announce a secret. All but the dash end a run; see <see cref="AtSymbol"/>.</summary>
    public const string Symbols = "[\\%-~$:=>,";

    private const int MinEncoded = 20;

    private readonly ReadOnlySpan<char> _text;
    private readonly FormatIndex _formats;
    private readonly bool _formatsOnly;
    private List<Hit>? _hits;
    private List<(int Start, int End)>? _encoded;
    private int _runStart;
    private int _urlEnd;
    private int _nameStart;
    private int _nameEnd;
    private KubernetesManifest _manifest;
    private VendorTrail _trail;

    private SecretScan(ReadOnlySpan<char> text, FormatIndex formats, bool formatsOnly)
    {
        _text = text;
        _formats = formats;
        _formatsOnly = formatsOnly;
    }

    /// <summary>Finds all secrets that a text shows as it stands, in order and without overlap.</summary>
    /// <param name="text">The text.</param>
    /// <param name="formats">The formats.</param>
    /// <param name="encoded">The runs that may be base64 of readable text, in order.</param>
    /// <returns>The secrets, or <see langword="null"/> when there are none.</returns>
    public static List<Hit>? FindAll(ReadOnlySpan<char> text, FormatIndex formats, out List<(int Start, int End)>? encoded)
    {
        var scan = new SecretScan(text, formats, formatsOnly: false);
        var hits = scan.Run();
        encoded = scan._encoded;
        return hits;
    }

    /// <summary>Finds the secrets that are told by their shape alone.</summary>
    /// <returns>The secrets, or <see langword="null"/> when there are none.</returns>
    public static List<Hit>? FindKnownFormats(ReadOnlySpan<char> text, FormatIndex formats) =>
        new SecretScan(text, formats, formatsOnly: true).Run();

    private List<Hit>? Run()
    {
        var text = _text;
        var before = default(CharBlock);
        var resume = -1;

        // The place after the last character is walked too: a run may end there.
        for (var from = 0; from <= text.Length;)
        {
            var block = CharBlock.Of(text, from);
            var ends = block.EndsOfRuns(before);
            var places = _formats.MayBegin(text, from, block.BeginsOfWords(before)) | block.Symbols | ends;
            places = resume < from ? places : From(places, block, from, resume);
            while (places != 0)
            {
                var bit = BitOperations.TrailingZeroCount(places);
                places &= places - 1;
                var place = from + bit;
                var next = ((block.Words >> bit) & 1) != 0 ? AtWord(place) : AtEnd(place, ((ends >> bit) & 1) != 0, ((block.Symbols >> bit) & 1) != 0);
                if (next > place + 1)
                {
                    resume = next;
                    places = From(places, block, from, resume);
                }
            }

            if (resume < from + (2 * CharBlock.Length))
            {
                before = block;
                from += CharBlock.Length;
            }
            else
            {
                from = resume / CharBlock.Length * CharBlock.Length;
                before = CharBlock.Of(text, from - CharBlock.Length);
            }
        }

        return _hits;
    }

    // The places from one on, which may be in the middle of a word: what is before it was something else.
    private readonly ulong From(ulong places, CharBlock block, int from, int resume)
    {
        if (resume - from >= CharBlock.Length)
        {
            return 0;
        }

        var bit = 1UL << (resume - from);
        return (places & ~(bit - 1)) | _formats.MayBegin(_text, from, block.Words & bit);
    }

    // A long run ends here, or a symbol stands here, or both.
    private int AtEnd(int at, bool endsRun, bool isSymbol)
    {
        if (isSymbol && _text[at] == '-')
        {
            // A dash may be part of a run, so the run goes on unless the dash was the start of something.
            var afterDash = AtDash(at);
            _runStart = afterDash == at + 1 ? _runStart : afterDash;
            return afterDash;
        }

        if (endsRun)
        {
            var start = at - CharSet.Run.CountAtEnd(_text[_runStart..at]);
            if (at - start >= CharBlock.MinRun)
            {
                EndRun(start, at);
            }
        }

        var next = isSymbol ? AtSymbol(at, _text[at]) : at + 1;
        _runStart = next;
        return next;
    }

    private int AtWord(int at)
    {
        if (_formats.TryMatch(_text, at, out var hit))
        {
            var matched = Add(hit);
            return InfixFormats.TryAwsSecret(_text, hit, out var secret) ? Add(secret) : matched;
        }

        if (_formats.TryMatchSplit(_text, at, out hit, out var rest))
        {
            Add(hit);
            return Add(rest);
        }

        if (!_formats.MayAnnounce(_text, at))
        {
            return at + 1;
        }

        var end = at + CharSet.Word.CountAtStart(_text[at..]);
        switch (_text[at..end])
        {
            case "PuTTY" when PemBlock.TryReadPutty(_text, at, out hit):
            case "atlasv1" when InfixFormats.TryTerraform(_text, at, end, out hit):
            case "password" or "secret" or "key" or "snmp" or "ENV" or "ARG" when !_formatsOnly && Commands.TryReadWord(_text, at, end, out hit):
            case "key" or "secret" or "token" or "apikey" when !_formatsOnly && Credentials.TryAfterName(_text, end, out hit):
            case "is" or "was" or "to" or "ist" or "est" or "es" when !_formatsOnly && (Credentials.TryReadProse(_text, at, end, out hit) || SpokenPasswords.TryReadOwned(_text, at, end, out hit)):
            case "Bearer" or "bearer" or "BEARER" or "Basic" when !_formatsOnly && Credentials.TryAfterScheme(_text, end, "authorization", out hit):
            case "PASSWORD" or "password" or "Password" or "keyPassword" when !_formatsOnly && Credentials.TryAfterPasswordWord(_text, at, end, out hit):
            case "PASSWORD" or "password" or "Password" or "passwd" or "pwd" or "PWD" or "pw" or "PW" or "pass" or "PASS" or "passphrase" or "passcode" or "Passwort" when !_formatsOnly && SpokenPasswords.TryAfterWord(_text, at, end, out hit):
            case "IDENTIFIED" or "identified" when !_formatsOnly && Credentials.TryIdentified(_text, end, out hit):
            case "secret" or "token" when !_formatsOnly && SpokenPasswords.TryReadSure(_text, end, out hit) && Credentials.IsNameAt(_text, end):
            case "creds" or "credentials" or "login" when !_formatsOnly && SpokenPasswords.TryReadSure(_text, end, out hit):
            case "setPassword" when !_formatsOnly && SpokenPasswords.TryReadSure(_text, end, out hit):
            case "schtasks" or "reg" or "sqlplus" or "impdp" or "expdp" or "htpasswd" or "rabbitmqctl" or "setx" or "chpasswd" or "requirepass" or "rootpw" or "bindpw" or "masterauth"
                when !_formatsOnly && CommandLines.TryRead(_text, at, end, out hit):
            case "net" when !_formatsOnly && Commands.TryNetUse(_text, end, out hit):
                return Add(hit);
            case "VALUES" when !_formatsOnly && InsertStatements.TryRead(_text, at, end, _formats, ref _hits, out var afterRows):
                _runStart = afterRows;
                return afterRows;
            case "password" or "Password" or "PASSWORD" or "passphrase" when !_formatsOnly && SpokenPasswords.TryBeforeWord(_text, at, out hit):
                Add(hit);
                return end;
            case "to" when !_formatsOnly && SpokenPasswords.TryReadChange(_text, at, out var old, out hit):
                Add(old);
                return Add(hit);
            case ['b' or 'B' or 'r' or 'R', ..] when !_formatsOnly && RecoveryCodes.After(_text, at, end) is { } codes:
                foreach (var code in codes)
                {
                    end = Add(code);
                }

                return end;
            default:
                return at + 1;
        }
    }

    private void EndRun(int start, int end)
    {
        if (_formats.TryMatchRun(_text, start, end, out var hit))
        {
            Add(hit);
            return;
        }

        if (end - start >= MinEncoded && !_formatsOnly && EncodedText.MayBe(_text[start..end]))
        {
            (_encoded ??= []).Add((start, end));
        }

        if (_formatsOnly || start < _urlEnd)
        {
            return;
        }

        // Padding belongs to the run that it ends.
        for (var padding = 0; padding < 2 && end < _text.Length && _text[end] == '='; padding++)
        {
            end++;
        }

        if (HighEntropy.IsSecret(_text, start, end))
        {
            Add(new Hit(start, end, Redaction.HighEntropy));
        }
        else if (_trail.IsKey(_text, start, end))
        {
            Add(new Hit(start, end, "api-key"));
        }
    }

    // A marker that the text brought stays, even in the middle of a secret; so does what everybody knows.
    private int Add(Hit hit)
    {
        if (PublishedExamples.Has(_text[hit.Start..hit.End]))
        {
            _runStart = hit.End;
            return hit.End;
        }

        _runStart = Markers.AddAround(_text, hit, ref _hits);
        return _runStart;
    }
}
