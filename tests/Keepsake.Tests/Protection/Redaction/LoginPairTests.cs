using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Passwords that look like words, told by the user who stands before them, and the same places where nobody logs in.</summary>
public sealed class LoginPairTests
{
    private static readonly Redactor Redactor = new();

    public static readonly TheoryData<string> Places =
    [
        "Server=db.corp.test;Database=main;Uid=app;Pwd=§;", "\"Data Source=10.0.0.5;Initial Catalog=main;User ID=app;Password=§\"", "host=db user=app password=§ dbname=main",
        "jdbc:postgresql://db/main?user=app&password=§", "user = 'ann'\npassword = '§'", "username: \"ann@corp.test\",\n  password: \"§\",", "user => 'ann',\n  password => '§',",
        "{\"username\":\"ann\",\"password\":\"§\"}", "user = 'superuser'  # who\npassword = '§'", "$mail->Username = 'ann@corp.test';   // SMTP username\n$mail->Password = '§';",
        "username: ann\npassword: §\n", "[site]\nUsername=ann\nPassword=§", "USERNAME = 'ann'\nPASS = '§'",
        "username \"ann@corp.test\"\npassword \"§\"\n", "conn.login('ann@corp.test', '§', done)", "new NetworkCredential(\"ann\", \"§\")", "auth=('ann', '§')",
        "credentials = (\"ann\", \"§\")", "define( 'DB_PASSWORD', '§' );",
    ];

    public static readonly TheoryData<string> Harmless =
    [
        "password: swordfish", "password = swordfish", "user = load()\npassword = swordfish", "user = name\npassword = swordfish\n", "username: string\npassword: required\n",
        "login(username=name, password=word)", "username: 'Your name', password: 'Your word'", "user: 'ann', password: 'password'", "{ user: 'User', password: 'Password' }",
        "user: userName,\npassword: swordfish,", "<input name=\"user\"> password=swordfish", "Server=db;Uid={user};Pwd={password};", "Server=db;Uid=$USER;Pwd=$PASSWORD;",
        "user: 'ann', password: 'userPassword'", "the user logs in with password=swordfish", "Uid=app;Pwd=<yours>;", "username: User\npassword: Password\n",
    ];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_word_goes_that_a_user_logs_in_with(string place)
    {
        foreach (var word in new[] { "swordfish", "centipedes", "opensesame", "secret" })
        {
            Assert.Equal(place.Replace("§", "[REDACTED:password]", StringComparison.Ordinal), Redactor.Redact(place.Replace("§", word, StringComparison.Ordinal)).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public void A_word_stays_that_nobody_logs_in_with(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    [Theory]
    [InlineData("DB_PASSWORD=§")]
    [InlineData("export RDS_PASSWORD=§\n")]
    [InlineData("app.datasource.password=§\nx=1")]
    [InlineData("  DB_PASSWORD: §\n")]
    [InlineData("sqlcmd -S srv01 -U sa -P § -Q x")]
    [InlineData("sqlplus ann/§@orcl")]
    [InlineData("<input type=\"password\" value=\"§\">")]
    public void A_word_goes_that_has_a_setting_to_itself(string place) =>
        Assert.Equal(place.Replace("§", "[REDACTED:password]", StringComparison.Ordinal), Redactor.Redact(place.Replace("§", "swordfish", StringComparison.Ordinal)).Text);

    [Theory]
    [InlineData("DB_PASSWORD=required")]
    [InlineData("DB_PASSWORD=read_password")]
    [InlineData("app.password=swordfish tool --run")]
    [InlineData("f(db.password=swordfish)")]
    [InlineData("  db_password: swordfish\n")]
    [InlineData("login('ann', 'userPassword')")]
    [InlineData("login('ann', 'Password')")]
    [InlineData("put('DB_PASSWORD', 'swordfish')")]
    [InlineData("f(user=ann,password=swordfish)")]
    [InlineData("user \"ann\" wrote\nthe password \"field\" of it")]
    public void A_word_stays_where_a_setting_says_something_else(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    [Theory]
    [InlineData("password = \"§\"", "thisismydogsname")]
    [InlineData("password: '§'", "garden123")]
    [InlineData("export X_PASS='§'", "password123")]
    [InlineData("pass '§'", "K:j$NT9~6;u:L%_:Vq4t))h#v0i}O")]
    [InlineData("The password for user 'ann' is '§'.", "tulip")]
    [InlineData("the default password for the user \"ann\" is \"§\"", "otter")]
    [InlineData("define('NONCE_KEY', '§');", "}Pi>>0o{> onAdR1L3s}([(:x;T[)WQ3R3sttsna IRESt.%N|*|tisRs#-O-&)I1")]
    [InlineData("postgresql://app:§@db.corp.test/main", "secret")]
    [InlineData("DBI.connect(\"DBI:Pg:main\", \"app\", \"§\")", "secret")]
    [InlineData("api_key = \"§\"", "kX{f]qm(wz}T$v-r#hb_d%n")]
    [InlineData("\"secret\": '§'", "{{a}b)c${d]e(f[g>-_$#h}}")]
    [InlineData("  pac key 7 §", "0a4f580c1e")]
    [InlineData("radius-server key 0 §", "Kd83hs92Xm")]
    public void What_no_name_and_no_template_looks_like_goes(string place, string secret)
    {
        var redaction = Assert.Single(Redactor.Redact(place.Replace("§", secret, StringComparison.Ordinal)).Redactions);
        Assert.Equal(place.IndexOf('§', StringComparison.Ordinal), redaction.Start);
    }

    [Theory]
    [InlineData("token: \"{{ .Values.token }}\"")]
    [InlineData("password = \"${lookup(map[key])}-$#@!\"")]
    [InlineData("secret = \"{{(a)}}[b]<c>;$d#e_f-g\"")]
    public void A_template_stays_whose_brackets_agree(string text) => Assert.Same(text, Redactor.Redact(text).Text);
}
