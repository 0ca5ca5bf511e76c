using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

public sealed class NamedValueTests
{
    private readonly Redactor _redactor = new();

    public static readonly TheoryData<string, string> PasswordCarriers = new()
    {
        { "{\"password\":\"§\"}", "password" }, { "{ \"dbPassword\" : \"§\", \"x\": 1 }", "password" }, { "DB_PASS=§", "password" },
        { "export PGPASSWORD='§'", "password" }, { "password: §", "password" }, { "  password: \"§\"", "password" }, { "pwd = \"§\";", "password" },
        { "var password = \"§\";", "password" }, { "const string DbPassword = \"§\";", "password" }, { "let password: &str = \"§\";", "password" },
        { "<password>§</password>", "password" }, { "<add key=\"DbPassword\" value=\"§\" />", "password" }, { "Server=db;User=app;Password=§;", "password" },
        { "- name: DB_PASSWORD\n  value: \"§\"", "password" }, { "config[\"password\"] = \"§\"", "password" }, { "setProperty(\"db.password\", \"§\")", "password" },
        { "mysql --password §", "password" }, { "tool --db-password=§ run", "password" }, { "the password is §, keep it", "password" },
        { "\"{\\\"password\\\":\\\"§\\\"}\"", "password" }, { "**Password:** §", "password" }, { "ALTER USER app WITH PASSWORD '§'", "password" },
        { "curl -u admin:§ https://db.internal", "password" }, { "curl --user 'admin:§' https://db.internal", "password" },
        { "postgres://app:§@db:5432/main", "connection-string" }, { "https://app:§@git.internal/x.git", "url-credentials" },
        { "machine git.internal login app password §", "password" }, { "GET /login?user=a&password=§&next=/", "password" },
    };

    public static readonly TheoryData<string, string, string> TokenCarriers = new()
    {
        { "api_key = \"§\"", "{w:32}", "api-key" }, { "\"apiKey\": \"§\"", "{l:24}", "api-key" }, { "X-Api-Key: §", "{h:32}", "api-key" },
        { "client_secret: '§'", "{w:40}", "secret" }, { "aws_secret_access_key = §", "{b:40}", "secret-key" }, { "TOKEN=§", "{h:40}", "token" },
        { "string accessToken = \"§\";", "{w:20}", "token" }, { "\"access_token\":\"§\"", "{uuid}", "token" }, { "Authorization: Bearer §", "{t:40}", "authorization" },
        { "\"Authorization\": \"Token §\"", "{h:40}", "authorization" }, { "curl -H 'Authorization: Basic §'", "{w:32}", "authorization" },
        { "use Bearer § there", "{w:40}", "authorization" }, { "AccountKey=§;", "{b:86}==", "secret-key" }, { "<authToken>\n  §\n</authToken>", "{w:30}", "token" },
        { "Connect -ClientSecret '§'", "{w:30}", "secret" }, { "deploy --token § --dry-run", "{w:30}", "token" }, { "\"token\" => \"§\"", "{l:30}", "token" },
        { "api token := `§`", "{w:24}", "token" }, { "the API key is §.", "{w:32}", "api-key" }, { "stripeKey: '§'", "{w:30}", "api-key" },
    };

    public static readonly TheoryData<string> Harmless =
    [
        "the token: a lexer unit", "password: required", "password: string", "\"password\": \"Enter your password\"", "Password: ********",
        "DB_PASS=${DB_PASS}", "password = \"<your-password>\"", "api_key: xxxxxxxxxxxxxxxx", "token = next(tokens)", "password = os.environ[\"DB_PASSWORD\"]",
        "password=password", "login(user, password=password)", "secret: changeme", "\"type\": \"password\"", "<input type=\"password\" name=\"password\">",
        "max_tokens: 4096", "token_type: bearer", "password_min_length = 12", "passwordHash = Hash(password)", "primary_key = \"order_id_2024\"",
        "cacheKey: \"3f9a2c1b8b7d6e5f3f9a2c1b8b7d6e5f3f9a2c1b\"", "session_id: 0198c5b2-7c1e-7d55-a3a1-0c7d51f2b6aa", "key: value",
        "keyboard: qwertz", "author: jane", "compass: north", "secretName: app-tls-2024", "PASS: Utf8_names_sort", "token == null",
        "if (password != confirmation)", "public string Token { get; init; } = \"\";", "password = getpass.getpass()", "Token = tokens[0];",
        "Authorization: Bearer <token>", "Authorization: Bearer $TOKEN", "bearer tokens are opaque strings of at most 255 characters",
        "curl -u user:password https://example.com", "docker run -u 1000:1000 app", "--user \"$USER:$PASSWORD\"", "password is required", "next_page_token: eyQ3",
        "postgres://user:password@localhost/db", "https://$USER:$PASSWORD@host/x", "https://host:8080/a@b", "git@github.com:org/repo.git",
        "the key to this is caching", "contraseña: obligatoria", "\"password\": \"Passwort\"", "client_token: 0198c5b2-7c1e-7d55-a3a1-0c7d51f2b6aa",
        "PublicKeyToken=b77a5c561934e089", "password: Option<String>", "let token: String = String::new();", "kind: Secret", "secrets: inherit",
    ];

    [Theory]
    [MemberData(nameof(PasswordCarriers))]
    public void A_password_goes_and_what_carries_it_stays(string carrier, string kind)
    {
        var samples = new Samples(carrier.Length);
        for (var i = 0; i < 25; i++)
        {
            var text = carrier.Replace("§", samples.Make("{a:5}{d:2}{a:4}"), StringComparison.Ordinal);
            Assert.Equal(carrier.Replace("§", $"[REDACTED:{kind}]", StringComparison.Ordinal), _redactor.Redact(text).Text);
        }
    }

    [Theory]
    [MemberData(nameof(TokenCarriers))]
    public void A_token_goes_and_what_carries_it_stays(string carrier, string shape, string kind)
    {
        var samples = new Samples(carrier.Length);
        for (var i = 0; i < 25; i++)
        {
            var text = carrier.Replace("§", samples.Make(shape), StringComparison.Ordinal);
            Assert.Equal(carrier.Replace("§", $"[REDACTED:{kind}]", StringComparison.Ordinal), _redactor.Redact(text).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public void Prose_code_and_placeholders_stay(string text) => Assert.Same(text, _redactor.Redact(text).Text);

    [Fact]
    public void The_values_of_a_kubernetes_secret_go_and_those_of_a_config_map_stay()
    {
        var samples = new Samples(2);
        var secret = samples.Make("{w:24}");
        const string map = "kind: ConfigMap\ndata:\n  motd: welcome-to-the-machine\n---\n";

        var redacted = _redactor.Redact($"{map}apiVersion: v1\ndata:\n  pin: {secret}\n  file: |\n    {secret}\nkind: Secret\n");

        Assert.Equal($"{map}apiVersion: v1\ndata:\n  pin: [REDACTED:kubernetes-secret]\n  file: |\n    [REDACTED:kubernetes-secret]\nkind: Secret\n", redacted.Text);
    }
}
