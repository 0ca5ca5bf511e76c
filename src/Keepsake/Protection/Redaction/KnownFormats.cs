using static Keepsake.Protection.Redaction.FormatCheck;

namespace Keepsake.Protection.Redaction;

/// <summary>The secrets that can be told by their shape alone, by family. Add a line to cover another; see <see cref="KnownFormat"/>.</summary>
/// <remarks>
/// Lengths are the vendors' own where they publish them, else the shortest seen; open ends are deliberate, because tokens grow.
/// </remarks>
internal static partial class KnownFormats
{
    public static KnownFormat[] Create() =>
    [
        .. Prefixed(), .. Cloud(), .. Models(), .. SourceControl(), .. Registries(), .. Chat(), .. Payment(), .. Mail(), .. Observability(),
        .. Infrastructure(), .. Data(), .. Services(), .. Keys(), .. Platforms(), .. Agents(), .. Money(), .. Messages(), .. Operations(), .. Products(),
        .. Addresses(), .. Newer(), .. Looser(), .. Hashes(),
    ];

    private static KnownFormat[] Cloud() =>
    [
        .. Each("aws-access-key", "{2:16}", "AKIA", "ASIA", "ABIA", "ACCA"),
        New("aws-access-key", "A3T{u:17}", Mixed),
        New("aws-bedrock-key", "ABSKQmVkcm9ja0FQSUtleS1{b:109-269}", None),
        New("aws-bedrock-key", "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{b:0+}", None),
        New("gcp-api-key", "AIza{t:35}"),
        New("gcp-oauth-token", "ya29.{t:20+}"),
        New("gcp-oauth-secret", "GOCSPX-{t:28}"),
        New("gcp-refresh-token", "1//0{t:40+}"),
        .. Each("digitalocean-token", "{h:64}", "dop_v1_", "doo_v1_", "dor_v1_"),
        New("alibaba-access-key", "LTAI{w:12-24}", Mixed),
        New("tencent-secret-id", "AKID{w:32}", Mixed),
        New("yandex-api-key", "AQVN{t:35-38}"),
        New("yandex-token", "t1.{t:4+}.{t:80-90}={b:0-2}"),
        New("yandex-token", "y0_{t:50+}"),
        New("yandex-access-key", "YC{t:38}", Mixed),
        New("cloudflare-origin-key", "v1.0-{h:24}-{h:146}"),
        New("heroku-api-key", "HRKU-{t:36+}"),
        .. Each("fly-token", "{b:40+}", "fm1a_", "fm1r_", "fm2_"),
        New("fly-token", "fo1_{t:43}"),
        New("netlify-token", "nfp_{w:36+}"),
        New("render-token", "rnd_{w:28+}"),
        New("scalingo-token", "tk-us-{t:48}"),
        New("oracle-wallet-token", "ocid1.credential.{x:40+}"),
    ];

    private static KnownFormat[] Models() =>
    [
        New("anthropic-api-key", "sk-ant-api03-{t:93}AA", None),
        New("anthropic-api-key", "sk-ant-admin01-{t:93}AA", None),
        .. Each("openai-api-key", "{t:36+}", "sk-proj-", "sk-svcacct-", "sk-admin-"),
        New("openrouter-api-key", "sk-or-v1-{h:64}"),
        .. Each("langfuse-key", "{uuid}", "sk-lf-"),
        New("openai-api-key", "sk-{w:32+}"),
        New("huggingface-token", "hf_{w:34-40}", Mixed),
        New("huggingface-token", "api_org_{w:34}"),
        New("groq-api-key", "gsk_{w:40+}"),
        New("perplexity-api-key", "pplx-{w:40+}"),
        New("replicate-token", "r8_{w:37}"),
        New("xai-api-key", "xai-{w:60+}"),
        New("voyage-api-key", "pa-{t:40+}", Mixed),
        New("pinecone-api-key", "pcsk_{t:50+}"),
        .. Each("langsmith-api-key", "{h:32}_{h:10}", "lsv2_pt_", "lsv2_sk_"),
        New("brave-api-key", "BSA{t:27-28}", Mixed),
        New("tavily-api-key", "tvly-{t:28+}", Mixed),
        New("firecrawl-api-key", "fc-{h:32}"),
        New("together-api-key", "tgp_v1_{t:40+}"),
        New("nvidia-api-key", "nvapi-{t:60+}"),
        New("fireworks-api-key", "fw_{w:22+}", Mixed),
        New("cerebras-api-key", "csk-{w:40+}"),
        New("elevenlabs-api-key", "sk_{h:48}"),
        New("e2b-api-key", "e2b_{h:40}"),
    ];

