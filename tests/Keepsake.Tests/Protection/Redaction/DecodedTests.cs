using System.Text;
using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Secrets in another writing: encoded, escaped, split, dressed up.</summary>
public sealed class DecodedTests
{
    private static readonly Redactor Redactor = new();
    private static readonly Samples Samples = new(21);

    private static readonly string Token = "ghp" + Samples.Make("_{w:36}");

    public static readonly TheoryData<string, string> Writings = new()
    {
        { "base64", Base64("deploy with " + Token + " today") }, { "base64 of base64", Base64("value: " + Base64("the token " + Token)) },
        { "URL escapes", string.Concat(Token.Select(value => $"%{(int)value:X2}")) }, { "unicode escapes", string.Concat(Token.Select(value => $"\\u{(int)value:x4}")) },
        { "hex escapes", string.Concat(Token.Select(value => $"\\x{(int)value:x2}")) }, { "URL escapes twice", string.Concat(Token.Select(value => $"%25{(int)value:X2}")) },
        { "full-width letters", string.Concat(Token.Select(value => (char)(value + 0xFEE0))) }, { "zero-width characters", string.Join('\u200B', Token.ToCharArray()) },
        { "soft hyphens", string.Join('\u00AD', Token.Chunk(5).Select(chunk => new string(chunk))) }, { "combining marks", string.Join('\u0301', Token.ToCharArray()) },
        { "joined strings", Token[..14] + "\" + \"" + Token[14..] }, { "joined over lines", Token[..14] + "\" +\n      \"" + Token[14..] },
        { "a continued line", Token[..20] + "\\\n    " + Token[20..] }, { "quoted-printable", Token[..20] + "=\n" + Token[20..] },
    };

    [Theory]
    [MemberData(nameof(Writings))]
    public void A_secret_in_another_writing_goes_and_what_is_around_it_stays(string writing, string written)
    {
        var redacted = Redactor.Redact($"before \"{written}\" after\n");

        Assert.True(redacted.Redactions.Count > 0, writing);
        Assert.StartsWith("before \"", redacted.Text, StringComparison.Ordinal);
        Assert.EndsWith("\" after\n", redacted.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(written[(written.Length / 3)..(written.Length / 3 * 2)], redacted.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_a_line_end_splits_goes_on_both_lines_and_the_lines_stay()
    {
        var redacted = Redactor.Redact($"log {Token[..15]}\n{Token[15..]} end");

        Assert.Equal("log [REDACTED:github-token]\n[REDACTED:github-token] end", redacted.Text);
    }

    [Theory]
    [InlineData("100% of \\users; caf\u00e9, na\u00efve \u0438\u0306 \u0928\u093f and %20 spaces %41 &amp; more")]
    [InlineData("var s = \"one\" + \"two\" + 'three' +\n    'four';")]
    [InlineData("TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQgY29uc2VjdGV0dXI=")]
    [InlineData("family \U0001F468\u200D\U0001F469\u200D\U0001F467 and \u05E9\u05DC\u05D5\u05DD\u200E")]
    public void Encoded_and_written_in_other_scripts_harmless_text_stays(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
