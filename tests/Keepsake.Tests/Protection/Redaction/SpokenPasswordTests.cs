using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Passwords that people choose and tell each other, in the places that say what they are, and what stands there without being one.</summary>
public sealed class SpokenPasswordTests
{
    private static readonly Redactor Redactor = new();

    private static readonly string[] Chosen = ["Summer2024!", "Dragon1234!", "letmein99", "Winter2025", "correct-horse-7!", "Tr0ub4dor&3", "Kd83hs92Xm"];

    public static readonly TheoryData<string> Places =
    [
        "mysql -u root -p§ main", "sshpass -p '§' ssh root@h", "redis-cli -h c -a § ping", "docker login -u a -p § r", "mongo -u a -p § --host d", "zip -P § o.zip f",
        "smbclient -U ann%§ //s/x", "net use Z: \\\\srv\\x § /user:ann", "echo § | sudo -S apt update", "define('DB_PASSWORD', '§');", "setenv(\"DB_PASSWORD\", \"§\")",
        "put('password', '§')", "db.corp.test:5432:main:app:§", "jdbc:oracle:thin:app/§@db:1521:orcl", "CREATE USER 'app'@'%' IDENTIFIED BY '§';",
        "identified with caching_sha2_password by \"§\"", "keyPassword \"§\"", "keyPassword '§'", "login with user ann and password §", "use password § for it",
        "creds: ann / §", "the root password of db1 is §", "Password:\n§", "Password:\r\n§\r\n", "mot de passe : §", "contraseña: §", "wachtwoord: §", "密码：§", "пароль: §",
        "new NetworkCredential(\"ann@corp.test\", \"§\")", "mysqli_connect('db.corp.test', 'app', '§', 'main')", "DBI->connect(\"dbi:Pg:dbname=main\", \"app\", \"§\")",
        "DriverManager.getConnection(\"jdbc:x://db/main\", \"app\", \"§\")", "new PDO('mysql:host=db', 'app', '§')", "psexec \\\\srv -u ann -p § cmd",
        "The default password is \"§\".", "s:11:\"db_password\";s:10:\"§\";", "パスワード: §", "Das Passwort ist §", "la contraseña es §",
    ];

    public static readonly TheoryData<string> Neighbours = ["| password | § |", "ann,password,§\n", "password → §", "password -> §"];

    public static readonly TheoryData<string> Harmless =
    [
        "docker run --name mongo -p 27017:27017 mongo:7", "mysql -u root -p main", "mysqldump db && mkdir -p data/v2", "scp -P 2222 a.zip h:", "echo done1 | sudo tee /x",
        "sudo -S apt update", "net use Z: \\\\srv\\share2 /user:ann", "[\"password\", \"remember2\"]", "5432:5432", "the password of db1 is required",
        "use password utf8 in it", "password has moved from file1 to vault2", "Password:\n\nmust have 8 characters", "password:\n  type: string\n", "token:\n  - one2\n",
        "id,password,salt2\n", "f(a,token,b2)", "| password | varchar2 | no |", "creds: see / usr2", "mot de passe : obligatoire", "Passwort ist falsch",
        "connect(\"host\", \"port\", \"name\")", "signal.connect(\"a\", \"b\", \"on_clicked\")", "s:4:\"name\";s:10:\"hunterhunt\";", "press key 7 or8x9y twice", "the password is \"required\"",
        "identified by \"jamesh\"", "identified by <code>code:</code> <a href=\"#all_errors_2\">", "store the key2 there", "Add missing -p, --password description to the", "** --ask-password option", "--passphrase with --quick-gen-key",
    ];

    [Theory]
    [MemberData(nameof(Places))]
    public void An_ordinary_password_goes_whole_and_what_says_that_it_is_one_stays(string place)
    {
        foreach (var password in Chosen)
        {
            Goes(place, password);
        }
    }

    [Theory]
    [MemberData(nameof(Neighbours))]
    public void Beside_its_name_a_password_goes_that_is_no_types_name(string place)
    {
        foreach (var password in Chosen.Where(password => password is not "letmein99"))
        {
            Goes(place, password);
        }
    }

    [Fact]
    public void Of_a_change_both_passwords_go() => Assert.Equal(
        "the password has been changed from [REDACTED:password] to [REDACTED:password].",
        Redactor.Redact("the password has been changed from Summer2024! to Winter2025.").Text);

    [Fact]
    public void The_words_of_a_wallet_go_where_they_are_told() => Assert.Equal(
        "my seed phrase is [REDACTED:mnemonic]", Redactor.Redact("my seed phrase is " + string.Join(' ', Enumerable.Repeat("absent above abuse acid", 3))).Text);

    [Theory]
    [MemberData(nameof(Harmless))]
    public void What_only_stands_in_such_a_place_stays(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    private static void Goes(string place, string password)
    {
        var redacted = Redactor.Redact(place.Replace("§", password, StringComparison.Ordinal));

        var redaction = Assert.Single(redacted.Redactions);
        Assert.Equal(place.Replace("§", $"[REDACTED:{redaction.Kind}]", StringComparison.Ordinal), redacted.Text);
    }
}
