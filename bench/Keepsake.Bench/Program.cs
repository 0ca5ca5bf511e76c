using Keepsake.Bench;
using Keepsake.Bench.Peers;
using Keepsake.Bench.Report;

return await FileFaults.ExplainedAsync(async () => args switch
{
    ["corpus", .. var rest] => StoreBench.WriteCorpus(rest),
    ["embed", .. var rest] => EmbedBench.Run(rest),
    ["peers", .. var rest] => PeersBench.Run(rest),
    ["poisoning", .. var rest] => PoisoningBench.Run(rest),
    ["recall-quality", .. var rest] => await RecallQualityBench.RunAsync(rest),
    ["recall", .. var rest] => await RecallBench.RunAsync(rest),
    ["redact", .. var rest] => RedactBench.Run(rest),
    ["report", .. var rest] => ReportBench.Run(rest),
    ["sealing", .. var rest] => await SealingBench.RunAsync(rest),
    ["start", .. var rest] => await StartBench.RunAsync(rest),
    ["store", .. var rest] => await StoreBench.RunAsync(rest),
    _ => Usage(),
});

static int Usage()
{
    Console.Error.WriteLine("""
        corpus --records N [--namespaces M]                  made-up records as lines of an export
        embed [--json]                                       sentences a second of the built-in model, and its load time
        recall --records N [--namespaces M] [--json]         search at a size: legs, whole, callers, beside an import, memory, disk
        peers --records N [--questions Q] [--json]           other systems beside ours, on the same records in the same run
        embed --model DIR [--json]                           the same of a BERT model, at each width of the processor
        poisoning FILE… [-v]                                 what is flagged as suspicious, of attacks and of ordinary text
        recall-quality FILE… [--without SIGNAL] [--misses]   recall@k of the ranking on evaluation conversations
        redact [SECRETS.jsonl.gz] [TEXT…]                    redaction: MB/s, and what it finds
        report [PEERS.json…] [NAME=EVAL.json…] [--docs DIR]  docs/benchmarks.md and its pictures, of what the others printed
        sealing [--records N] [--json]                       rotation time, writes meanwhile, and what encryption costs beside a plain store
        start [--records N] [--times T]                      from the start of ./keepsake mcp to the answer of tools/list
        store [--records N] [--json]                         durable writes, import and search through the library
        """);
    return 2;
}
