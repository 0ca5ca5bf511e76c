using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

public sealed class IdentifierTests
{
    private readonly Redactor _redactor = new();

    [Theory]
    [InlineData("user/ghp_{w:36}", "github-token")]
    [InlineData("AKIA{2:16}", "aws-access-key")]
    [InlineData("session-xoxb-{d:12}-{d:12}-{w:24}", "slack-token")]
    [InlineData("a.b@postgres://app:{w:12}@db/x", "connection-string")]
    public void An_identifier_with_a_known_secret_is_caught(string shape, string expected)
    {
        Assert.True(_redactor.HoldsKnownSecret(new Samples(6).Make(shape), out var kind));
        Assert.Equal(expected, kind);
    }

    [Theory]
    [InlineData("{h:40}")]
    [InlineData("{h:64}")]
    [InlineData("{uuid}")]
    [InlineData("mem-{uuid}")]
    [InlineData("{d:19}#{h:8}")]
    [InlineData("01K{u:7}")]
    [InlineData("jane.doe+{w:8}@example.org")]
    [InlineData("JIRA-{d:5}")]
    [InlineData("preferences/user/{w:30}")]
    [InlineData("{w:32}")]
    [InlineData("password={w:20}")]
    public void Other_identifiers_pass_however_random(string shape)
    {
        var samples = new Samples(shape.Length);
        for (var i = 0; i < 100; i++)
        {
            Assert.False(_redactor.HoldsKnownSecret(samples.Make(shape), out var kind));
            Assert.Empty(kind);
        }
    }
}
