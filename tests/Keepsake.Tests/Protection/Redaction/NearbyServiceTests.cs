using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Keys that only the name of their service gives away, and what looks like one and is none.</summary>
public sealed class NearbyServiceTests
{
    private static readonly Redactor Redactor = new();

    public static readonly TheoryData<string, string> Places = new()
    {
        { "abuseipdb = §", "{l:80}" }, { "ELASTICEMAIL: '§'", "{u:96}" }, { "\"bannerbear\": \"§\"", "{w:24}" }, { "calling the pdfshift API\n\tUsing Key=§", "{h:32}" },
        { "# mailersend\nkey = \"§\"", "{w:40}" }, { "honeybadger §", "{h:32}" }, { "curl -H 'X-SerpStack-Key: §'", "{l:32}" }, { "browserStack(\"me\", \"§\")", "{w:20}" },
        { "greptile §", "{h:32}" }, { "LACEWORK = §", "{h:40}" }, { "KEYCLOAKKEY=§", "{w:12}_{w:9}" },
    };

    public static readonly TheoryData<string, string, string> Shapes = new()
    {
        { "mailchimp-key", "{h:32}-us12", "§" }, { "twilio-account", "AC{h:32}", "Accounts/§/Messages" }, { "discord-token", "MT{w:22}.{t:6}.{t:27}", "\"§\"" },
        { "azure-key", "{w:52}JQQJ99{w:26}", "key §" }, { "maxmind-key", "{w:6}_{w:29}_mmk", "§" }, { "datastax-token", "AstraCS:{w:24}:{h:64}", "t=§" },
        { "cockroach-key", "CCDB1_{w:22}_{w:40}", "(§)" }, { "rootly-token", "rootly_{h:64}", "§" }, { "asana-token", "1/{d:16}:{h:32}", "is §" },
        { "posthog-key", "phx_{w:43}", "§" }, { "mongodb-atlas-key", "mdb_sa_sk_{w:40}", "§" }, { "password-hash", "$argon2id$v=19$m=65536,t=3,p=4${w:22}${w:43}", "§" },
    };

    public static readonly TheoryData<string> Harmless =
    [
        "commit 3f9a2c1b8b7d6e5f3f9a2c1b8b7d6e5f3f9a2c1b of the browserstack adapter", "arn:aws:dms:us-east-1:123456789012:task:K55IUCGBASJS5VHZJIINA45FII",
        "_ZN4Lerc14EncodeInternalIjEENS_7ErrCodeEPKT_iiiiiiPKhdRjPhjS8_", "/** @example MDEwOlJlcG9zaXRvcnkxMjk2MjY5 */", "\"AWS::KMS::ReplicaKey\": \"903f43e74c8d8853\"",
        "glTexCoord2fColor4fNormal3fVertex3fSUN", "int_hexagon_V6_v6mpyvubs10_vxx_128B", "function Reader.GetToken: UTF8String;", "ERR_NO_PRIVATE_KEY = WINHTTP_ERROR_BASE+185;",
        "OID_USER_PASSWORD = '2.5.4.35';", "%sudo ALL=(root) NOPASSWD: /bin/systemctl restart x", "user_pass = '%s:%s' % (user, secret)", "finish_pass := finish_pass2;",
        "\"integrity\": \"sha512-qnUXbJ4Zr2s1v8Kq0pWm3yT6hL9cXeRfGdAaBbCcDdEeFfGgHhIiJj==\"",
    ];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_key_near_the_name_of_its_service_goes(string place, string shape)
    {
        var samples = new Samples(place.Length);
        for (var i = 0; i < 20; i++)
        {
            var secret = samples.Make(shape);
            Assert.DoesNotContain(secret, Redactor.Redact(place.Replace("§", secret, StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_shape_without_a_long_beginning_goes_whole(string kind, string shape, string place)
    {
        var samples = new Samples(shape.Length);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(
                place.Replace("§", $"[REDACTED:{kind}]", StringComparison.Ordinal),
                Redactor.Redact(place.Replace("§", samples.Make(shape), StringComparison.Ordinal)).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public void Names_addresses_and_public_identifiers_stay(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    [Fact]
    public void Lines_of_wrapped_data_stay_whole()
    {
        var samples = new Samples(8);
        var text = string.Join('\n', Enumerable.Range(0, 12).Select(_ => "    " + samples.Make("{b:76}")));

        Assert.Same(text, Redactor.Redact(text).Text);
    }

    [Theory]
    [InlineData("mysql -u root -p§ shop", "mysql -u root -p[REDACTED:password] shop")]
    [InlineData("sshpass -p § ssh host", "sshpass -p [REDACTED:password] ssh host")]
    [InlineData("FROM x\nENV DB_PASSWORD §", "FROM x\nENV DB_PASSWORD [REDACTED:password]")]
    [InlineData("enable password §", "enable password [REDACTED:password]")]
    [InlineData("requests.get(url, auth=(\"me\", \"§\"))", "requests.get(url, auth=(\"me\", \"[REDACTED:password]\"))")]
    [InlineData("<entry key=\"db.password\">§</entry>", "<entry key=\"db.password\">[REDACTED:password]</entry>")]
    [InlineData("variable \"db_password\" {\n  default = \"§\"\n}", "variable \"db_password\" {\n  default = \"[REDACTED:password]\"\n}")]
    public void A_password_of_a_command_or_a_call_goes(string carrier, string expected) => Assert.Equal(
        expected, Redactor.Redact(carrier.Replace("§", new Samples(6).Make("{a:4}{d:3}{a:5}"), StringComparison.Ordinal)).Text);
}
