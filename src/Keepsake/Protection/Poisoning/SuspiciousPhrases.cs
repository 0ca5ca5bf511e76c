namespace Keepsake.Protection.Poisoning;

/// <summary>The phrases of orders to an assistant, as data. English mostly; the common orders in ten other languages.</summary>
/// <remarks>
/// A phrase is words in their order. <c>a|b</c> is either, <c>@name</c> a word of a set, <c>..3</c> up to three other words, <c>#address</c> a web or mail address, <c>#comma</c> a comma or colon. Words are small, without accents and apostrophes ("dont").
/// </remarks>
internal static class SuspiciousPhrases
{
    /// <summary>Sets of words that several phrases use.</summary>
    public static IReadOnlyDictionary<string, string> Sets { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["@ignore"] = """
            ignore ignoring disregard disregarding forget neglect discard dismiss ignoriere ignoriert vergiss missachte ignora ignorar olvida olvide ignorez ignorer oublie
            oubliez dimentica esqueca negeer vergeet zignoruj zapomnij игнорируй игнорируйте забудь забудьте 忽略 无视 忘记 無視 무시
            """,
        ["@prior"] = """
            previous previously prior above earlier preceding before existing original all any every everything your system vorherigen vorigen bisherigen alle deine
            anteriores previas todas todos tus precedentes precedenti tutte toutes tes vos suas seus voorgaande poprzednie wszystkie предыдущие все свои 之前 以上 所有 先前
            以前 上記 すべて 이전 모든
            """,
        ["@orders"] = """
            instruction instructions instrucciones instrucoes instructies istruzioni instrukcje anweisungen regeln reglas regles regole regras regels consignes vorgaben
            prompt prompts rules guideline guidelines directive directives directions policies restrictions safeguards commands orders инструкции правила указания
            指令 规则 提示 指示 ルール 지시 규칙
            """,
        ["@reveal"] = """
            reveal print show output repeat leak dump display disclose expose gib zeige revela muestra affiche rivela mostra wypisz покажи выведи 输出 显示 表示
            """,
        ["@without"] = "no without unrestricted unfiltered uncensored",
        ["@limits"] = "restriction restrictions rule rules filter filters limit limits guideline guidelines policy policies ethical ethics moral morals censorship safeguards",
        ["@assistant"] = "assistant ai agent model llm chatbot bot copilot",
        ["@must"] = "must always never shall should include cite cited recommend recommended prefer apply treat name musst immer siempre debes toujours dois sempre 必须 总是",
        ["@talk"] = "conversation conversations response responses answer answers session sessions chat chats request requests reply replies query queries interactions",
        ["@say"] = """
            recommend answer respond reply cite suggest say promote mention approve refer treat prefer endorse redirect trust empfehlen vorschlagen antworten recomendar
            responder recommander repondre 推荐 回答
            """,
        ["@when"] = "if when whenever once until moment mention time soon anytime sobald wenn si cuando quand quando если когда 当 每次 如果",
        ["@subject"] = """
            user users anyone someone somebody customer asked asks mentions mentioned mention prompt conversation chat topic phrase credentials password passwords talks
            says question questions agent assistant benutzer nutzer usuario utilisateur utente пользователь 用户
            """,
        ["@act"] = """
            send forward email mail post upload transmit transfer call invoke execute append attach exfiltrate dump copy store recommend reply respond answer say refer redirect
            insert cite delete approve replace leak reveal disclose pass sende schicke leite empfiehl envia manda recomienda envoie recommande reponds отправь
            推荐 发送
            """,
        ["@private"] = """
            conversation conversations history credential credentials password passwords token tokens key keys secret secrets memory memories chat chats transcript
            prompt cookie cookies data details unterhaltung verlauf conversacion historial historique cle
            """,
        ["@send"] = "send forward email mail post upload transmit transfer exfiltrate leak sende schicke envia envoie envoyez copy",
        ["@tools"] = """
            store_facts store_event forget_memories update_preference clear_session search_memories recall_events send_email sendemail http_get http_post read_file
            write_file run_command execute_command bash_tool
            """,
        ["@reply"] = "answer answering reply replying respond responding",
        ["@not"] = "not never dont nicht without",
        ["@future"] = "future later subsequent coming",
    };

