using Keepsake.Protection.Redaction;

namespace Keepsake.Tests.Protection.Redaction;

/// <summary>Newer and wider formats, secrets told by an address, and values that everybody knows.</summary>
public sealed class WiderFormatTests
{
    private const int SamplesPerShape = 20;

    private static readonly Redactor Redactor = new();

    public static readonly TheoryData<string, string> Formats = new()
    {
        { "atlassian-token", "ATTA{h:64}9F8E7D6C" }, { "bitbucket-token", "BBDC-{w:44}" }, { "upcloud-token", "ucat_{u:26}" }, { "packagist-token", "packagist_ack_{h:40}" },
        { "luma-api-key", "luma-{uuid}-{uuid}" }, { "runway-api-key", "key_{h:128}" }, { "cal-api-key", "cal_live_{h:32}" }, { "gitbook-token", "gb_api_{w:40}" },
        { "jumpcloud-key", "jca_{w:36}" }, { "pubnub-key", "sub-c-{uuid}" }, { "pubnub-key", "sec-c-{w:48}" }, { "akamai-token", "akab-{l:16}-{l:16}" },
        { "anaconda-token", "ab-{uuid}" }, { "newrelic-key", "eu01xx{h:30}NRAL" }, { "github-token", "v1.{h:40}" }, { "lambda-api-key", "secret_{h:32}.{w:32}" },
        { "prismic-token", "MC5{w:40}.{w:43}" }, { "jdcloud-key", "JDC_{u:28}" }, { "lichess-token", "lip_{w:20}" }, { "fal-api-key", "{uuid}:{h:32}" },
        { "mailgun-key", "{h:32}-{h:8}-{h:8}" }, { "daytona-key", "dtn_{h:64}" }, { "buildkite-token", "bkct_{w:40}" }, { "gemini-api-key", "AQ.Ab8{w:48}" },
        { "aws-access-key", "AKIA{u:15}9" }, { "aws-unique-id", "AROA{u:15}9" }, { "rubygems-token", "rubygems_{w:48}" }, { "grafana-token", "glsa_{w:32}_{w:8}" },
        { "jwt", "eyJ0eXAiOiAiVENWMSJ9.{w:36}.{w:48}" }, { "telegram-token", "{d:10}:AA{w:32}" }, { "telegram-token", "{d:9}:{w:35}" }, { "mailchimp-key", "{l:32}-us7" },
        { "anthropic-api-key", "sk-ant-api03-{w:93}AA" }, { "slack-token", "xoxb-{d:4}-{w:10}" }, { "password-hash", "SHA}{w:27}=" }, { "asana-token", "0/{h:32}" },
        { "gcp-hmac-key", "GOOG1E{u:55}" }, { "gcp-hmac-key", "GOOG{u:20}" }, { "open-vsx-token", "ovsxat_{uuid}" }, { "retell-api-key", "key_{h:28}" }, { "webflow-token", "ws-{h:64}" },
        { "messagebird-key", "live_{w:25}" }, { "v0-api-key", "v1:{w:24}:{w:24}" }, { "aws-session-token", "IQoJb3JpZ2luX2Vj{b:200}" }, { "adobe-client-secret", "p8e-{w:32}" },
        { "yandex-token", "t1.{w:60}.{w:86}" }, { "deno-deploy-token", "ddp_{w:36}" }, { "sourcegraph-token", "sgamp_user_{w:40}" }, { "gcore-token", "{d:5}${h:128}" }, { "unleash-token", "*:production.{h:56}" },
        { "azure-storage-key", "{w:76}+ASt{w:6}==" }, { "azure-storage-key", "{w:76}ACDb{w:6}==" }, { "azure-service-bus-key", "{w:33}+ASb{w:6}=" }, { "azure-service-bus-key", "{w:33}+AEh{w:6}=" },
        { "azure-registry-password", "{w:42}+ACR{w:6}" }, { "azure-search-key", "{w:42}AzSe{w:6}" }, { "azure-functions-key", "{w:44}AzFu{w:6}==" }, { "azure-redis-key", "{w:33}AzCa{w:6}=" },
        { "password-hash", "pbkdf2_sha256$600000${w:22}${w:43}=" }, { "builder-io-key", "bpk-{h:32}" }, { "spectral-key", "spu-{h:32}" }, { "coderabbit-key", "cr-{h:58}" },
        { "pyx-token", "tp-pyx-{w:64}" }, { "open-vsx-token", "ovsxp_{uuid}" }, { "stepsecurity-key", "step_{uuid}" }, { "materialize-password", "mzp_{h:64}" },
        { "volcengine-key", "ark-{uuid}" }, { "context7-key", "ctx7sk-{uuid}" }, { "sentry-token", "sntryi_{h:64}" }, { "newrelic-key", "NRBR-{h:19}" },
        { "onfido-token", "api_live_ca.{t:20}.{t:20}" }, { "launchdarkly-key", "api-{l:8}-{l:4}-{l:4}-{l:4}-{l:11}7" },
        { "artifactory-token", "reftkn:01:{d:10}:{w:28}" },
        { "1password-recovery-key", "1PRK-{u:4}-{u:4}-{u:4}-{u:4}-{u:4}-{u:4}-{u:4}-{u:4}-{u:4}-{u:4}-{u:4}-{u:4}-{u:4}" }, { "ory-token", "ory_pat_{w:32}" }, { "openai-client-secret", "ek_{h:32}" }, { "ai71-api-key", "api71-api-{uuid}" }, { "gamma-api-key", "sk-gamma-{w:40}" },
        { "hackclub-api-key", "sk-hc-v1-{h:64}" }, { "voyage-api-key", "al-{w:43}" }, { "pollinations-key", "plln_sk_{w:32}" }, { "devin-key", "apk_user_{w:40}" }, { "devin-key", "cog_{l:52}" },
        { "dify-key", "dataset-{w:24}" }, { "arcjet-key", "ajkey_{l:26}" }, { "blockprotocol-key", "b10ck5.{l:32}.{uuid}" }, { "censys-token", "censys_{w:8}_{w:24}" }, { "castai-key", "castai_v1_{h:64}_{h:8}" }, { "trufflehog-key", "thog-secret-{h:32}" }, { "slack-token", "xoxb-{d:11}-{d:13}u" },
        { "crossmint-key", "sk_production_{w:60}" }, { "databento-key", "db-{w:29}" }, { "docker-swarm-token", "SWMTKN-1-{l:50}-{l:25}" }, { "docker-swarm-key", "SWMKEY-1-{w:43}" },
        { "dub-key", "dub_{w:24}" }, { "github-token", "ghs_{d:6}_eyJ{w:20}.{w:60}.{w:43}" }, { "guardsquare-key", "gs_appsweep_{w:40}" }, { "hcaptcha-secret", "ES_{h:32}" },
        { "heartland-key", "skapi_cert_{w:35}" }, { "hex-token", "hxtp_{h:64}" }, { "inngest-key", "signkey-branch-{h:64}" }, { "linear-token", "lin_wh_{w:40}" }, { "localstack-key", "LSIA{u:16}" },
        { "mappedin-key", "mik_{w:40}" }, { "notion-token", "nrt_{w:46}" }, { "nylas-key", "nyk_v0_{w:60}" }, { "pangea-token", "pts_{l:32}" }, { "permit-key", "permit_key_{w:97}" },
        { "pinterest-token", "pina_{u:80}" }, { "pirsch-key", "pa_{w:44}" }, { "posthog-key", "pha_{w:48}" }, { "postman-key", "PMAT-{u:26}" }, { "prefect-token", "pnb_{w:36}" },
        { "pagerduty-key", "pdus+{w:20}" }, { "recharge-token", "sk_1x1_{h:64}" }, { "salesforce-consumer-key", "3MVG9{w:80}" }, { "seam-key", "seam_{w:12}_{w:28}" },
        { "smtp2go-key", "api-{u:32}" }, { "teamcity-token", "eyJ0eXAiOiAiVENWMiJ9.{w:36}.{w:48}" }, { "testkube-token", "tkcapi_{h:32}" }, { "tolgee-key", "tgpak_{l:50}" },
        { "trendmicro-key", "tmc12{w:27}:{w:64}" }, { "trigger-key", "tr_pat_{l:40}" }, { "vk-token", "vk1.a.{w:180}" }, { "warpstream-key", "aks_{h:64}" }, { "wepay-token", "STAGE_{h:64}" },
        { "azure-integration-runtime-key", "IR@{uuid}@acme-factory@we@{w:43}=" }, { "convex-key", "dev:happy-otter-123|{w:60}" }, { "ollama-api-key", "{h:32}.{w:24}" }, { "tableau-token", "{w:22}==:{w:32}" },
    };

