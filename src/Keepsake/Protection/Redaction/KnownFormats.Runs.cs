using static Keepsake.Protection.Redaction.FormatCheck;

namespace Keepsake.Protection.Redaction;

/// <content>Shapes without a beginning of their own, told by what stands further in. They are tried where a long run begins.</content>
internal static partial class KnownFormats
{
    public static KnownFormat[] CreateRuns() =>
    [
        New("mailchimp-key", "{l:32}-us{d:1-2}"),
        New("mailgun-key", "{h:32}-{h:8}-{h:8}"),
        New("fal-api-key", "{uuid}:{h:32}"),
        New("asana-token", "0/{h:32}"),
        New("ollama-api-key", "{h:32}.{t:24}", Mixed),
        New("tableau-token", "{b:22}==:{w:32}"),
        New("zhipu-api-key", "{h:32}.{w:16}", Mixed),
        New("duo-integration-key", "DI{u:18}", Mixed),
        New("newrelic-key", "{h:36}NRAL"),
        New("newrelic-key", "{h:36}FFFFNRAL"),
        New("maxmind-key", "{w:6}_{w:29}_mmk"),
        New("rapidapi-key", "{l:10}msh{l:15}p{l:6}jsn{l:12}"),
        New("discord-token", "{m:1}{t:22-27}.{t:6}.{t:27-38}", Mixed),
        New("facebook-app-token", "{d:15-16}¦{t:27}"),
        New("webex-token", "{t:64}_{t:4}_{uuid}"),
        New("ghost-admin-key", "{h:24}:{h:64}"),
        New("baseten-api-key", "{w:8}.{w:32}_baseten"),
        New("truenas-key", "{d:1-2}-{w:64}", Mixed),
        New("uptimerobot-key", "{s:1}{d:5-12}-{h:24}"),
        New("ngrok-token", "2{w:26}_{w:20+}", Mixed),
        New("okta-token", "00{t:40}", Mixed),
        New("ntlm-hash", "{h:32}:{h:32}:::"),
        New("azure-key", "{w:52}JQQJ9{w:10+}"),
        .. Each("azure-storage-key", "{b:6}==", "{b:76}+ASt", "{b:76}ACDb"),
        .. Each("azure-service-bus-key", "{b:6}=", "{b:33}+ASb", "{b:33}+AEh"),
        New("azure-registry-password", "{w:42}+ACR{b:6}"),
        New("azure-search-key", "{w:42}AzSe{w:6}"),
        New("azure-functions-key", "{t:44}AzFu{w:6}=="),
        New("azure-redis-key", "{w:33}AzCa{w:6}="),
    ];
}
