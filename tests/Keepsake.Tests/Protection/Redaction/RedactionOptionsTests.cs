using Keepsake.Protection.Redaction;
using Microsoft.Extensions.Configuration;
using Settings = Keepsake.Server.Settings;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>What an installation may decide for itself: rules, what becomes of a find, personal data.</summary>
public sealed class RedactionOptionsTests
{
    private readonly Samples _samples = new(31);

    [Fact]
    public void A_rule_of_ones_own_is_found_by_its_name()
    {
        var redactor = new Redactor(new() { Rules = { new() { Kind = "acme-badge", Pattern = "acmeB{d:8}" } } });

        Assert.Equal("badge [REDACTED:acme-badge].", redactor.Redact("badge acmeB12345678.").Text);
        Assert.Equal("badge acmeB1234567.", redactor.Redact("badge acmeB1234567.").Text);
    }

    [Theory]
    [InlineData("Acme", "acme{d:8}")]
    [InlineData("acme", "ac{d:8}")]
    [InlineData("acme", "{d:8}")]
    [InlineData("acme", "acme{q:8}")]
    [InlineData("acme", "acme{d:x}")]
    [InlineData("acme", "acme{d:8")]
    [InlineData("", "acme{d:8}")]
    public void A_rule_that_cannot_be_used_is_refused(string kind, string pattern)
    {
        var options = new MemoryStoreOptions { Redaction = { Rules = { new() { Kind = kind, Pattern = pattern } } } };

        Assert.Contains("Redaction:Rules", Assert.Throws<MemoryException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_only_flagged_stays_and_is_listed()
    {
        var secret = _samples.Password();
        var text = $"password: {secret}, done";

        var redacted = new Redactor(new() { Policy = RedactionPolicy.Flag }).Redact(text);

        Assert.Equal(text, redacted.Text);
        var redaction = Assert.Single(redacted.Redactions);
        Assert.Equal(("password", secret), (redaction.Kind, text.Substring(redaction.Start, redaction.Length)));
    }

    [Theory]
    [InlineData("write to jane.doe+x@example.co.uk.", "write to [REDACTED:email].")]
    [InlineData("call +49 30 901820 or (030) 901-8201", "call [REDACTED:phone] or [REDACTED:phone]")]
    [InlineData("card 4111 1111 1111 1111!", "card [REDACTED:card-number]!")]
    [InlineData("pay to DE89 3704 0044 0532 0130 00", "pay to [REDACTED:iban]")]
    [InlineData("ssn 219-09-9999", "ssn [REDACTED:ssn]")]
    [InlineData("v1.2.3 at 2024-05-17 08:45, 192.168.100.200, 4111 1111 1111 1112, DE89 3704 0044 0532 0130 02, a@b, 000-12-3456", null)]
    public void Personal_data_goes_where_it_is_asked_for(string text, string? expected)
    {
        Assert.Equal(expected ?? text, new Redactor(new() { PersonalData = RedactionPolicy.Redact }).Redact(text).Text);
        Assert.Same(text, new Redactor().Redact(text).Text);
    }

    [Fact]
    public void Settings_name_policies_and_rules_for_all_stores_and_for_single_ones()
    {
        var settings = Settings.Of(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Store:Redaction:Policy"] = "refuse",
            ["Store:Redaction:Rules:0:Kind"] = "acme",
            ["Store:Redaction:Rules:0:Pattern"] = "acme{d:8}",
            ["Store:Redaction:Stores:open:Policy"] = "flag",
            ["Store:Redaction:Stores:open:PersonalData"] = "redact",
        }).Build()).Store.Redaction;

        Assert.Equal((RedactionPolicy.Refuse, null, 1), (settings.Of("any").Policy, settings.Of("any").PersonalData, settings.Of("any").Rules.Count));
        Assert.Equal((RedactionPolicy.Flag, RedactionPolicy.Redact), (settings.Of("open").Policy, settings.Of("open").PersonalData));
    }
}