    /// <summary>The phrases, by kind.</summary>
    public static IEnumerable<(string Kind, string Phrase)> Phrases { get; } =
    [
        .. Of(Suspicion.InstructionOverride, """
            @ignore ..4 @prior ..3 @orders
            @prior ..3 @orders ..4 無視|무시|忽略
            @ignore ..2 everything|all|anything ..5 before|above|earlier|previously
            override|overriding|bypass|bypassing ..2 your|safety|system|content ..2 @orders
            override|overriding|bypass|bypassing ..1 the|any|all @limits ..2 in|of your
            do|does|must @not follow|obey ..2 previous|prior|above|earlier|your ..2 @orders
            stop following ..2 your|the|any|all ..2 @orders
            set aside ..2 @prior ..3 @orders
            your|earlier|previous|prior ..2 instructions|rules|commands|guidelines ..2 void|cancelled|canceled|obsolete|revoked|overridden
            updated|changed|replaced your instructions|rules|guidelines|prompt
            @reveal ..3 system|hidden|initial|secret|internal|系统 ..1 prompt|prompts|instructions|rules|提示|提示词
            @reveal ..3 systemprompt|системный
            @reveal ..2 prompt di|do|del sistema|sistem
            revela|muestra ..2 mensaje del sistema
            @reveal ..2 your|its|tus|tes ..2 prompt|instructions|configuration|guidelines
            repeat ..1 everything|all|words above|before
            your new|real|actual|true task|goal|instructions|objective|purpose is|are
            new instructions #comma
            obey|obeys ..1 every|any|all|this|the|following ..1 command|commands|page|note|text|message|order|orders|instruction|instructions
            comply with every|any|all request|requests|command|commands|order|orders
            follow only what|this|the
            must|should|shall ..1 follow ..1 the|these commands|orders below|above
            highest priority for|over|to you|your|all
            """),
        .. Of(Suspicion.RolePlay, """
            you|youre ..1 now ..2 dan|unrestricted|jailbroken|unfiltered|evilbot
            now in ..1 god|developer|debug|dan|jailbreak|maintenance|admin|root|sudo mode
            god|developer|dan|jailbreak mode ..8 @limits
            jailbreak mode
            act|behave|respond|answer|pretend|roleplay|imagine|simulate|be ..8 @without ..3 @limits
            act|behave|roleplay|respond ..2 as ..2 unrestricted|unfiltered|jailbroken|root|evil
            do anything now
            you ..2 no longer bound|restricted|constrained by
            roleplay|simulate|act ..6 root|administrator|admin access|privileges|rights
            @limits ..1 do|does not apply to you
            """),
        .. Of(Suspicion.StandingOrder, """
            from now on ..3 you|your|always|never|answer|respond|reply|recommend|treat|assistant
            henceforth ..2 you|always|never
            ab jetzt ..3 du|musst|immer
            partir de ahora ..4 debes|siempre|tienes
            desormais|dorenavant ..3 tu|vous|toujours|chaque|reponds
            从现在|从今 ..10 必须|总是|每次
            以后|今后 ..12 必须|总是
            @must ..10 @future @talk
            @future @talk ..6 @must
            all|every|any|each @future @talk ..3 you|must|always|include|recommend|name
            in|zukunft|futuro ..3 immer|siempre|sempre ..4 @say|empfehlen|vorschlagen|musst|debes
            remember|recuerda|memorize|memorise|save|note|mind|denk|daran ..5 you|du|must|debes|always|siempre|whenever|never|immer ..6 @say
            remember|memorize|memorise|treat|consider|regard|mind ..6 trusted|authoritative|reputable ..1 source|authority
            trusted|authoritative source ..8 cite|cited|prefer|must|always|recommend
            treat ..6 as ..2 from ..2 administrator|admin|system|owner|developer
            you must|shall ..2 @say|name|pick
            @assistant must|should|shall|always|has|needs ..3 @say|start|pick|choose|name|reveal|disclose|ignore|obey
            agent|assistant ..6 it must|shall ..1 pick|choose|@say
            note|message|memo|instruction|instructions to|for the|any|all ..1 @assistant
            rule|rules for the|any ..1 assistant|ai
            as an ai ..2 you must|should|shall|will
            user|owner|admin|administrator ..2 approved|preapproved|authorized|authorised ..3 all|any|every
            user ..1 wants you to approve|authorize|pay|buy|transfer|delete
            approve ..4 without asking
            any|every|all query|queries|question|questions ..8 must|should|has|have ..3 redirected|answered|referred
            save|store|add this ..1 to|in your ..1 memory
            in|with each|every|all response|answer|reply ..2 @say|include|cite|link
            shall ..1 @say|cite|include ..3 each|every response|answer|reply
            """),
        .. Of(Suspicion.DormantOrder, """
            @when ..8 @subject ..10 #comma ..2 @act
            @when ..8 @subject ..10 #comma ..1 use|run|attach|dump ..8 instead|secret|secrets|memory|stored|tool|to
            @when ..8 @subject ..12 then|first|quietly|secretly|silently ..1 @act
            the moment|mention ..8 #comma ..1 @act
            soon as ..8 #comma ..1 @act
            once ..6 #comma|and quietly|secretly|silently @act
            next|each|every|first time ..6 user|users|customer|tool ..6 #comma ..1 @act
            每次 ..10 用户 ..10 必须
            """),
        .. Of(Suspicion.Secrecy, """
            do|dont|must|should|never|and|but @not|never|dont tell|inform|notify|alert ..1 the|any|your user|users|human|owner|operator
            never|dont tell|inform|notify|alert ..1 the|any|your user|users|human|owner|operator
            @not reveal|mention|disclose ..5 to the|your|any user|users|human
            do|dont|never @not|mention ..1 that you
            do not mention that you
            and|but do not mention it
            never mention this|the rule|note|instruction|instructions|message
            without ..1 telling|informing|notifying|alerting|asking ..1 the|your|any user|users|human|owner
            without ..1 confirmation|permission|approval|consent ..1 from|of the user
            hide|conceal|keep ..2 this|it|that from ..1 the|your user
            quietly|silently|secretly|covertly ..2 @send|execute|run|call|invoke
            keep|stay|remain quiet|silent about
            @tools ..14 secretly|silently|quietly|covertly
            """),
        .. Of(Suspicion.ToolOrder, """
            you must|should|have|shall|need ..2 call|invoke|run|execute|use|trigger|open|read ..12 before ..1 @reply
            use|run|call|execute ..14 before you @reply
            before ..1 @reply ..5 call|invoke|run|execute|read|use
            before you @reply ..5 call|invoke|run|execute|read|use
            before using this tool
            call|invoke|run|trigger|use|execute ..4 tool|function ..2 immediately|once|silently|secretly
            use|call|invoke your ..2 tool|tools to
            must|shall|immediately ..2 call|invoke|execute|run ..3 @tools
            must|shall call|invoke ..1 function|tool
            on|at the first mention ..6 invoke|call|run|execute
            """),
        .. Of(Suspicion.Exfiltration, """
            @send ..6 @private ..6 to|at|an|a ..3 #address
            @send ..4 @private ..6 to|into ..2 webhook|pastebin|attacker
            """),
    ];

    private static IEnumerable<(string Kind, string Phrase)> Of(string kind, string phrases) =>
        phrases.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(phrase => (kind, phrase));
}
