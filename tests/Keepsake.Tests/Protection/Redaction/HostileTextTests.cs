using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Texts made to keep a scanner busy. A quadratic scan would take minutes on these; the runner's own limit says so.</summary>
public sealed class HostileTextTests
{
    private const int Length = 400_000;

    public static readonly TheoryData<string> Units =
    [
        "a", "=", ":", "-", "[", "\\", "<", "\"", " ", "ey" + "J-", "ey" + "Ja.", "token=", "password:\"", "token=token:", "key=value=", "://", "a://b:", "a@", "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----", "[REDACTED:", "<token>", "kind: Secret\ndata:\n", "data:\n kind:", "'token','", " -u a:", "Bearer ", "the token is ", "tvly-", "sl.",
        "glpat-", "$2a$10$", "1Q~", "12345678:AA", "login password ", "-----BEGIN PRIVATE KEY-----abcdefghijklmnopqrstuvwxyz012345", "name=\"token\" value=\"", "live_",
        "user=a password=swordfish ", "\"a\",\"b\",", "password='swordfish' user", "key 7 ", "\";s:9:\"",
        "(password) VALUES (", "(a, password) VALUES ('b', 'admin'), ", "passwords:\n- \"swordfish\"\n", "${TOKEN:-", "PASSWORD=admin ", "getenv(\"SECRET\", ",
        "backup codes: ", "recovery code 1. ", "backup codes 12345678 ", "a, password = \"x\", ", "SecureString -AsPlainText ",
    ];

    [Theory]
    [InlineData("curl -u \"Kd83hs92Xm\": https://x")]
    [InlineData("curl -u \"\": ")]
    [InlineData("curl -u '': x")]
    public void A_command_with_no_password_is_read_to_its_end(string text) =>
        Assert.StartsWith("curl -u ", new Redactor().Redact(text).Text, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Units))]
    public void A_hostile_text_is_done_and_stays_done(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, Length / unit.Length));
        var redactor = new Redactor();

        var redacted = redactor.Redact(text);

        Assert.Equal(redacted.Text, redactor.Redact(redacted.Text).Text);
    }
}
