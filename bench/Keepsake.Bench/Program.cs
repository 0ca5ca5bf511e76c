using Keepsake.Bench;

return args switch
{
    ["recall-quality", .. var rest] => RecallQualityBench.Run(rest),
    ["recall-speed", .. var rest] => RecallSpeedBench.Run(rest),
    ["redact", .. var rest] => RedactBench.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        recall-quality FILE… [--without SIGNAL] [--misses]   recall@k of the ranking on evaluation conversations
        recall-speed --records N [--namespaces M]            time of a search on a synthetic corpus
        redact [SECRETS.jsonl.gz] [TEXT…]                    redaction: MB/s, and what it finds
        """);
    return 2;
}
