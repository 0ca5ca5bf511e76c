using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Passwords in the rows of an SQL statement, told by their column.</summary>
public sealed class InsertStatementsTests
{
    private static readonly Redactor Redactor = new();

    [Theory]
    [InlineData("INSERT INTO users (name, password) VALUES ('ann', '§');")]
    [InlineData("insert into users(id, `password`, name) VALUES (7, '§', 'ann');")]
    [InlineData("INSERT INTO [users] ([name], [pwd]) VALUES (N'ann', N'§')")]
    [InlineData("INSERT INTO users (name, passwd, note)\nVALUES ('ann', '§', 'a (new) user')")]
    public void What_stands_in_a_column_for_passwords_goes(string statement)
    {
        foreach (var password in new[] { "swordfish", "Tulip2031!", "admin", "kfTq7RwZ" })
        {
            Assert.Equal(statement.Replace("§", "[REDACTED:password]", StringComparison.Ordinal), Redactor.Redact(statement.Replace("§", password, StringComparison.Ordinal)).Text);
        }
    }

    [Fact]
    public void It_goes_from_every_row() => Assert.Equal(
        "INSERT INTO users (name, password) VALUES ('ann', '[REDACTED:password]'), ('bob', '[REDACTED:password]');\nSELECT ('x', 'swordfish');",
        Redactor.Redact("INSERT INTO users (name, password) VALUES ('ann', 'swordfish'), ('bob', 'centipede');\nSELECT ('x', 'swordfish');").Text);

    [Fact]
    public void What_another_column_holds_is_noted_too_where_nothing_is_replaced()
    {
        var token = new Samples(11).Make("ghp_{w:36}");
        var statement = $"INSERT INTO users (token, password) VALUES ('{token}', 'swordfish'), ('{token}', 'centipede')";

        var flagged = new Redactor(new() { Policy = RedactionPolicy.Flag }).Redact(statement);

        Assert.Equal(statement, flagged.Text);
        Assert.Equal(["github-token", "password", "github-token", "password"], flagged.Redactions.Select(r => r.Kind));
        Assert.Equal([token, "swordfish", token, "centipede"], flagged.Redactions.Select(r => statement.Substring(r.Start, r.Length)));
    }

    [Theory]
    [InlineData("INSERT INTO users (name, password) VALUES (?, ?);")]
    [InlineData("INSERT INTO users (name, password) VALUES ('ann', '${password}');")]
    [InlineData("INSERT INTO users (name, password) VALUES ('ann', 'password');")]
    [InlineData("INSERT INTO users (name, city) VALUES ('ann', 'swordfish');")]
    [InlineData("INSERT INTO users (name, password) VALUES ('ann")]
    [InlineData("the (password) values are \"not shown\" here")]
    [InlineData("VALUES ('ann', 'swordfish')")]
    public void What_is_no_password_stays(string text) => Assert.Same(text, Redactor.Redact(text).Text);
}