    private static KnownFormat[] SourceControl() =>
    [
        New("github-token", "ghp_{w:36+}", Own),
        New("github-token", "gho_{w:36+}", Own),
        New("github-token", "ghu_{w:36+}", Own),
        New("github-token", "ghs_{w:36+}", Own),
        New("github-token", "ghr_{w:36+}", Own),
        New("github-token", "github_pat_{t:40+}"),
        .. Each("gitlab-token", "{x:20+}", "glpat-", "gldt-", "glft-", "glsoat-", "glimt-", "glagent-", "gloas-", "glcbt-", "glptt-",
            "glrt-", "glrtr-", "glffct-", "glwt-"),
        New("gitlab-token", "GR1348941{t:20}"),
        New("gitlab-session", "gitlab_session=|{l:32}"),
        New("bitbucket-token", "ATBB{w:28+}", Mixed),
        New("bitbucket-token", "ATCTT3{x:60+}"),
        .. Each("circleci-token", "{t:40+}", "CCIPAT_", "CCIPRJ_"),
        .. Each("buildkite-token", "{h:40}", "bkua_", "bkpt_"),
        New("sourcegraph-token", "sgp_{H:40}"),
        New("sourcegraph-token", "sgp_local_{H:40}"),
        New("sourcegraph-token", "sgp_{H:16}_{H:40}"),
        New("sourcegraph-token", "slk_{h:64}"),
        New("octopus-api-key", "API-{u:26}", Mixed),
        .. Each("sonar-token", "{w:40}", "sqp_", "squ_", "sqa_"),
        New("harness-token", "pat.{t:22}.{w:24}.{w:20}"),
        New("harness-token", "sat.{t:22}.{w:24}.{w:20}"),
        New("prefect-token", "pnu_{w:36}"),
        New("azure-devops-token", "AZDO{w:40+}", Mixed),
    ];

    private static KnownFormat[] Registries() =>
    [
        New("npm-token", "npm_{w:36}"),
        New("pypi-token", "pypi-AgE{t:50+}"),
        New("nuget-api-key", "oy2{l:43}"),
        New("rubygems-token", "rubygems_{h:48}"),
        New("crates-token", "cio{w:32}", Mixed),
        .. Each("docker-token", "{t:27+}", "dckr_pat_", "dckr_oat_"),
        New("artifactory-api-key", "AKCp{w:69}"),
        New("artifactory-token", "cmVmd{w:59}"),
        New("clojars-token", "CLOJARS_{l:60}"),
    ];

