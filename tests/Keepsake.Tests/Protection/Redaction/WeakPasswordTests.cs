using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Words that stand for a password everywhere else and are one in a setting: <c>admin</c>, <c>rootpass</c>.</summary>
public sealed class WeakPasswordTests
{
    private static readonly Redactor Redactor = new();

    public static readonly TheoryData<string> Settings =
    [
        "DB_PASSWORD=§", "export DB_PASSWORD=\"§\"\n", "- POSTGRES_PASSWORD=§", "PGPASSWORD=§ psql -h db", "docker run -e MYSQL_ROOT_PASSWORD=§ mysql:8", "  MYSQL_PASSWORD: §\n",
        "{ \"DB_PASSWORD\": \"§\" }", "define('DB_PASSWORD', '§');", "{\"username\":\"ann\",\"password\":\"§\"}", "user: 'ann', password: '§'", "username: ann\npassword: §\n", "Server=db;Uid=app;Pwd=§;",
        "jdbc:postgresql://db/main?user=app&password=§", "amqp://app:§@mq:5672/", "connect(\"db\", \"root\", \"§\")", "getenv('DB_PASSWORD', '§')", "Basic auth is in ${DB_PASSWORD:-§}",
        "dbpwd=§\n", "username \"ann@corp.test\"\npassword \"§\"\n", "db.corp.test:5432:main:app:§", "psexec \\\\srv -u ann -p § cmd",
    ];

