namespace Keepsake.Protection.Redaction;

/// <summary>What the name of a value says about the value.</summary>
internal enum LabelStrength
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It may be a secret, if it looks like nothing else: <c>key</c>, <c>session</c>, a vendor's name.</summary>
    Weak,

    /// <summary>It is a secret made by a machine, unless it reads like words: <c>token</c>, <c>api_key</c>.</summary>
    Secret,

    /// <summary>It is a secret that a person may have chosen: <c>password</c>.</summary>
    Password,

    /// <summary>It is a password by definition, whatever it looks like.</summary>
    CertainPassword,

    /// <summary>It is the words that a wallet is restored from.</summary>
    Mnemonic,

    /// <summary>It is a scheme and a credential: <c>Authorization</c>.</summary>
    Authorization,

    /// <summary>It belongs to the name given just before: <c>value</c>.</summary>
    Value,

    /// <summary>It names the value that follows: <c>name</c>.</summary>
    Name,

    /// <summary>It is the type of what stands before it: <c>string</c>.</summary>
    Type,
}

/// <summary>The name of a value: how much it says, and the kind to report.</summary>
internal readonly record struct Label(LabelStrength Strength, string Kind)
{
    public static readonly Label None = new(LabelStrength.None, "");

    // githubkey, not monkey: what stands before is a service of at least four letters.
    private const int MinJoinedKey = 6;

    private static readonly Label Password = new(LabelStrength.Password, "password");
    private static readonly Label Token = new(LabelStrength.Secret, "token");
    private static readonly Label Secret = new(LabelStrength.Secret, "secret");
    private static readonly Label ApiKey = new(LabelStrength.Secret, "api-key");
    private static readonly Label PrivateKey = new(LabelStrength.Secret, "secret-key");
    private static readonly Label Credential = new(LabelStrength.Weak, "credential");
    private static readonly Label Mnemonic = new(LabelStrength.Mnemonic, "mnemonic");
    private static readonly Label WeakKey = new(LabelStrength.Weak, "api-key");
    private static readonly Label Session = new(LabelStrength.Weak, "session");

    /// <summary>Reads a name such as <c>db.userPassword</c>, <c>API_KEY</c> or <c>client secret</c>, from its last word back.</summary>
    public static Label Of(ReadOnlySpan<char> name)
    {
        if (Markers.EndsAt(name, name.Length))
        {
            return None;
        }

        Span<char> buffer = stackalloc char[LabelWords.MaxWordLength];
        var words = new LabelWords(name, buffer);
        if (!words.MovePrevious())
        {
            return None;
        }

        var label = OfLast(ref words, name);
        if (label.Strength == LabelStrength.Weak && IsHeader(name))
        {
            return ApiKey;
        }

        if (label.Strength != LabelStrength.None || !IsSuffix(words.Current))
        {
            return label.Strength != LabelStrength.None || IsQualifier(words.Current) ? label : OfEarlier(ref words, name);
        }

        // API_KEY_PROD, password_base64: the word before it says what it is.
        return words.MovePrevious() ? OfLast(ref words, name) : None;
    }

    // BUNDLE_GEMS__EXAMPLE__ORG holds the user and the password of a host.
    private static bool IsBundlerHost(ReadOnlySpan<char> name) =>
        name.StartsWith("BUNDLE_", StringComparison.OrdinalIgnoreCase) && name.Contains("__", StringComparison.Ordinal);

    // X-Anything-Key is how services ask for a key in a request.
    private static bool IsHeader(ReadOnlySpan<char> name) =>
        name.Length > 5 && name[0] is 'X' or 'x' && name[1] == '-' && name.EndsWith("key", StringComparison.OrdinalIgnoreCase);

    private static Label OfLast(ref LabelWords words, ReadOnlySpan<char> name)
    {
        switch (words.Current)
        {
            case "password" or "passwd" or "pwd" or "passphrase" or "passcode" or "passwort" or "kennwort" or "contrasena" or "senha" or "wachtwoord" or "adgangskode" or "salasana" or "heslo" or "haslo" or "passord" or "parola"
                or "pswd" or "pasword" or "passw" or "pword" or "passwrd" or "userpass" or "dbpass" or "dbpassword" or "mysqlpassword" or "pgpassword" or "storepass" or "keypass":
                return words.MovePrevious() && words.Current is "text" or "cleartext" ? Password with { Strength = LabelStrength.CertainPassword }
                    : words.Current is "hashed" or "encrypted" or "forgot" or "reset" or "no" or "without" ? None : Password;
            case "mnemonic":
                return Mnemonic;
            case "phrase":
                return !words.MovePrevious() ? None
                    : words.Current is "seed" or "recovery" or "backup" or "mnemonic" or "secret" ? Mnemonic
                    : words.Current is "pass" ? Password
                    : None;
            case "code":
                return words.MovePrevious() && words.Current is "access" or "auth" or "authorization" or "grant" ? new Label(LabelStrength.Weak, "token") : None;
            case "login":
                return words.MovePrevious() && words.Current is "sonar" ? Token : None;
            case "accessid":
                return words.MovePrevious() && words.Current is "sumo" or "sumologic" ? ApiKey : None;
            case "id":
                // CC_TEST_REPORTER_ID lets reports in.
                return !words.MovePrevious() ? None
                    : words.Current is "reporter" || (words.Current is "access" && words.MovePrevious() && words.Current is "sumo" or "sumologic") ? ApiKey
                    : None;
            case "certificate":
                return words.MovePrevious() && words.Current is "app" && words.MovePrevious() && words.Current is "agora" ? Secret : None;
            case "crumb":
                return words.MovePrevious() && words.Current is "jenkins" ? Token : None;
            case "com" or "org" or "io" or "net":
                return IsBundlerHost(name) ? new Label(LabelStrength.CertainPassword, "credential") : None;
            case "psk":
                return Password;
            case "pw":
                return Password;
            case "pass":
                return words.MovePrevious() ? words.Current is "finish" or "start" or "first" or "second" or "by" or "no" or "render" or "one" or "two" or "pre" or "post" ? None : Password : new Label(LabelStrength.Weak, "password");
            case "token":
                return OfToken(ref words);
            case "secret":
                return Secret;
            case "salt":
                return Secret with { Strength = LabelStrength.Weak };
            case "key":
                return OfKey(ref words);
            case "apikey" or "appid" or "apitoken" or "appkey" or "authkey" or "licensekey" or "servicekey" or "xapikey" or "subscriptionkey":
                return ApiKey;
            case "accesskey" or "secretkey" or "privatekey" or "masterkey" or "accountkey" or "sharedaccesskey" or "signingkey"
                or "encryptionkey" or "secretaccesskey" or "sharedkey" or "storagekey":
                return PrivateKey;
            case "authtoken" or "accesstoken" or "refreshtoken" or "bearertoken" or "idtoken" or "sessiontoken" or "usertoken" or "bottoken"
                or "jwt" or "bearer":
                return Token;
            case "clientsecret" or "appsecret":
                return Secret;
            case "authorization":
                return new Label(LabelStrength.Authorization, "authorization");
            case "auth":
                // What Redis takes there is a password.
                return words.MovePrevious() && words.Current is "redis" ? Password : new Label(LabelStrength.Weak, "authorization");
            case "credential" or "credentials" or "creds" or "cred":
                return Credential with { Strength = LabelStrength.Secret };
            case "pat" or "oauth":
                // git-pat, sonar.oauth; alone they are a pattern and a protocol.
                return words.MovePrevious() && (words.Current is "git" || IsVendor(words.Current)) ? Token : Credential;
            case "otp" or "totp":
                return Credential;
            case "passwords" or "pin":
                return new Label(LabelStrength.Weak, "password");
            case "phpsessid" or "jsessionid":
                return Session with { Strength = LabelStrength.Secret };
            case "session" when name.EndsWith("_gitlab_session", StringComparison.OrdinalIgnoreCase):
                return Session with { Strength = LabelStrength.Secret };
            case "session" or "sessionid" or "sid" or "csrftoken" or "xsrf" or "cookie" or "connect":
                return Session;
            case "signature" or "sig":
                return new Label(words.MovePrevious() && words.Current is "amz" ? LabelStrength.Secret : LabelStrength.Weak, "signature");
            case "value" or "val" or "default":
                return words.MovePrevious() ? OfLast(ref words, name) : new Label(LabelStrength.Value, "");
            case "name":
                return words.MovePrevious() ? None : new Label(LabelStrength.Name, "");
            case "string" or "str" or "text" or "char" or "const" or "secretstr" or "varchar" or "optional" or "final" or "any":
                return new Label(LabelStrength.Type, "");
            default:
                return OfJoined(words.Current) is { Strength: not LabelStrength.None } joined ? joined
                    : IsVendor(words.Current) ? WeakKey
                    : None;
        }
    }

    private static Label OfToken(ref LabelWords words)
    {
        if (!words.MovePrevious())
        {
            return Token;
        }

        return words.Current switch
        {
            "next" or "page" or "continuation" or "cancellation" or "pad" or "eos" or "bos" or "mask" or "sync" or "start" or "stop" or "end"
                or "special" or "max" or "min" or "per" or "pagination" or "resume" or "unk" or "sep" or "cls" or "public" or "change"
                or "delta" or "lock" or "forward" or "backward" or "paging" or "starting" or "idempotency" or "input" or "output" or "prompt" or "completion" or "total" or "import" => None,

            // An idempotency token is usually a UUID; a client's access token is not.
            "client" or "request" => Token with { Strength = LabelStrength.Weak },

            // An assembly's PublicKeyToken.
            "key" when words.MovePrevious() && words.Current is "public" => None,
            _ => Token,
        };
    }

    private static Label OfKey(ref LabelWords words)
    {
        if (!words.MovePrevious())
        {
            return new Label(LabelStrength.Weak, "api-key");
        }

        return words.Current switch
        {
            "api" or "auth" or "license" or "subscription" or "service" or "app" or "application" or "integration" or "webhook" or "deploy"
                or "admin" or "write" or "ingest" or "dev" or "developer" or "server" or "functions" or "host" or "consumer" or "record" or "sdk" => ApiKey,
            "access" or "secret" or "private" or "account" or "master" or "encryption" or "signing" or "signature" or "shared" or "storage"
                or "hmac" or "aes" or "jwt" or "session" or "cookie" or "encrypt" or "symmetric" or "security" or "wallet" or "psk"
                or "preshared" or "crypto" => PrivateKey,
            "public" or "primary" or "foreign" or "sort" or "partition" or "cache" or "group" or "object" or "row" or "hash" or "index"
                or "unique" or "map" or "dict" or "lookup" or "idempotency" or "dedupe" or "storagekey" or "s" => None,
            _ => IsVendor(words.Current) ? ApiKey : WeakKey,
        };
    }

    // stripe_api_key_id says id; token_github says token, if the value agrees.
    private static Label OfEarlier(ref LabelWords words, ReadOnlySpan<char> name)
    {
        while (words.MovePrevious())
        {
            if (words.Current is "token" or "secret" or "password" or "apikey" or "passwd")
            {
                return Credential;
            }

            if (words.Current is "key" && OfKey(ref words) is { Strength: LabelStrength.Secret })
            {
                return WeakKey;
            }
        }

        return None;
    }

    private static Label OfJoined(ReadOnlySpan<char> word) => word switch
    {
        "nopassword" or "nopasswd" => None,
        [.., 'p', 'a', 's', 's', 'w', 'o', 'r', 'd'] or [.., 'p', 'a', 's', 's', 'w', 'd'] or [.., 'p', 'w', 'd'] => Password,
        [.., 's', 'e', 'c', 'r', 'e', 't'] => Secret,
        [.., 't', 'o', 'k', 'e', 'n'] when word is not ("ctoken" or "nexttoken" or "xtoken") => Token,
        [.., 'a', 'p', 'i', 'k', 'e', 'y'] => ApiKey,
        [.., 'a', 'c', 'c', 'e', 's', 's', 'k', 'e', 'y'] or [.., 's', 'e', 'c', 'r', 'e', 't', 'k', 'e', 'y']
            or [.., 'p', 'r', 'i', 'v', 'a', 't', 'e', 'k', 'e', 'y'] => PrivateKey,
        [.., 'k', 'e', 'y'] when word.Length > MinJoinedKey && IsVendor(word[..^3]) => ApiKey,
        _ => None,
    };

    private static bool IsSuffix(ReadOnlySpan<char> word) => word is "base" or "raw" or "b64" or "base64" or "dev" or "prod" or "production" or "staging"
        or "test" or "old" or "new" or "backup" or "live" or "sandbox" or "secondary" or "plain" or "current" or "decoded" or "v";

    private static bool IsQualifier(ReadOnlySpan<char> word) => word is "name" or "file" or "filename" or "path" or "url" or "uri" or "type"
        or "id" or "ttl" or "expiry" or "expires" or "expiration" or "length" or "size" or "count" or "limit" or "policy" or "field" or "label"
        or "hint" or "regex" or "pattern" or "prompt" or "reset" or "version" or "arn" or "ref" or "format" or "index" or "prefix" or "suffix"
        or "algorithm" or "store" or "provider" or "endpoint" or "hash" or "digest" or "checksum" or "sha" or "fingerprint" or "at" or "in"
        or "date" or "time" or "page" or "class" or "service" or "manager" or "usage" or "s" or "is" or "was" or "and" or "or";

    private static bool IsVendor(ReadOnlySpan<char> word) => word.Length > 2 && Vendors.Contains(word);
}
