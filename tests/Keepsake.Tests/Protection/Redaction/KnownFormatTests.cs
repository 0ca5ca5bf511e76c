using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

public sealed class KnownFormatTests
{
    private const int SamplesPerShape = 40;

    public static readonly TheoryData<string, string> Cloud = new()
    {
        { "aws-access-key", "AKIA{2:16}" }, { "aws-access-key", "ASIA{2:16}" }, { "gcp-api-key", "AIza{t:35}" },
        { "gcp-oauth-secret", "GOCSPX-{t:28}" }, { "digitalocean-token", "dop_v1_{h:64}" }, { "heroku-api-key", "HRKU-{w:60}" },
        { "azure-client-secret", "{w:3}8Q~{t:34}" }, { "fly-token", "fo1_{w:43}" }, { "netlify-token", "nfp_{w:36}" },
    };

    public static readonly TheoryData<string, string> Models = new()
    {
        { "anthropic-api-key", "sk-ant-api03-{t:93}AA" }, { "openai-api-key", "sk-proj-{t:80}" }, { "openai-api-key", "sk-{w:48}" },
        { "openrouter-api-key", "sk-or-v1-{h:64}" }, { "huggingface-token", "hf_{w:34}" }, { "groq-api-key", "gsk_{w:52}" },
        { "perplexity-api-key", "pplx-{w:48}" }, { "replicate-token", "r8_{w:37}" }, { "xai-api-key", "xai-{w:80}" },
        { "pinecone-api-key", "pcsk_{w:70}" }, { "langsmith-api-key", "lsv2_pt_{h:32}_{h:10}" }, { "firecrawl-api-key", "fc-{h:32}" },
    };

    public static readonly TheoryData<string, string> SourceControl = new()
    {
        { "github-token", "ghp_{w:36}" }, { "github-token", "gho_{w:36}" }, { "github-token", "ghs_{w:36}" },
        { "github-token", "github_pat_{w:22}_{w:59}" }, { "gitlab-token", "glpat-{t:20}" }, { "gitlab-token", "glrt-{t:20}" },
        { "bitbucket-token", "ATBB{w:32}" }, { "sourcegraph-token", "sgp_{h:40}" }, { "sonar-token", "squ_{h:40}" },
        { "npm-token", "npm_{w:36}" }, { "pypi-token", "pypi-AgE{t:120}" }, { "rubygems-token", "rubygems_{h:48}" },
        { "docker-token", "dckr_pat_{t:27}" }, { "nuget-api-key", "oy2{l:43}" }, { "buildkite-token", "bkua_{h:40}" },
    };

    public static readonly TheoryData<string, string> ChatPaymentAndMail = new()
    {
        { "slack-token", "xoxb-{d:12}-{d:12}-{w:24}" }, { "slack-token", "xoxp-{d:12}-{d:12}-{d:12}-{h:32}" },
        { "slack-token", "xapp-1-A{u:10}-{d:13}-{h:64}" }, { "telegram-token", "{d:9}:AA{t:33}" }, { "stripe-key", "sk_live_{w:24}" },
        { "stripe-key", "rk_test_{w:24}" }, { "shopify-token", "shpat_{h:32}" }, { "square-token", "sq0atp-{t:22}" },
        { "plaid-token", "access-production-{uuid}" }, { "sendgrid-api-key", "SG.{t:22}.{t:43}" }, { "mailgun-key", "key-{h:32}" },
        { "brevo-api-key", "xkeysib-{h:64}-{w:16}" }, { "twilio-api-key", "SK{h:32}" },
    };

