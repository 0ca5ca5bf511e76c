using static Keepsake.Protection.Redaction.FormatCheck;

namespace Keepsake.Protection.Redaction;

/// <content>Services whose keys have a beginning of their own: identity, data, delivery, models.</content>
/// <remarks>Not all of these are checked against their vendors' documentation; a wrong one finds nothing or too little.</remarks>
internal static partial class KnownFormats
{
    private static KnownFormat[] Prefixed() =>
    [
        .. Each("ory-token", "{t:20+}", "ory_pat_", "ory_st_", "ory_at_", "ory_rt_", "ory_ac_", "ory_wak_", "ory_apikey_"),
        New("openai-client-secret", "ek_{h:32}"),
        New("ai71-api-key", "api71-api-{uuid}"),
        New("gamma-api-key", "sk-gamma-{t:20+}"),
        New("hackclub-api-key", "sk-hc-v1-{h:64}"),
        New("voyage-api-key", "al-{t:43}", Mixed),
        .. Each("pollinations-key", "{w:20+}", "plln_sk_", "plln_pk_"),
        .. Each("devin-key", "{t:30+}", "apk_user_", "cog_"),
        New("devin-key", "apk_{t:40+}", Mixed),
        New("dify-key", "dataset-{w:24}", Mixed),
        New("arcjet-key", "ajkey_{l:26}"),
        New("blockprotocol-key", "b10ck5.{l:32}.{uuid}"),
        New("censys-token", "censys_{w:8}_{w:20+}"),
        .. EachMixed("crossmint-key", "{t:20+}", "sk_production_", "sk_staging_", "ck_production_", "ck_staging_"),
        New("databento-key", "db-{w:29}", Mixed),
        New("docker-swarm-token", "SWMTKN-1-{l:40+}-{l:25}"),
        New("docker-swarm-key", "SWMKEY-1-{b:43}"),
        New("dub-key", "dub_{w:24}", Mixed),
        New("github-token", "ghs_{d:3+}_eyJ{t:8+}.{t:8+}.{t:8+}"),
        New("guardsquare-key", "gs_appsweep_{t:20+}"),
        New("hcaptcha-secret", "ES_{h:32}"),
        .. Each("heartland-key", "{w:30+}", "skapi_cert_", "skapi_prod_"),
        .. Each("hex-token", "{w:40+}", "hxtp_", "hxtw_"),
        .. Each("inngest-key", "{h:64}", "signkey-branch-", "signkey-staging-"),
        New("linear-token", "lin_wh_{w:40}"),
        .. EachMixed("localstack-key", "{u:16}", "LSIA", "LKIA"),
        .. EachMixed("mappedin-key", "{w:20+}", "mik_", "mis_"),
        New("notion-token", "nrt_{w:40+}", Mixed),
        .. Each("nylas-key", "{w:40+}", "nyk_v0_", "nyk_"),
        New("pangea-token", "pts_{l:32}", Mixed),
        New("permit-key", "permit_key_{w:40+}"),
        .. Each("pinterest-token", "{w:40+}", "pina_", "pinr_"),
        New("pirsch-key", "pa_{w:32-48}", Mixed),
        .. Each("posthog-key", "{w:40+}", "pha_", "phr_"),
        New("postman-key", "PMAT-{u:26}"),
        New("prefect-token", "pnb_{w:36}"),
        .. Each("pagerduty-key", "{t:16+}", "pdus+", "pdeu+"),
        .. Each("recharge-token", "{h:64}", "sk_1x1_", "sk_2x2_", "sk_3x3_", "sk_5x5_", "sk_10x10_"),
        New("salesforce-consumer-key", "3MVG9{x:40+}", Mixed),
        New("seam-key", "seam_{w:8+}_{w:20+}"),
        New("smtp2go-key", "api-{u:32}", Mixed),
        New("teamcity-token", "eyJ0eXAiOiAiVENWMiJ9.{t:36}.{t:48}"),
        .. Each("testkube-token", "{w:20+}", "tkcapi_", "tkcagnt_"),
        .. Each("tolgee-key", "{l:20+}", "tgpak_", "tgpat_"),
        New("trendmicro-key", "tmc12{w:20+}:{w:40+}"),
        .. Each("trigger-key", "{w:20+}", "tr_pat_", "tr_stg_", "tr_preview_"),
        New("vk-token", "vk1.a.{t:60+}"),
        New("warpstream-key", "aks_{h:64}"),
        .. Each("wepay-token", "{h:64}", "PRODUCTION_", "STAGE_"),
        New("azure-integration-runtime-key", "IR@{x:30+}@{x:2+}@{x:2+}@{b:43}="),
        New("azure-integration-runtime-key", "IR@{x:30+}@{x:2+}@ServiceEndpoint={x:5+}@{b:43}="),
        New("convex-key", "dev:{l:3+}-{l:3+}-{d:3}¦{b:40+}"),
    ];
}
