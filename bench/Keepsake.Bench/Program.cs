using Keepsake.Bench;

switch (args)
{
    case ["redact", .. var rest]:
        return RedactBench.Run(rest);
    default:
        Console.Error.WriteLine("usage: Keepsake.Bench redact [SECRETS.jsonl.gz] [TEXT…]");
        return 2;
}
