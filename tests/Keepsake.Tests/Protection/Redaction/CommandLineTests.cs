using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Passwords that a command, a call or a field takes without naming them, or with the shortest of names.</summary>
public sealed class CommandLineTests
{
    private static readonly Redactor Redactor = new();

    public static readonly TheoryData<string> Commands =
    [
        "schtasks /create /tn \"Nightly\" /tr \"run.bat\" /sc daily /ru ann /rp §", "cmdkey /add:srv01 /user:ann /pass:§", "xfreerdp /u:ann /p:§ /v:srv01",
        "net use Z: \\\\srv01\\share /user:CORP\\ann §", "net use \\\\srv01\\share § /user:ann", "net user ann § /add", "rdesktop -u ann -p § srv01",
        "sqlcmd -S srv01 -U sa -P § -Q \"select 1\"", "isql -Usa -P§", "sqlplus scott/§@orcl", "htpasswd -b .htpasswd ann §", "rabbitmqctl add_user ann §",
        "rabbitmqctl change_password ann §", "echo \"ann:§\" | chpasswd", "echo § | passwd --stdin ann", "setx DB_PASSWORD §", "mysqladmin -u root password §",
        "reg add \"HKLM\\Winlogon\" /v DefaultPassword /t REG_SZ /d § /f", "requirepass §\n", "impdp ann/§ directory=d", "//srv/x /m cifs user=ann,pass=§,uid=1 0 0", "wget --pass=§ https://x.test",
        "\"§\" | ConvertTo-SecureString -AsPlainText -Force", "ConvertTo-SecureString -AsPlainText '§' -Force", "ConvertTo-SecureString § -AsPlainText -Force", "{:user \"ann\" :password \"§\"}",
        "user, password = \"ann\", \"§\"", "host, user, password = \"srv01.test\", \"ann\", \"§\"", "self.user, self.password = 'ann', '§'",
    ];

    public static readonly TheoryData<string> Calls =
    [
        "[Net.NetworkCredential]::new(\"ann\", \"§\")", "new DirectoryEntry(\"LDAP://corp.test\",\n    \"ann\",\n    \"§\");", "Credentials.basic(\"ann\", \"§\")",
        "DriverManager.getConnection(url, \"ann\", \"§\")", "machine x.test\n  login ann\n  password §\n", "default login ann password §", "GRANT ALL ON *.* TO 'ann'@'%' IDENTIFIED BY '§';",
    ];

    public static readonly TheoryData<string> Fields =
    [
        "<input type=\"password\" name=\"x\" value=\"§\">", "<INPUT VALUE='§' TYPE=password>", "<input name=\"smtp_pass\" type='password' value=\"§\">",
        "<AdministratorPassword><Value>§</Value></AdministratorPassword>", "<AutoLogon>\n <Password>\n  <Value>§</Value>\n </Password>", "<Pass>§</Pass>", "<string name=\"db_password\">§</string>",
    ];

    public static readonly TheoryData<string> Harmless =
    [
        "schtasks /create /ru ann /rp %PASS%", "cmdkey /list", "tool /pass:2 /fast", "a/p:hunter22", "net use Z: \\\\srv01\\share /persistent:yes", "sqlplus /nolog", "sqlplus ${USER}/${PASS}",
        "htpasswd -c .htpasswd ann", "rabbitmqctl list_users", "setx PATH tools", "echo done | tee log", "reg add \"HKLM\\Run\" /v Tool /d tool42.exe", "# requirepass is optional",
        "clang --pass=$PASS", "login(name,\n    \"Log1n\")", "f(\"a\",\n  \"b1234\")", "new Token(\"x\",\n \"agent/1.0\")", "<input type=\"password\" value=\"\">", "<input type=\"password\" value=\"{{ old }}\">",
        "<input type=\"text\" value=\"hunter22\">", "<AdministratorPassword><Value>*SENSITIVE*DATA*DELETED*</Value></AdministratorPassword>", "<string name=\"password\">Passwort</string>",
        "<string name=\"wrong_password\">Falsch!</string>", "<Value>hunter22</Value>", "machine x.test login ann password string",
        "ConvertTo-SecureString $env:PASS1 -AsPlainText -Force", "ConvertTo-SecureString (Read-Host) -AsPlainText -Force", "ConvertTo-SecureString -AsPlainText -Force", "x -AsPlainText",
        "user, password = read(\"ann\", \"x1\")", "user, password = \"ann\"",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    [MemberData(nameof(Calls))]
    [MemberData(nameof(Fields))]
    public void A_password_goes_where_nothing_else_stands(string place)
    {
        foreach (var password in new[] { "Tulip2031!", "otter77x", "garden123" })
        {
            Assert.Equal(place.Replace("§", "[REDACTED:password]", StringComparison.Ordinal), Redactor.Redact(place.Replace("§", password, StringComparison.Ordinal)).Text);
        }
    }

    [Fact]
    public void A_remote_desktop_file_loses_its_saved_password() =>
        Assert.Equal("password 51:b:[REDACTED:password]\n", Redactor.Redact($"password 51:b:{new Samples(1).Make("{h:64}").ToUpperInvariant()}\n").Text);

    [Theory]
    [MemberData(nameof(Harmless))]
    public void What_is_no_password_stays(string text) => Assert.Same(text, Redactor.Redact(text).Text);
}
