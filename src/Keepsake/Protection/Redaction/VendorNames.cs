namespace Keepsake.Protection.Redaction;

/// <summary>Services that give out keys, in small letters and digits.</summary>
internal static class VendorNames
{
    /// <summary>Names that say enough where they stand near a key.</summary>
    public const string Distinctive = """
        adcolony applovin apptentive buddybuild chartboost countly crashlytics crittercism flurry gameanalytics gamesparks helpshift hockeyapp inmobi instabug ironsource kochava kumulos leanplum localytics mopub
        musixmatch omdb pexels playfab quickblox revmob smaato tapdaq tapjoy testfairy themoviedb trakt vungle
        activecampaign agorartc apollographql aqicn asyncapi atlassianapi autoptimize azuredevops bamboohr bandwidthcom barcodelookup bearerauth bitnami bolddesk bombora bytescale cakeresume
        callrail campaignmonitor cartesi castai cdnify chargify chartio circlehq civo clarityai cleverreach clickatell cloudbees cloudhealth cloudsigma coinspot constantcontact convertflow copperhq
        cosmicjs crawlbase cronitor crossref cryptopanic datadoghq datocms deepset dockerhub dune dnsimple easybill elasticsearchcloud emailjs emailoctopus enrichlayer eodhd equinix esputnik
        fatsecret featherless filestack firecracker flagsmith fmpcloud foxentry freecurrency freepik freshcaller getstream ghostinspector gigya gogs goldapi gooddata googlecloud hellosign hibp
        honeycombio hostinger hotjar hunterio hyperbolic iconik imagerykey instantly ipstackapi jsonbin judge0 keycdn kickstarter knowbe4 kombo latitudesh leonardoai lightspark linkly litmos livechat
        logdna logflare loginid logtail logrocket luma magicapi mailercloud mailup maptiler mastodon mediamath meshy minimax monnify motionapp mouseflow nationbuilder neshan netcore ngrok
        newsdataio nordigen numlookup onelogin openaip openfda openmeteo opensea opsgenie optimove oxylabs packagist papertrail passwordless pepperi phonedotcom pirsch platformsh plesk
        postalytics procore promptlayer proxyscan puppeteer pushwoosh quickchart raindrop rapidsms raygun realdebrid recaptcha recraft recurlyapi remita replit revai revolut rezdy rize
        salesmsg scoutapm screenly searchapi seamless sellfy sendcloud sendfox sendy sensortower serpwow servicenow shopware sightengine simplyrets skyscanner smartthings smtp2go
        snapchat sociavault socket sovos speechmatics splunkcloud splunkhec spreedly stackify stackpath stannp starton statusgator stocktwits streamlabs stripeapi summarizebot sunoapi
        surferseo swaggerhub sypht taxcloud telesphorus testrail textverified thinkster timedoctor tiingo tomba tracxn translated trulioo twelvelabs twitterapi typecast upcloud urbanairship
        usebouncer userback userlist vapi vectara vidyard vimeo viralloops vonageapi wappalyzer weatherstackapi webshare whatsappcloud wistiaapi woorank wufoo xero yelpfusion youtubeapi zenhub
        zeptomail zerossl zipcodestack zoominfo zuoraapi zyte cerebrascloud deepinfra sambanova fireworksai friendliai lambdalabs togetherai novitaai aimlapi tavily exaai serpdev
        abbysale aletheiaapi apiscience avaza besnappy checkvist cliengo cashboard photoroom sauce uclassify abstractapi abuseipdb abyssale accuweather adafruit adobeio adyen adzuna aeroworkflow agentops airbrake airmeet airtable airvisual aiven
        akamai akeyless akoverse alchemy alconost alegra aletheia alethia algolia alibaba alienvault aliyun allsports amadeus ambee amplitude amplitudeapi
        anthropic anypoint apacta apexsql api2cart api2convert apiflash apifonica apify apilayer apimatic apimetrics apitemplate appcenter appcues appfollow
        appointed appointedd appoptics appsflyer appsynergy apptivo appveyor arangodb archbee argocd artifactory artsy asana assemblyai assertible astradb
        atlan audd auth0 autodesk autoklose autopilot avaza avazapersonalaccess aviationstack axonaut aylien ayrshare backblaze bannerbear baremetrics baseapi
        basecamp baseten beebole benchling besnappy bestbuy besttime betterstack betterstackhq bigcommerce billomat binance bingsubscription bitbar
        bitcoinaverage bitfinex bithumb bitly bitlyaccesstoken bitmex bitquery bitrise bitstamp bittensor bittrex bitwarden blablabus blazemeter blinksign
        blitapp blockfrost blocknative bluesky bombbomb boostnote borgbase boxoauth braintree braintreepayments branchio brandfetch brandwatch braze brevo
        brightdata browserbase browserless browserstack browshot bscscan btcpay buddyns budibase bugherd bugsnag buildkite bulbul bulksms buttercms bynder
        byteplus caflou calendarific calendly calorieninja campayn camunda cannyio canva capsulecrm captaindata carboninterface cartes cartesia cashboard
        caspio censys centralstationcrm cerebras cexio channeladvisor chartmogul chatfule chatwork checio checkly checklyhq checkmarx checkvist circleci
        clarifai clearbit clerk clickhelp clickmeter clicksend clicksendsms clickup clientary clinchpad clockify clockwork clockworksms closecrm cloud66
        cloudamqp cloudant cloudconvert cloudelements cloudflare cloudimage cloudinary cloudmersive cloudplan cloudsmith cloudways cloverly clustdoc cmcom
        codacy codeclimate codemagic codequiry codeship codier coggle cohere coinapi coinbase coincap coingecko coinlayer coinlib coinmarketcap coinmetrics
        coinpaprika cometml commercejs companyhub companyscope composio confluent contentful contentfulpersonalaccess contentstack conversiontools convertapi
        convertkit convier copyleaks coralogix couchbase countrylayer coveo coveralls craftmypdf cratesio crossbrowsertesting crowdin crowdstrike
        cryptocompare currencycloud currencyfreaks currencylayer currencyscoop currentsapi customerguru customerio cyberark d7network dailyco dandelion
        dareboost databox datadog datafire dataforseo datagov datarobot datastax debounce deepai deepgram deepl deepseek delighted deno descope detectify
        detectlanguage devcycle dfuse dialogflow diffbot diggernaut digicert digitalocean discogs discord discordbot disqus dnscheck dnsimple dockeryhub
        docparser documo docusign doppler dotdigital dotmailer dovico drata drchrono dreamhost dribbble droneci dropbox duffel duply dwolla dynalist dynatrace
        dyspatch eagleeyenetworks easyinsight easypost ebay ecostruxureit edamam edenai eightxeight elasticcloud elasticemail elevenlabs enablex endorlabs
        enode envoyapi ethereum etherscan ethplorer eventbrite everhour everwebinar exchangerate exchangerateapi exchangeratesapi exoscale exportsdk
        extractorapi facebookoauth faceplusplus fastforex fastly fastlypersonaltoken fastspring fauna faunadb feedier fetchrss fibery figma
        figmapersonalaccess fileio filestack finage financialmodelingprep findl  finicity finnhub firecrawl fireworks fivetran fixerio flatio
        fleetbase flexport flickr flightapi flightaware flightlabs flightstats flowdash flowdock flowflu flutterwave flyio fmfw formbucket formcraft formio
        formsite formspree foursquare frameio framer freshbooks freshdesk freshsales freshservice freshworks fullstory fusebill fxmarket gcore geckoboard
        gemfury gengo geoapify geocode geocodify geocodio geoipifi geonames getaddress getambassador getemail getemails getgeoapi getgist getresponse
        getsandbox giphy gitea gitguardian gitter gladly glassnode glitterlyapi globus gnews gocanvas gocardless godaddy goodday goodreads googlemaps gorgias
        gotify grafana graphcms graphhopper greynoise groovehq groq gtmetrix guardianapi gumroad gyazo hackerone hasura hawk helcim helicone helpcrunch
        helpscout hereapi heroku hetzner hexnode heygen hiveage holidayapi homeassistant honeybadger honeycomb hotmart housecallpro html2pdf hubspot
        huggingface hypeauditor hyperbrowser hypertrack ibmclouduserkey iconfinder ideogram iexapis iexcloud imagekit imagga imgbb imgix imgur improvmx
        infisical inflectra influx influxdb infobip infomaniak infracost infura inngest insightly instabot instamojo instana instapaper instatus intercom
        interseller intra42 intrinio invoiceocean ip2location ipapi ipdata ipgeolocation ipify ipinfo ipinfodb ipquality ipregistry ipstack iterable iugu
        jambonz jfrog jina jiratoken jotform jumio jumpcloud jupiterone kaggle kagi kairos kaltura kanbantool karmacrm keen keenio kickbox kinde kinsta klarna
        klaviyo klipfolio knapsackpro kontent koyeb kraken kucoin kustomer kylas lambdatest langchain langfuse langsmith languagelayer lark larksuite lastfm
        launchdarkly leadfeeder leankit lemlist lemonsqueezy lendflow lessannoyingcrm letta lexigram linearb linemessaging linenotify linkedin linkpreview
        linode liveagent liveblocks livekit livestorm llamacloud llamaindex loadmill lob localstack locationiq loggernaut loggly logicmonitor loginradius logz
        logzio lokalise lunchmoney lyft macaddress madkudu magento magicbell mailboxlayer mailboxorg mailboxvalidator mailchimp mailerlite mailersend mailgun
        mailjet mailjetbasicauth mailjetsms mailmodo mailsac mailslurp mailtrap mandrill mapbox mapillary mapquest marketstack marvelapp mattermost
        mattermostpersonaltoken mavenlink maxmind maxmindlicense meaningcloud mediastack meilisearch memberful memberstack meraki mercadopago mergify mesibo
        messagebird messari metaapi metabase metalprice metrilo mezmo microsoftteams midise milvus mindmeister mistral mixcloud mixmax mixpanel
        mixpanelproject mockaroo mollie mollieapikey moneris monkeylearn moonclerk moonclerkapi moosend moralis motherduck moxtra mrticktock msteams mstic
        muapi myexperiment myfreshworks myintervals mywebhook nagios namecheap nasdaqdatalink nethserver nethunt netlify netsuite neutrinoapi newrelic newsapi
        newscatcher newsdata nexmo nexmoapikey nextdns nftport nfty nightfall noaa nocodb noticebird novita novu nozbe nozbeteams numverify nutritionix nvapi
        nvidia nylas nytimes oanda octoai okcoin oktapreview omdbapi omnisend onbuka oncehub onedesk onelogin onepagecrm onesignal onfido onfleet onwater
        oopspam openai openbridge opencage opencagedata openexchangerates openfigi opengraphr openrouter openuv openvpn openweather openweathermap optidash
        outlooktoken owlbot packagecloud pagarme pagerduty pandadoc pandascore paperform paralleldots parsehub parsers parseur parsio partnerstack passbase
        passwordstate pastebin paycor paydirt paydirtapp payhere paymo paymoapp paymongo paypal paypaloauth paystack pdfco pdflayer pdfmonkey pdfshift pendo
        peopledatalabs pepipost perigon perplexity phantombuster phraseaccess phyllo pinata pinecone pingdom pipedream pipedrive pivotaltracker pixabay
        placekit plaid plaidkey plaidtoken planetscale planhat planview planyo plausible playht plivo ploomber podchaser podio poeditor pollsapi poloniex
        portainer portkey positionstack postageapp postbacks posthog postman powrbot prismic prodpad prospectcrm prospectio protocolsio proxmox proxycrawl
        proxyscrape publer pubnub pubnubpublishkey pulumi purestake pushbullet pushbulletapi pusherchannel pusherchannelkey pusho pushover qase qdrant qiita
        qonto qualaroo qualtrics quandl quay qubole questdb quickbase quickbooks quickmetrics quicknode quoine rapid7 rapidapi rawg razorpay reachmail readme
        readwise rebrandly rechargepayments recombee reconlify recruitee recurly remotebg rentman replicate replyio requestfinance resend reslogger respondio
        restpack restpackhtmltopdfapi restpackscreenshotapi retool rewardful ricochet ringcentral ringover riot riotgames ripio ritekit roaring robinhood
        robinhoodcrypto roboflow rocketchat rocketreach rollbar rownd runpod runrunit saladcloud salesblink salescookie salesflare salesforce salesloft
        salesmate samsara satismeter satismeterprojectkey satismeterwritekey saucelabs scaleway scalewaykey scalingo scalr scrapeowl scraperapi scraperbox
        scrapersite scrapestack scrapfly scrapin scrapingant scrapingbee screenshotapi screenshotlayer scrutinizer scrutinizerci securitytrails segmentapikey
        selectpdf semgrep semrush sendbird sendbirdorganizationapi sendgrid sendinblue sendlane sendowl sendpulse sentrytoken serpapi serper serphouse
        serpstack serveravatar setlistfm sevdesk sharefile sheety sherpadesk shipday shipengine shippo shipstation shodan shodankey shopify shortcut shortio
        shotstack showpad shutterstock shutterstockoauth siftscience signalwire signatureit signaturit signupgenius sigopt sigstore simfin simplesat
        simplynoted simvoly sinch sinchmessage sindri sirv siteleaf skrappio skybiometry slackwebhook smartlook smartsheet smartsheets smartystreets smsapi
        snipcart snipcartapikey snyk snykkey softlayer solarwinds sonarcloud soundcloud sourcegraph sourcegraphcody sparkpost spectralops speechtext
        speechtextai spiffy splunk splunkobservabilitytoken spoonacular sportradar sportsmonk spotify spotifykey squareapp squarespace sslmate stabilityai
        stackhawk statsig statuscake statuspage statuspal stencyl stitchdata stockdata stockx storeapi storecove stormboard stormglass storyblok storybloks
        storychief strapi strava stripe stytch sugester sumologic sumologickey supabase supabasetoken supernotes supernotesapi surgesh surveyanyplace
        surveybot surveymonkey surveysparrow survicate swellio swimlane syncthing synology synthesia tableauonline tailscale talkdesk tallyfy tatum tatumio
        taxjar teamgate teamworkcrm teamworkdesk teamworkspaces technicalanalysisapi tefter telegram telegrambottoken telesign teletype telnyx tencent
        terraformcloud textlocal textmagic textrazor thehive theoddsapi thinkific thousandeyes ticketmaster ticketsource tickettailor tictactoe tiingo tiktok
        timecamp timescale timeular timezoneapi tineswebhook tinybird tinypng tmdb tmetric todoist toggl toggltrack tomorrowio tomtom totango tradier
        transferwise transifex travelpayouts travelperk travis travisci trelloapikey tripadvisor truenas truepush trufflehog trustpilot trustwave turso
        twelvedata twilio twitch typeform typesense typetalk ubidots uclassify ultravox unifyid unkey unplugg unsplash unstructured upcdatabase uplead
        uploadcare upstash uptimerobot upwave urlscan userflow usersnap userstack vagrantcloud valtown vanta vatlayer vbout vectorize veevavault venmo vercel
        verifalia veriff verimail veriphone versioneye viewneo virustotal visualcrossing voiceflow voicegain volcengine vonage voodoosms vouchery vpnapi vultr
        vultrapikey vyte wakatime walkscore wandb wasabi weatherapi weatherbit weatherstack weaviate web3storage webex webflow webpagetest webscraper
        webscraping websitepulse webz weightsandbiases wepay whatcms whereby whoisxmlapi whoxy wipdownloader woocommerce wootric workable workato workday
        workos worksnaps workstack worldcoinindex worldweather wrike wunderground xai xata xendit xero yandex yelp yextapi yodlee yotpo youneedabudget younow
        yousign zapier zapierwebhook zehntech zembra zendesk zendeskapi zenkitapi zenrows zenscrape zenserp zeplin zerobounce zerotier zilliz zipapi zipbooks
        zipcodeapi zipcodebase zoho zohocrm zonka zonkafeedback zulip zulipchat zuora zuplo
        duplocloud forestadmin freemius friendli fullcontact gcnotify gemstash greptile guardsquare hackclub hcaptcha hexpm jamf klingai lacework lichess lighton mappedin mastra midtrans mintlify moneywave
        nango nxcloud openvsx permitio pingidentity pingone pollinations polymarket rainforestpay retellai settlemint signifyd siliconflow svix tavus testkube thunderstore tolgee trendmicro triggerdev upstage
        vastai vkontakte voyageai warpstream wpengine zhipu
        aikido arcjet asanaoauth builderio chatfuel cloudsight coderabbit crossmint cypress demandbase dependencytrack deviantart gitalk materialize mulesoft postmark skrapp sqreen stepsecurity thingsboard
        """;

