using Keepsake.Bench;

return args switch
{
    ["recall-quality", .. var rest] => RecallQualityBench.Run(rest),
    ["recall-speed", .. var rest] => RecallSpeedBench.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        recall-quality FILE… [--without SIGNAL] [--lexical] [--floor R]   recall@k of the ranking on evaluation conversations
        recall-speed --records N [--namespaces M]                         time of a search on a synthetic corpus
        """);
    return 2;
}