    public static readonly TheoryData<string, string> InfrastructureDataAndServices = new()
    {
        { "vault-token", "hvs.{t:90}" }, { "doppler-token", "dp.pt.{w:43}" }, { "pulumi-token", "pul-{h:40}" },
        { "tailscale-key", "tskey-auth-{w:12}-{w:32}" }, { "databricks-token", "dapi{h:32}" }, { "planetscale-token", "pscale_tkn_{t:43}" },
        { "grafana-token", "glsa_{w:32}_{h:8}" }, { "newrelic-key", "NRAK-{u:27}" }, { "sentry-token", "sntryu_{h:64}" },
        { "dynatrace-token", "dt0c01.{u:24}.{u:64}" }, { "notion-token", "ntn_{d:11}{w:35}" }, { "linear-token", "lin_api_{w:40}" },
        { "airtable-token", "pat{w:14}.{h:64}" }, { "postman-key", "PMAK-{h:24}-{h:34}" }, { "atlassian-token", "ATATT3{t:180}" },
        { "hubspot-token", "pat-na1-{uuid}" }, { "terraform-token", "{w:14}.atlasv1.{t:67}" }, { "supabase-key", "sbp_{h:40}" },
        { "age-secret-key", "AGE-SECRET-KEY-1{u:58}" }, { "password-hash", "$2b$12${w:53}" }, { "password-hash", "$6${w:16}${w:86}" },
    };

    [Theory]
    [MemberData(nameof(Cloud))]
    [MemberData(nameof(Models))]
    [MemberData(nameof(SourceControl))]
    [MemberData(nameof(ChatPaymentAndMail))]
    [MemberData(nameof(InfrastructureDataAndServices))]
    public void A_known_format_goes_whole_and_says_its_kind(string kind, string shape)
    {
        var samples = new Samples(seed: shape.Length);
        var redactor = new Redactor();
        for (var i = 0; i < SamplesPerShape; i++)
        {
            var secret = samples.Make(shape);
            foreach (var (before, after) in new[] { ("", ""), ("We use ", " for CI."), ("a=\"", "\"\n"), ("{\"x\":\"line\\n", "\\n\"}"), ("(", ")") })
            {
                Assert.Equal($"{before}[REDACTED:{kind}]{after}", redactor.Redact(before + secret + after).Text);
            }
        }
    }

    [Fact]
    public void A_json_web_token_goes_whole()
    {
        var samples = new Samples(1);
        var token = "ey" + samples.Make("JhbGciOiJ{w:20}.ey") + samples.Make("J{w:60}.{t:43}");

        Assert.Equal("Cookie [REDACTED:jwt];", new Redactor().Redact($"Cookie {token};").Text);
    }

    [Theory]
    [InlineData("hooks.slack.com/services/", "T{u:8}/B{u:8}/{w:24}", "slack-webhook")]
    [InlineData("discord.com/api/webhooks/", "{d:18}/{t:68}", "discord-webhook")]
    public void A_webhook_keeps_its_host(string host, string shape, string kind) =>
        Assert.Equal($"POST https://{host}[REDACTED:{kind}]", new Redactor().Redact($"POST https://{host}{new Samples(3).Make(shape)}").Text);

    [Theory]
    [InlineData("ghp_", "x", 36)]
    [InlineData("glpat-", "X", 20)]
    [InlineData("AIza", "a", 35)]
    [InlineData("hf_", "x", 34)]
    public void Filler_in_a_known_format_stays(string prefix, string filler, int count)
    {
        var text = prefix + string.Concat(Enumerable.Repeat(filler, count));

        Assert.Same(text, new Redactor().Redact(text).Text);
    }

    [Fact]
    public void What_counts_up_throughout_stays_and_what_does_so_in_part_goes()
    {
        const string Alphabet = "abcdefghijklmnopqrstuvwxyz";
        var redactor = new Redactor();

        Assert.Equal("gsk_" + Alphabet + "ABCDEFGHIJKLMNOP", redactor.Redact("gsk_" + Alphabet + "ABCDEFGHIJKLMNOP").Text);
        Assert.Equal("[REDACTED:groq-api-key]", redactor.Redact("gsk_Qz7Kp2Xw1Lm5Rt" + Alphabet).Text);
        Assert.Equal("[REDACTED:groq-api-key]", redactor.Redact("gsk_" + Alphabet[..22] + "m9vTq4Zs7Lc2Yw8KdR3").Text);
    }

    [Fact]
    public void A_longer_word_that_begins_like_a_known_format_is_something_else()
    {
        var text = "AKIA" + new Samples(5).Make("{2:16}") + "ABC";

        Assert.Same(text, new Redactor().Redact(text).Text);
    }
}
