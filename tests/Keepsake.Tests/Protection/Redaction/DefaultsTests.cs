using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>What a program falls back to where its environment says nothing.</summary>
public sealed class DefaultsTests
{
    private static readonly Redactor Redactor = new();

    [Theory]
    [InlineData("getenv(\"SECRET\", \"§\")")]
    [InlineData("create(getenv(\\\"SECRET\\\", \\\"§\\\"))")]
    [InlineData("password = os.environ.get(\"PASSWORD\") or \"§\"")]
    [InlineData("password: process.env.DB_PASSWORD || '§',")]
    [InlineData("$password = getenv('DB_PASSWORD') ?: '§';")]
    [InlineData("secret = ENV['APP_SECRET'] || '§'")]
    [InlineData("env('DB_PASSWORD', '§')")]
    [InlineData("password := getenv(\"DB\", \"§\")")]
    [InlineData("if secret := os.environ.get('APP', '§'):")]
    [InlineData("PGPASSWORD=${DB_PASSWORD:-§} psql")]
    [InlineData("spring.datasource.password=${DB_PASSWORD:§}")]
    [InlineData("  DbPassword:\n    Description: Of the database\n    Type: String\n    Default: §\n")]
    [InlineData("inputs:\n  db_password:\n\n    required: false\n    default: \"§\"\n")]
    [InlineData("{\"DbPassword\": {\"Type\": \"String\", \"Default\": \"§\"}}")]
    public void A_default_goes_that_is_a_password(string place)
    {
        foreach (var password in new[] { "Tr4Kq52", "at7Zr6vi!m", "letmein99" })
        {
            var text = place.Replace("§", password, StringComparison.Ordinal);
            Assert.Equal(place.IndexOf('§', StringComparison.Ordinal), Assert.Single(Redactor.Redact(text).Redactions).Start);
        }
    }

    [Theory]
    [InlineData("getenv(\"SECRET\", \"none\")")]
    [InlineData("os.environ.get(\"PASSWORD\") or \"\"")]
    [InlineData("password: process.env.DB_PASSWORD || '<your password>',")]
    [InlineData("password = os.environ[\"PASSWORD\"]; other = x or \"Tr4Kq52\"")]
    [InlineData("replace(\"SECRET\", \"field2\")")]
    [InlineData("password = config(\"database\", \"Tr4Kq52\")")]
    [InlineData("password = getenv(\"DB\", name)")]
    [InlineData("${DB_PASSWORD:-}")]
    [InlineData("${DB_PASSWORD:?required}")]
    [InlineData("${TOKEN:-default}")]
    [InlineData("  DbPassword:\n    Type: String\n  Size:\n    Default: Tr4Kq52\n")]
    [InlineData("  DbPassword: none\n    Default: Tr4Kq52\n")]
    [InlineData("  DbPassword:\n    Type: String\n  Default: Tr4Kq52\n")]
    [InlineData("DbPassword:\nDefault: Tr4Kq52\n")]
    [InlineData("  DbPassword:\n    Default: changeme\n")]
    [InlineData("  DbPassword:\n    Default: ${{ inputs.word }}\n")]
    [InlineData("  DbUser:\n    Default: admin\n")]
    public void A_default_stays_that_says_nothing(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    [Theory]
    [InlineData("  DbPassword:\n    Default: §\n")]
    [InlineData("{\"DbPassword\": {\"Default\": \"§\"}}")]
    public void A_default_goes_that_everybody_guesses(string place) => Assert.Equal(
        place.Replace("§", "[REDACTED:password]", StringComparison.Ordinal),
        Redactor.Redact(place.Replace("§", "admin", StringComparison.Ordinal)).Text);
}
