using System.Text;
using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

public sealed class RedactorTests
{
    private readonly Redactor _redactor = new();

    [Fact]
    public void Says_where_each_marker_is_and_where_each_secret_was()
    {
        var samples = new Samples(9);
        var token = "ghp" + samples.Make("_{w:36}");
        var password = samples.Password();
        var text = $"one {token}\n\ttwo password=\"{password}\" three";

        var redacted = _redactor.Redact(text);

        Assert.Equal("one [REDACTED:github-token]\n\ttwo password=\"[REDACTED:password]\" three", redacted.Text);
        Assert.Equal(["github-token", "password"], redacted.Redactions.Select(redaction => redaction.Kind));
        Assert.Equal([token, password], redacted.Redactions.Select(redaction => text.Substring(redaction.InputStart, redaction.InputLength)));
        Assert.All(redacted.Redactions, redaction =>
            Assert.Equal($"[REDACTED:{redaction.Kind}]", redacted.Text.Substring(redaction.Start, redaction.Length)));
    }

    [Theory]
    [InlineData("the key was [REDACTED:github-token] before")]
    [InlineData("password=[REDACTED:password]")]
    [InlineData("\"password\": \"[REDACTED:password]\"")]
    [InlineData("postgres://app:[REDACTED:connection-string]@db/main")]
    [InlineData("Authorization: Bearer [HIGH_ENTROPY_REDACTED]")]
    [InlineData("curl -u \"admin:[REDACTED:password]\" https://x")]
    [InlineData("[REDACTED:anything-at-all]")]
    public void A_marker_that_the_text_brings_stays_and_is_not_counted(string text)
    {
        var redacted = _redactor.Redact(text);

        Assert.Same(text, redacted.Text);
        Assert.Empty(redacted.Redactions);
    }

    [Fact]
    public void A_marker_put_inside_a_secret_does_not_save_the_rest()
    {
        var samples = new Samples(4);
        var half = string.Join('\n', Enumerable.Range(0, 6).Select(_ => samples.Make("{b:64}")));

        var redacted = _redactor.Redact($"-----BEGIN PRIVATE KEY-----\n{half}[REDACTED:x]{half}\n-----END PRIVATE KEY-----");

        Assert.Equal("[REDACTED:private-key][REDACTED:x][REDACTED:private-key]", redacted.Text);
    }

    [Fact]
    public void Null_is_refused() => Assert.Throws<ArgumentNullException>(() => _redactor.Redact(null!));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_the_text_spans_fit_the_rest_is_untouched_and_twice_is_once(int seed)
    {
        var random = new Random(seed);
        var samples = new Samples(seed);
        for (var round = 0; round < 3_000; round++)
        {
            var text = Mix(random, samples);

            var redacted = _redactor.Redact(text);

            var rebuilt = new StringBuilder();
            var copied = 0;
            foreach (var redaction in redacted.Redactions)
            {
                Assert.InRange(redaction.InputStart, copied, text.Length);
                Assert.True(redaction.InputLength > 0);
                rebuilt.Append(text, copied, redaction.InputStart - copied);
                Assert.Equal(rebuilt.Length, redaction.Start);
                rebuilt.Append(redacted.Text, redaction.Start, redaction.Length);
                copied = redaction.InputStart + redaction.InputLength;
            }

            rebuilt.Append(text, copied, text.Length - copied);
            Assert.Equal(rebuilt.ToString(), redacted.Text);
            var again = _redactor.Redact(redacted.Text);
            Assert.Equal(redacted.Text, again.Text);
            Assert.Empty(again.Redactions);
        }
    }

    // Pieces of everything that the scanner looks for, in any order.
    private static string Mix(Random random, Samples samples)
    {
        string[] pieces =
        [
            "password", "token", "api_key", "secret", "Authorization", "Bearer ", "=", ":", ": ", " = ", "\"", "'", "`", "\\\"", "\\n", "\n", " ", ",", "://", "@", "/",
            "-", "--", "-u ", "<", ">", "</", "[", "]", "[REDACTED:x]", "[HIGH_ENTROPY_REDACTED]", "[REDACTED:", "{", "}", "$", "%20", "~", "Q~", "1Q~", "is ", " to ", "curl ",
            "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----", "kind: Secret\n", "data:\n  a: ", "name", "value", "key", "string ",
            "gh" + "p_", "sk-", "AKIA", "ey" + "J", "xoxb-", ".", "atlasv1", ":AA", "$2b$10$", "ü", "\u200b", "\uD83D", "hunter", "x86", "null", "", "%41", "\\u0061", "\\x62", "&quot;", "\" + \"", "\\\n", "\uFF41", "\u0301", "twilio", "abuseipdb ", "1/", "AC", "mysql -p", "ENV ",
            "PuTTY-User-Key-File-2:", "Private-Lines: 2\n", "password for x:", "seed phrase: ",
        ];
        var text = new StringBuilder();
        for (var i = random.Next(1, 24); i > 0; i--)
        {
            text.Append(random.Next(4) == 0 ? samples.Random("dhluwbt2"[random.Next(8)], random.Next(1, 60)) : pieces[random.Next(pieces.Length)]);
        }

        return text.ToString();
    }
}
