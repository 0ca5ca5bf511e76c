using Keepsake.Bench;

return args switch
{
    ["corpus", .. var rest] => StoreBench.WriteCorpus(rest),
    ["embed", .. var rest] => EmbedBench.Run(rest),
    ["recall-quality", .. var rest] => RecallQualityBench.Run(rest),
    ["recall-speed", .. var rest] => RecallSpeedBench.Run(rest),
    ["redact", .. var rest] => RedactBench.Run(rest),
    ["start", .. var rest] => await StartBench.RunAsync(rest),
    ["store", .. var rest] => await StoreBench.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        corpus --records N [--namespaces M]                  made-up records as lines of an export
        embed [--json]                                       sentences a second of the built-in model, and its load time
        embed --model DIR [--json]                           the same of a BERT model, at each width of the processor
        recall-quality FILE… [--without SIGNAL] [--misses]   recall@k of the ranking on evaluation conversations
        recall-speed --records N [--namespaces M]            time of a search on a synthetic corpus
        redact [SECRETS.jsonl.gz] [TEXT…]                    redaction: MB/s, and what it finds
        start [--records N] [--times T]                      from the start of ./keepsake mcp to the answer of tools/list
        store [--records N] [--json]                         durable writes, import and search through the library
        """);
    return 2;
}