    public static readonly TheoryData<string> Harmless =
    [
        "CONF_PASSWORD = \"password\"", "FIELD_SECRET: \"secret\"", "DB_PASSWORD=changeme", "DB_PASSWORD=your_password", "DB_PASSWORD=yourpassword", "DB_PASSWORD=${DB_PASS}", "DB_PASSWORD=none",
        "user: 'user', password: 'admin'", "username: 'username', password: 'test'", "{\"username\": \"string\", \"password\": \"test\"}", "postgres://username:pass@host/db", "http://user:password@proxy:8080/",
        "username=test&password=password", "login(\"ann\", \"password\")", "connect(\"host\", \"user\", \"password\")", "connect(\"db\", \"ann\", \"password\")",
        "password=password\n", "f(\n    password=foobar\n)", "f(user,\npassword=admin\n)", "PASSWORD: required", "define('FIELD_PASSWORD', 'password');", "username = ann\npassword = admin\n", "password: admin",
        "<input user=\"ann\" password=\"password\">", "user \"ann\" asked\nfor a password \"admin\"", "Basic dXNlcjpwYXNz", "curl -u 'test:test' https://h.test", "amqp://demo:demo@mq/", "the wrong password, username=\"ann\", password=\"badpass\"",
    ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void What_everybody_guesses_goes_where_it_is_set(string place)
    {
        foreach (var word in new[] { "admin", "postgres", "rootpass", "mypassword" })
        {
            var redacted = Redactor.Redact(place.Replace("§", word, StringComparison.Ordinal));

            var redaction = Assert.Single(redacted.Redactions);
            Assert.Equal(place.Replace("§", $"[REDACTED:{redaction.Kind}]", StringComparison.Ordinal), redacted.Text);
        }
    }

    [Theory]
    [InlineData("DB_PASSWORD=§")]
    [InlineData("Server=db;Uid=app;Pwd=§;")]
    [InlineData("amqp://admin:§@mq:5672/")]
    [InlineData("connect(\"db\", \"root\", \"§\")")]
    [InlineData("http://ann:§@host.test/")]
    [InlineData("https://username:§@mail.corp.test")]
    [InlineData("http://user@corp.test:§@app.corp.test:8080/")]
    [InlineData("<connection url=\"jdbc:x://db/main\" user=\"user\" password=\"§\"/>")]
    [InlineData("username \"ann@corp.test\"\npassword \"§\"\n")]
    [InlineData("db.corp.test:5432:main:app:§")]
    public void The_word_for_a_password_goes_where_nothing_else_is_meant(string place) =>
        Assert.Equal(place.IndexOf('§', StringComparison.Ordinal), Assert.Single(Redactor.Redact(place.Replace("§", "password", StringComparison.Ordinal)).Redactions).Start);

    [Theory]
    [MemberData(nameof(Harmless))]
    public void The_same_word_stays_where_it_stands_for_one(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    [Theory]
    [InlineData("user = Ann\npassword = open_sesame")]
    [InlineData("user = Ann\n// who\n# else\npassword = open_sesame\n")]
    [InlineData("jdbc:mysql://[(host=a,port=1111,user=ann,password=tulips),(host=b,user=bob,password=otters)]/main")]
    [InlineData("<password name=\"password\">tulips_for_all</password>")]
    [InlineData("password=tulips\nuser=ann\n")]
    [InlineData("Endpoint=https://x.corp.test;AccessKey=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789ABCDEFGHIJKLMNOPQRS+/==;Version=1.0;")]
    [InlineData("amqp://ann:Rt7#mKq2v@mq.corp.test")]
    [InlineData("Authorization: Basic YW5uOm9wZW4gdHVsaXBz")]
    [InlineData("x.password = \"@#!%&$\"")]
    [InlineData("Activation key : QRTZP-WXCVB-LMKJH-GFDSA-POIUY")]
    [InlineData("git-pat=\"abcdef0123456789abcdef0123456789abcdef01\"")]
    [InlineData("sonar.github.oauth=abcdef0123456789abcdef0123456789abcdef01")]
    [InlineData("passwords:Trk47Wq#@")]
    [InlineData("P/W:Trk47Wq#@")]
    [InlineData("PIN: Trk47Wq#@")]
    [InlineData("$md5,rounds=4711$Kd83hs92$$VTQWHUYKkb7n3SpAmBHq0/")]
    [InlineData("ghp_0123456789012345678901234567890abcde")]
    public void What_has_a_setting_to_itself_goes(string text) => Assert.NotEmpty(Redactor.Redact(text).Redactions);

    [Theory]
    [InlineData("user = name\npassword = word_of_it\n")]
    [InlineData("user = Name\npassword = Word\n")]
    [InlineData("oauth = 3f9a2c1b8b7d6e5f3f9a2c1b8b7d6e5f3f9a2c1b")]
    [InlineData("let g:ignore_pat = '\\.\\(Z\\|gz\\|bz2\\|zip\\|tgz\\)$'")]
    [InlineData("http://host:8080#part@2")]
    [InlineData("passwords: none")]
    [InlineData("pin: gpio17")]
    [InlineData("password = \"!!!!!!!!\"")]
    [InlineData("pattern_password = \"^*+?\"")]
    [InlineData("passwords:\n  - first\n  - second\n")]
    [InlineData("fields:\n- password\n- token2\n")]
    [InlineData("password=Kennwort\n")]
    public void What_only_looks_like_a_setting_stays(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    [Theory]
    [InlineData("sshpass -p § ssh ann@h")]
    [InlineData("sshpass -p '§' ssh ann@h")]
    [InlineData("<x:user name=\"admin\" password=\"§\" roles=\"a\"/>")]
    [InlineData("mysql -u root -p§ main")]
    [InlineData("net user ann § /add")]
    [InlineData("rootpw --plaintext §")]
    [InlineData("rootpw §\n")]
    [InlineData("bindpw §")]
    [InlineData("masterauth §\n")]
    [InlineData("tool --user ann --password §")]
    [InlineData("[client]\nuser = ann\npassword = §\n")]
    public void A_word_goes_that_a_command_takes_for_a_password(string place)
    {
        foreach (var word in new[] { "swordfish", "centipede" })
        {
            Assert.Equal(place.Replace("§", "[REDACTED:password]", StringComparison.Ordinal), Redactor.Redact(place.Replace("§", word, StringComparison.Ordinal)).Text);
        }
    }

    [Theory]
    [InlineData("curl -u admin:admin https://h.test", 14)]
    [InlineData("<Password>admin</Password>", 10)]
    [InlineData("tool -u ann -p kfTq7RwZ", 15)]
    [InlineData("sshpass -p 'tuli' ssh ann@h", 12)]
    [InlineData("fetch --http-password fournicetulipsinarow", 22)]
    public void What_is_weak_or_sure_goes_there(string text, int start) => Assert.Equal(start, Assert.Single(Redactor.Redact(text).Redactions).Start);

    [Theory]
    [InlineData("sshpass -p password ssh ann@h")]
    [InlineData("sshpass -p '%s' ssh ann@h")]
    [InlineData("sshpass -p tuli ssh ann@h")]
    [InlineData("the --user and --password options")]
    [InlineData("--user NAME --password required")]
    [InlineData("docker run -u app -p 8080:80 x")]
    [InlineData("cp -u a -p archive2024")]
    [InlineData("net user ann /add")]
    [InlineData("the rootpw directive")]
    [InlineData("[list]\nof the user = names\npassword = words\n")]
    public void A_word_stays_that_no_command_takes_for_one(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    [Fact]
    public void All_of_a_list_go() => Assert.Equal(
        "passwords:\n  - \"[REDACTED:password]\"\n  - '[REDACTED:password]'\nusers:\n  - \"ann2\"\n",
        Redactor.Redact("passwords:\n  - \"Tulip1\"\n  - 'oTter2'\nusers:\n  - \"ann2\"\n").Text);
}