    /// <summary>Names that are words of every day, or so common in code that they say something only as the name of a value.</summary>
    public const string Everyday = """
        adobe agora aha airship amazon apideck apollo astra atera atlassian aws axiom azure beamer bigquery bitbucket blockchain box
        braintrust branch brave brex buddy bunny canada castle chatbot checkout cicero cisco clickhouse close cloudfront cloze coda codecov collect2 column
        comet commodities conf confluence consul contrast convex copper copy2 courier crates daily databricks defined demio deputy discourse ditto
        docker dockerhub drift drip duda elasticsearch eleven enigma envoy eraser escape etsy exa facebook fathom firebase fixer float flow forecast form2
        front fulcrum gcp gemini github gitlab graphite greenhouse groove guru harness harvest hashicorp heatmapapi here hive holistic  humanity hume
        hunter ibm impala incident instagram intra jdbc jenkins jira juro kanban knock lattice ldap linear live loom loops luno magnetic manifest medium
        mercury miro mite modal moderation monday mongodb mono moonshot mux  neon neptune ngc nimble nirvana nitro noticeable notion npm nuget octopus
        odoo okta openshift optimizely oracle orbit outlook overloop paddle particle percy persona perspective phrase pinterest pivotal polygon
        power prefect prerender privacy privatbin prodigy  pusher pypi quix rabbitmq railway ramp raven realtime recharge reddit redis
        redpanda refiner render rev rootly route4me rubygems runway s3 sanity scale segment semaphore sentiment sentry sift signable slack smooch
        snowflake sonar sonarqube sonic splitio sqlalchemy square squareup stability streak stripo studio surge swell swiftype tableau tally terraform tines
        tokeet trello turbine twist twitter uber unify unleash uptime urban vault verifier vertex visualstudio webhook whatsapp windmill wise wistia wiz
        wordpress yahoo youtube zoom
        delinea dub duo e2b elastic fal gamma heartland huawei ionic keycloak kimi looker mem0 neo4j nessus ollama ory ovh pangea polar seam sidekiq temporal thycotic tigris wechat
        bamboo canny cielo clay coze nasa spectral
        """;
}