    private static KnownFormat[] Chat() =>
    [
        .. Each("slack-token", "{d:1-14}-{t:16+}", "xoxa-", "xoxr-", "xoxo-", "xoxs-"),
        .. EachMixed("slack-token", "{d:1-14}-{t:8+}", "xoxa-", "xoxb-", "xoxo-", "xoxp-", "xoxr-", "xoxs-"),
        .. Each("slack-token", "{d:10-14}-{w:10+}", "xoxa-", "xoxb-", "xoxp-", "xoxr-"),
        New("slack-token", "xoxe-{d:1-2}-{t:60+}"),
        New("slack-token", "xoxe-{d:10-14}-{t:20+}"),
        New("slack-token", "xoxe.xoxp-{d:1-2}-{t:60+}"),
        New("slack-token", "xoxe.xoxb-{d:1-2}-{t:60+}"),
        New("slack-token", "xoxc-{d:8+}-{t:24+}"),
        New("slack-token", "xoxd-{p:60+}"),
        New("slack-token", "xapp-{d:1}-{u:8+}-{d:10+}-{h:40+}"),
        .. Each("slack-webhook", "|{p:30+}", "hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/"),
        .. Each("discord-webhook", "|{d:16-20}/{t:60-70}", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/"),
        .. Each("teams-webhook", "|{p:60+}", "webhook.office.com/webhookb2/", "outlook.office.com/webhook/"),
        New("twilio-api-key", "SK{h:32}"),
    ];

    private static KnownFormat[] Payment() =>
    [
        .. Each("stripe-key", "{w:10+}", "sk_live_", "sk_test_", "sk_prod_", "rk_live_", "rk_test_", "rk_prod_"),
        New("stripe-webhook-secret", "whsec_{b:32+}"),
        New("square-token", "sq0atp-{t:22}"),
        New("square-token", "sq0csp-{t:43}"),
        New("square-token", "EAAA{t:28-60}", Mixed),
        .. Each("braintree-token", "{w:12+}${h:32}", "access_token$production$", "access_token$sandbox$"),
        .. Each("shopify-token", "{H:32}", "shpat_", "shpca_", "shppa_", "shpss_"),
        .. Each("plaid-token", "{uuid}", "access-sandbox-", "access-development-", "access-production-"),
        .. Each("razorpay-key", "{w:14}", "rzp_live_", "rzp_test_"),
        .. Each("flutterwave-key", "{t:12+}", "FLWSECK_TEST-", "FLWSECK-", "FLWPUBK_TEST-", "FLWPUBK-"),
        .. Each("lob-api-key", "{h:35}", "live_", "test_"),
        .. Each("lob-api-key", "{h:31}", "live_pub_", "test_pub_"),
        .. Each("gocardless-token", "{x:40}", "live_"),
        .. Each("easypost-token", "{w:54}", "EZAK", "EZTK"),
        .. Each("shippo-token", "{h:40}", "shippo_live_", "shippo_test_"),
        .. Each("duffel-token", "{x:43}", "duffel_live_", "duffel_test_"),
    ];

    private static KnownFormat[] Mail() =>
    [
        New("sendgrid-api-key", "SG.{x:40+}", Mixed),
        New("mailgun-key", "key-{h:32}"),
        New("mailgun-key", "pubkey-{h:32}"),
        .. Each("brevo-api-key", "{h:64}-{w:16}", "xkeysib-", "xsmtpsib-"),
        New("resend-api-key", "re_{t:30-40}", Mixed),
    ];

    private static KnownFormat[] Observability() =>
    [
        New("grafana-token", "glc_{b:32+}"),
        New("grafana-token", "glsa_{w:32}_{H:8}"),
        New("grafana-token", "eyJrIjoi{b:60+}"),
        New("newrelic-key", "NRAK-{w:27}"),
        New("newrelic-key", "NRJS-{h:19}"),
        New("newrelic-key", "NRII-{t:32}"),
        New("sentry-token", "sntrys_eyJ{b:40+}_{b:40+}"),
        New("sentry-token", "sntryu_{h:64}"),
        .. Each("honeycomb-key", "{w:40+}", "hcaik_", "hcaic_", "hcamk_"),
        New("dynatrace-token", "dt0c01.{w:24}.{w:64}"),
        New("posthog-key", "phx_{w:40+}"),
        New("infracost-api-key", "ico-{w:32}", Mixed),
    ];

    private static KnownFormat[] Infrastructure() =>
    [
        New("vault-token", "hvs.{t:24+}"),
        New("vault-token", "hvb.{t:90+}"),
        New("vault-token", "hvr.{t:90+}"),
        New("vault-token", "s.{w:24}", Mixed),
        .. Each("doppler-token", "{w:40-46}", "dp.pt.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."),
        New("doppler-token", "dp.st.{t:2+}.{w:40-46}"),
        New("pulumi-token", "pul-{h:40}"),
        New("1password-secret-key", "A3-{u:6}-{u:11}-{u:5}-{u:5}-{u:5}"),
        New("1password-secret-key", "A3-{u:6}-{u:6}-{u:5}-{u:5}-{u:5}-{u:5}"),
        New("1password-token", "ops_eyJ{b:60+}"),
        New("tailscale-key", "tskey-{t:20+}"),
        New("openshift-token", "sha256~{t:43}"),
        New("infisical-token", "st.{h:24}.{h:32}.{h:32}"),
        New("teleport-token", "tctl-{h:32}"),
        .. Each("launchdarkly-key", "{uuid}", "sdk-", "mob-"),
    ];

    private static KnownFormat[] Data() =>
    [
        New("databricks-token", "dapi{h:32}"),
        New("databricks-token", "dapi{h:32}-{d:1}"),
        .. Each("planetscale-token", "{x:32+}", "pscale_tkn_", "pscale_oauth_", "pscale_pw_"),
        New("clickhouse-key", "4b1d{w:38}"),
        .. Each("supabase-key", "{h:40}", "sbp_"),
        New("supabase-key", "sb_secret_{t:20+}"),
        New("airtable-token", "pat{w:14}.{h:64}"),
        New("confluent-key", "cflt{t:50+}", Mixed),
        New("neon-api-key", "napi_{l:60+}"),
    ];

    private static KnownFormat[] Services() =>
    [
        New("atlassian-token", "ATATT3{x:60+}"),
        New("notion-token", "ntn_{d:11}{w:35}"),
        New("notion-token", "secret_{w:43}", Mixed),
        New("linear-token", "lin_api_{w:40}"),
        New("linear-token", "lin_oauth_{h:64}"),
        New("figma-token", "figd_{t:40+}"),
        New("frameio-token", "fio-u-{x:64}"),
        .. Each("hubspot-token", "{uuid}", "pat-na1-", "pat-eu1-", "pat-na2-", "pat-ap1-"),
        New("mapbox-token", "sk.eyJ{t:60+}.{t:22}"),
        New("typeform-token", "tfp_{x:40+}"),
        New("postman-key", "PMAK-{h:24}-{h:34}"),
        New("readme-token", "rdme_{l:70}"),
        .. Each("settlemint-token", "{w:16}", "sm_aat_", "sm_pat_", "sm_sat_"),
        New("contentful-token", "CFPAT-{t:43}"),
        .. Each("intra42-secret", "{h:64}", "s-s4t2ud-", "s-s4t2af-"),
        New("defined-networking-key", "dnkey-{x:26}-{x:52}"),
        New("adobe-client-secret", "p8e-{h:32}"),
        New("wakatime-key", "waka_{uuid}"),
        New("facebook-token", "EAA{w:80+}", Mixed),
        .. Each("authress-key", "{l:5-30}.{l:4-6}.{x:40+}", "sc_", "ext_", "scauth_"),
        New("beamer-token", "b_{x:44}", Mixed),
    ];

    private static KnownFormat[] Keys() =>
    [
        New("jwt", "eyJ{t:8+}.eyJ{t:8+}.{t:0+}", None),
        New("jwt", "eyJ{t:16+}.{t:0+}.{t:16+}.{t:20+}.{t:16+}", None),
        New("jwt", "ZXlK{b:80+}"),
        New("age-secret-key", "AGE-SECRET-KEY-1{u:58}", None),
        New("extended-private-key", "xprv{w:100+}"),
        .. Each("password-hash", "{d:2}${p:53}", "$2a$", "$2b$", "$2y$"),
        New("password-hash", "$1${p:4+}${p:20+}", Own),
        New("password-hash", "$5${p:4+}${p:20+}", Own),
        New("password-hash", "$6${p:4+}${p:20+}", Own),
        New("password-hash", "$apr1${p:4+}${p:20+}"),
        New("password-hash", "$y${p:1+}${p:8+}${p:40+}"),
    ];

    private static KnownFormat New(string kind, string pattern, FormatCheck check = NotFiller) => new(kind, pattern, check);

    private static IEnumerable<KnownFormat> Each(string kind, string rest, params string[] prefixes) =>
        prefixes.Select(prefix => New(kind, prefix + rest));

    private static IEnumerable<KnownFormat> EachMixed(string kind, string rest, params string[] prefixes) =>
        prefixes.Select(prefix => New(kind, prefix + rest, Mixed));
}
