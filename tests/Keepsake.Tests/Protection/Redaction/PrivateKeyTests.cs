using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

public sealed class PrivateKeyTests
{
    private readonly Redactor _redactor = new();

    [Theory]
    [InlineData("RSA PRIVATE KEY", "\n")]
    [InlineData("EC PRIVATE KEY", "\r\n")]
    [InlineData("OPENSSH PRIVATE KEY", "\n")]
    [InlineData("ENCRYPTED PRIVATE KEY", "\\n")]
    [InlineData("PRIVATE KEY", "")]
    [InlineData("PRIVATE KEY", " ")]
    [InlineData("PGP PRIVATE KEY BLOCK", "\n")]
    [InlineData("DSA PRIVATE KEY", "\\r\\n")]
    public void A_private_key_goes_whole_however_its_lines_end(string name, string newline)
    {
        var key = Block(name, newline, lines: 20);

        Assert.Equal("before [REDACTED:private-key] after", _redactor.Redact($"before {key} after").Text);
    }

    [Fact]
    public void A_private_key_that_was_cut_short_goes_as_far_as_it_reaches()
    {
        var key = Block("RSA PRIVATE KEY", "\n", lines: 5);
        var cut = key[..key.LastIndexOf("-----END", StringComparison.Ordinal)].TrimEnd();

        Assert.Equal("[REDACTED:private-key]\n\nThen we moved on.", _redactor.Redact($"{cut}\n\nThen we moved on.").Text);
    }

    [Theory]
    [InlineData("CERTIFICATE")]
    [InlineData("PUBLIC KEY")]
    [InlineData("PGP PUBLIC KEY BLOCK")]
    public void What_is_public_stays(string name)
    {
        var block = Block(name, "\n", lines: 20);

        Assert.Same(block, _redactor.Redact(block).Text);
    }

    [Theory]
    [InlineData("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----")]
    [InlineData("grep -r 'BEGIN RSA PRIVATE KEY' .")]
    [InlineData("A file that starts with -----BEGIN PRIVATE KEY----- is a key.")]
    public void A_key_without_a_body_stays(string text) => Assert.Same(text, _redactor.Redact(text).Text);

    private static string Block(string name, string newline, int lines)
    {
        var samples = new Samples(lines);
        var body = string.Join(newline, Enumerable.Range(0, lines).Select(_ => samples.Make("{b:64}")));
        return $"-----BEGIN {name}-----{newline}{body}{newline}-----END {name}-----";
    }
}
