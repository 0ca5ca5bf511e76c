using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

public sealed class HighEntropyTests
{
    private readonly Redactor _redactor = new();

    [Theory]
    [InlineData("{b:40}")]
    [InlineData("{t:48}")]
    [InlineData("{w:32}")]
    [InlineData("{l:40}")]
    [InlineData("{h:50}")]
    public void A_random_string_without_a_name_goes(string shape)
    {
        var samples = new Samples(shape[1]);
        var found = 0;
        for (var i = 0; i < 200; i++)
        {
            var text = $"paste: {samples.Make(shape)}";
            found += _redactor.Redact(text).Text == "paste: [HIGH_ENTROPY_REDACTED]" ? 1 : 0;
        }

        // Chance makes some random strings read like words or paths; more than one in ten would be a fault.
        Assert.InRange(found, 180, 200);
    }

    [Theory]
    [InlineData("commit {h:40}")]
    [InlineData("index {h:7}..{h:7} 100644")]
    [InlineData("{h:64}  keepsake.tar.gz")]
    [InlineData("\"integrity\": \"sha512-{b:86}==\",")]
    [InlineData("integrity sha512-{b:86}==")]
    [InlineData("  --hash=sha256:{h:64} \\")]
    [InlineData("github.com/x/y v1.2.3 h1:{b:43}=")]
    [InlineData("\"contentHash\": \"{b:86}==\",")]
    [InlineData("checksum = \"{h:64}\"")]
    [InlineData("image@sha256:{h:64}")]
    [InlineData("id {uuid} done")]
    [InlineData("ssh-ed25519 AAAA{b:64} me@host")]
    [InlineData("SHA256:{b:43} host key")]
    [InlineData("data:image/png;base64,{b:400}")]
    [InlineData("https://docs.example.org/document/d/{t:44}/edit")]
    [InlineData("01K3{u:4}")]
    [InlineData("ETag: \"{h:32}\"")]
    public void A_hash_an_identifier_and_a_public_key_stay(string shape)
    {
        var samples = new Samples(shape.Length);
        for (var i = 0; i < 100; i++)
        {
            var text = samples.Make(shape);
            Assert.Equal(text, _redactor.Redact(text).Text);
        }
    }
}