    public static readonly TheoryData<string, string> Addresses = new()
    {
        { "https://mainnet.infura.io/v3/§", "{h:32}" }, { "https://eth-mainnet.g.alchemy.com/v2/§", "{w:32}" }, { "https://a-b-c.quiknode.pro/§/", "{h:40}" },
        { "https://logs-01.loggly.com/inputs/§/tag/http/", "{uuid}" }, { "https://maker.ifttt.com/trigger/x/with/key/§", "{w:22}" }, { "https://us2.make.com/mcp/api/v1/u/§/sse", "{uuid}" }, { "https://chat.corp.test/hooks/§", "{l:26}" },
        { "https://chat.corp.test/hooks/§", "{w:17}/{w:48}" }, { "https://discord.com/api/v10/webhooks/§", "{d:19}/{w:68}" }, { "https://x.azurewebsites.net/api/f?code=§", "{w:54}==" },
        { "db.corp.test:5432:main:app:§", "{a:5}{d:2}{a:4}" }, { "jdbc:oracle:thin:scott/§@db.corp.test:1521/XE", "{a:5}{d:2}{a:4}" }, { "https://§:x-oauth-basic@github.com/a/b.git", "{h:40}" },
        { "http -a user:§ corp.test", "{a:5}{d:2}{a:4}" }, { "ConvertTo-SecureString '§' -AsPlainText -Force", "{w:12}" }, { "ConvertTo-SecureString -String '§' -AsPlainText", "{w:6}${w:6}" }, { "pass_phrase=§", "{w:16}" },
        { "gogs token §", "{h:40}" }, { "our api key is §, keep it", "{w:32}" }, { "together api key §", "{h:64}" }, { "cronitor §", "{h:32}" },
        { "https://app.test/verify/§", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{w:43}" }, { "/tmp/§", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{w:43}" }, { "https://x.test/a/§/b", "EAA{w:120}" },
        { "https://x.test/a/§/b", "oy2{l:43}" }, { "https://hc-ping.com/§", "{uuid}" }, { "export PHPSESSID=§", "{h:32}" }, { "Cookie: lang=en; sid=§; x=1", "{h:32}" },
        { "Set-Cookie: JSESSIONID=§; Path=/", "{u:32}" }, { "gh secret set ACME_SECRET_KEY --body \"§\"", "{h:40}" }, { "<key>ACME_SECRET_KEY</key>\n  <string>§</string>", "{h:40}" },
        { "- OVH key: `§`", "{h:32}" }, { "Datadog API key:\n§\n", "{h:32}" }, { "Acme,api_key,§\n", "{h:40}" }, { "§ is the Datadog API key", "{h:32}" },
        { "https://b.s3.amazonaws.com/f?X-Amz-Signature=§&x=1", "{h:64}" }, { "OVH_CONSUMER_KEY=§", "{h:32}" }, { "_gitlab_session: §", "{h:32}" },
        { "bundle_gems__contribsys__com: §", "{h:8}:{h:8}" }, { "$ANSIBLE_VAULT;1.1;AES256\n§\n", "{h:80}\n{h:80}" }, { "FlyV1 §", "fm2_{w:30}/{w:40}+{w:40}" },
        { "https://thingsboard.cloud/api/v1/§/telemetry", "{l:20}" }, { "CYPRESS_RECORD_KEY=§", "{uuid}" }, { "cypress run --key §", "{uuid}" },
        { "CC_TEST_REPORTER_ID: §", "{h:64}" }, { "-H 'Jenkins-Crumb:§'", "{h:32}" }, { "| api_key | § |", "{h:32}" }, { "apiKey |§", "{h:40}" },
        { "buildConfigField 'String' , 'API_KEY' , '§'", "{h:32}" }, { "dbpwd=§", "{a:5}{d:2}{a:4}" }, { "softlayer §", "{h:64}" }, { "https://api.softlayer.com/soap/v3.1/§", "{h:64}" },
        { "a:1:{s:9:\"api_token\";s:32:\"§\";}", "{h:32}" },
    };

