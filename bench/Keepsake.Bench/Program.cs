using Keepsake.Bench;

return args switch
{
    ["embed", .. var rest] => EmbedBench.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: Keepsake.Bench embed [--json]");
    return 2;
}
