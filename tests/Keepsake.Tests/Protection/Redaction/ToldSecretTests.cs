using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Secrets that a name announces without a colon or an equals sign, as people note them down, and as SQL, devices and old configuration files write them.</summary>
public sealed class ToldSecretTests
{
    private const int SamplesPerShape = 20;

    private static readonly Redactor Redactor = new();

    private static readonly string[] Sure = ["kfTq7RwZ", "Kp9!vTqe", "x7Lm2QzR4t"];

    public static readonly TheoryData<string> Places =
    [
        "password §", "default password §", "Ldap password      ----   §", "ssh root@10.0.0.5 password §", "password - §", "Password (§)", "the password will be §", "password has been set to §.",
        "passphrase §", "passwd §", "pw §", "pwd - §", "pass §", "pass: §", "PASS=§", "Passwort lautet §", "secret §", "Client secret §", "access token §",
        "use § as the password", "§ is the password", "user ann password §", "id ann pw §", "ID:ann,PW §", "username ann secret §", "user/pass: admin/§", "id/pw : admin / §",
        "ID / PW : admin / §", "account: admin / §", "login: admin/§", "credentials - admin/§", "creds (admin/§)", "creds admin:§", "echo \"admin:§\" | chpasswd",
        "패스워드:§", "계정:ann 비번:§", "密钥：§", "токен: §", "neighbor 10.0.0.1 password §", "radius-server key §", "enable secret §", "enable password level 15 §",
        "net user ann § /add", "setPassword(\"§\")", "--pass §", "[\"password\",\"§\"]",
    ];

    public static readonly TheoryData<string, string> Statements = new()
    {
        { "ALTER USER ann IDENTIFIED BY §;", "{a:5}{d:2}{a:4}" }, { "exec(\"CREATE USER ann IDENTIFIED BY §\");", "{a:5}{d:2}{a:4}" }, { "CREATE ROLE ann WITH LOGIN PASSWORD §;", "{a:5}{d:2}{a:4}" },
        { "SET PASSWORD FOR 'ann'@'h' = PASSWORD('§');", "{a:5}{d:2}{a:4}" }, { "SET x = PASSWORD ('§') WHERE User = 'ann'", "{a:5}{d:2}{a:4}" }, { "secret \"§\";", "{w:20}==" },
        { "api_key '§';", "{w:32}" }, { "apikey[]= \"§\"", "{w:32}" }, { "GITHUBKEY=§", "{w:12}_{w:9}" }, { "<Password value=\"§\"/>", "{a:5}{d:2}{a:4}" },
        { "https://x.test/v1?key=§&a=1", "{h:32}" }, { "https://x.test/v1?a=1&key=§", "{uuid}" },
        { "the shotstack api key is §.", "{a:32}" }, { "<password>{§}</password>", "{w:15}=" }, { "config.redis.auth = '§'", "{a:5}{d:2}{a:4}" }, { "pword='§'", "{a:5}{d:2}{a:4}" }, { "mysqli_connect(\"h\", \"root\", \"§\")", "hunter{d:3}" },
    };

    public static readonly TheoryData<string> Harmless =
    [
        "see oauth-json-web-token-32#section-4.1.3 of it", "see https://x.test/json-web-\n  token-32#section-4.1.1 there", "password Sha256Hash", "password getPasswordHash2", "password reset ann2@b2.corp.test",
        "secret OAuth2 of it", "the token UTF8 is one", "password (see RFC 2617)", "password - at least 8 characters", "the password will be 12 characters", "login: see/usr2", "account: 12/34",
        "admin:x:1000:", "root:V2", "PASS: 3/4 Aa1x", "pass 2Of3 files", "passphrase with 4 words", "use it2 as the password", "user ann password required", "page token Ab12Cd34Ef56Gh7",
        "monkey=turkey12345678", "?key=123ABC456", "CLASS_NAME = 'GooglecloudV1b4'", "secret \"required\"", "api_key \"none\";", "PASSWORD('x')", "PASSWORD(name)", "IDENTIFIED BY other;", "net user ann /add",
        "mysqli_connect(\"h\", \"root\", \"main\")", "<Password value=\"required\"/>", "enable password level 15", "토큰 설명", "<password>{name}</password>", "password ---- none", "2*password1 + x",
    ];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_password_that_looks_like_nothing_else_goes_wherever_a_name_announces_it(string place)
    {
        foreach (var password in Sure)
        {
            Goes(place, password);
        }
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public void A_secret_goes_and_the_statement_around_it_stays(string place, string shape)
    {
        var samples = new Samples(place.Length);
        for (var i = 0; i < SamplesPerShape; i++)
        {
            Goes(place, samples.Make(shape));
        }
    }

    [Theory]
    [InlineData("our api key `§`", "7k2m9x4q1r8t3w5")]
    [InlineData("our api key (§)", "7k2m9x4q1r8t3w5z")]
    [InlineData("토큰 §", "7k2m9x4q1r8t3w5z")]
    [InlineData("wget --http-password=§ https://x.test", "qWkdRmRmZ_Hardest")]
    [InlineData("define('NONCE_SALT', '§');", "q7]P;wK{2v/Zs@!x=R~m8 Lt%Y(c4&Hf-Bn+J?g9|Dk^aT,u*E<e3>Xo_Vi.zN5")]
    public void What_only_a_machine_makes_goes_after_its_name(string place, string key) => Goes(place, key);

    [Theory]
    [MemberData(nameof(Harmless))]
    public void What_is_written_like_it_and_is_none_stays(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    private static void Goes(string place, string secret)
    {
        var redacted = Redactor.Redact(place.Replace("§", secret, StringComparison.Ordinal));

        var redaction = Assert.Single(redacted.Redactions);
        Assert.Equal(place.Replace("§", $"[REDACTED:{redaction.Kind}]", StringComparison.Ordinal), redacted.Text);
    }
}