    public static readonly TheoryData<string> Harmless =
    [
        "the --username and --password options", "see - Bearer https://tools.corp.test/html/rfc6750 for it", "&lt;input type=\"password\"&gt; element</summary>",
        "<code class=\"x\">/my/build/dir/C32A1B47/blah/src/foo</code>", "https://x.test/?code=404", "public key 3f9a2c1b8b7d6e5f3f9a2c1b8b7d6e5f3f9a2c1b",
        "cache key 3f9a2c1b8b7d6e5f3f9a2c1b8b7d6e5f", "| cache key | 3f9a2c1b8b7d6e5f3f9a2c1b8b7d6e5f |", "| token | meaning |", "cwd=/srv/app2 fwd=host1", "glpat-....................", "ntn_1234567890123456789012345678901234567890123456",
        "PASS: gdb.dwarf2/dw2-bfloat16.exp: print", "_D8demangle4testFNaNbNiNfAxaZv9x2k3", "_RNvMsr_NtCs3ssYzQotkvD_3std4path7PathBuf3new", "ftp://[[user][:pass]@]host",
        "\"NextToken\": \"E5SlJDSTZleUp6SWpvaU9UQTNORE0zTXpFeE5Ua3pJbjE5TENK\"", "aws x --page-token E5SlJDSTZleUp6SWpvaU9UQTNORE0zTXpF", "Authorization: AWS4-HMAC-SHA256",
        "IdempotencyToken: 8f14e45fceea167a5a36dedd4bea2543", "2.33.9000-707-g13c51549e207b3f", "(Ie7b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9)", "cloudflare zone 023e105f4ecef8ad9ca31a8372d0c353",
        "datadog trace 023e105f4ecef8ad9ca31a8372d0c353", "key: MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvHl0kIY8VnNQF3xkT5Nf2m9gYq",
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo", "3q2+7wAB/9xKd83hs92XmQp3W9zLa0Tq1Yf5Rk8Zb4Nc6Ve7Ug2Xi9Oj0Pl1Sm3D",
    ];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_wider_format_goes_whole_and_says_its_kind(string kind, string shape)
    {
        var samples = new Samples(shape.Length);
        for (var i = 0; i < SamplesPerShape; i++)
        {
            var secret = samples.Make(shape);
            Assert.Equal($"We use [REDACTED:{kind}] for CI.", Redactor.Redact($"We use {secret} for CI.").Text);
        }
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void A_secret_goes_and_the_address_or_the_command_around_it_stays(string place, string shape)
    {
        var samples = new Samples(place.Length);
        var (before, after) = (place[..place.IndexOf('§', StringComparison.Ordinal)], place[(place.IndexOf('§', StringComparison.Ordinal) + 1)..]);
        for (var i = 0; i < SamplesPerShape; i++)
        {
            var text = Redactor.Redact(before + samples.Make(shape) + after).Text;
            Assert.StartsWith(before + "[", text, StringComparison.Ordinal);
            Assert.EndsWith("]" + after, text, StringComparison.Ordinal);
            Assert.Equal(1, text.Count(character => character == ']'));
        }
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public void What_only_looks_like_one_stays(string text) => Assert.Same(text, Redactor.Redact(text).Text);

    [Theory]
    [InlineData("glagent-0123456789abcdef0123456789abcdef", 1)]
    [InlineData("cal_live_0123456789abcdef0123456789abcdef", 1)]
    [InlineData("pul-0123456789abcdef0123456789abcdef01234567", 0)]
    public void What_counts_up_goes_where_a_long_beginning_is_a_vendors_own(string text, int count) => Assert.Equal(count, Redactor.Redact(text).Redactions.Count);

    // Written in two parts, so that other scanners do not take them for secrets.
    [Theory]
    [InlineData("key = \"sk_te", "st_4eC39HqLyjWDarjtT1zdp7dc\"")]
    [InlineData("AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErC", "z4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;")]
    [InlineData("Authorization: Basic QWxhZGRpbjp", "vcGVuIHNlc2FtZQ==")]
    public void What_a_vendor_publishes_as_an_example_stays(string text, string rest) => Assert.Equal(text + rest, Redactor.Redact(text + rest).Text);

    [Theory]
    [InlineData("sl.")]
    [InlineData("WARNING:-DO-NOT-SHARE-THIS.")]
    [InlineData("hvs.")]
    [InlineData("ya29.")]
    [InlineData("eyJ")]
    public void Nothing_but_full_stops_after_a_beginning_is_read_to_its_end(string beginning)
    {
        foreach (var stops in new[] { 0, 1, 3, 200 })
        {
            var text = beginning + new string('.', stops);
            Assert.Equal(text, Redactor.Redact(text).Text);
        }
    }
}
