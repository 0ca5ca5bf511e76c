namespace Keepsake.Protection.Redaction;

/// <content>What the walk does where a symbol stands that may announce a secret.</content>
internal ref partial struct SecretScan
{
    private int AtSymbol(int at, char symbol)
    {
        switch (symbol)
        {
            case '[':
                return at + Math.Max(1, Markers.LengthAt(_text, at));
            case '\\':
                return AfterEscape(at);
            case '%':
                return at + 2 < _text.Length && char.IsAsciiHexDigit(_text[at + 1]) && char.IsAsciiHexDigit(_text[at + 2]) ? at + 3 : at + 1;
            case '~':
                return InfixFormats.TryAzure(_text, at, out var azure) ? Add(azure) : at + 1;
            case '$':
                return _formats.TryMatch(_text, at, out var hash) || InfixFormats.TryGcore(_text, at, out hash) || InfixFormats.TryAnsible(_text, at, out hash) ? Add(hash) : at + 1;
            case ':':
                return AtColon(at);
            default:
                return _formatsOnly ? at + 1 : AtSeparator(at, symbol);
        }
    }

    // A letter after a backslash is no part of the word behind it: "\nAKIA…".
    private readonly int AfterEscape(int at)
    {
        if (at + 1 >= _text.Length)
        {
            return at + 1;
        }

        return _text[at + 1] switch
        {
            'n' or 'r' or 't' => at + 2,
            'u' => Math.Min(_text.Length, at + 6),
            'x' => Math.Min(_text.Length, at + 4),
            _ => at + 1,
        };
    }

    private int AtDash(int at)
    {
        if (_text[at..].StartsWith(PemBlock.Opening, StringComparison.Ordinal))
        {
            if (!PemBlock.TryRead(_text, at, out var end, out var isPrivate))
            {
                return at + PemBlock.Opening.Length;
            }

            return isPrivate ? Add(new Hit(at, end, "private-key")) : end;
        }

        var isFlag = !_formatsOnly && (at == 0 || _text[at - 1] is ' ' or '\t' or '\n' or '"' or '\'' or '`' or '(');
        return isFlag && (Credentials.TryReadFlag(_text, at, out var hit) || Commands.TryReadShortFlag(_text, at, out hit)) ? Add(hit) : at + 1;
    }

    private int AtColon(int at)
    {
        if (_text[at..].StartsWith("://", StringComparison.Ordinal))
        {
            var isHit = UrlCredentials.TryRead(_text, at, out var urlEnd, out var hit);
            _urlEnd = Math.Max(_urlEnd, urlEnd);
            return isHit ? Add(hit) : at + 3;
        }

        if (InfixFormats.TryTelegram(_text, at, out var token) || InfixFormats.TryUnleash(_text, at, out token))
        {
            return Add(token);
        }

        return _formatsOnly ? at + 1 : AtSeparator(at, ':');
    }
}
