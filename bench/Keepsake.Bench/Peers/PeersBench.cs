using System.Text.Json;

namespace Keepsake.Bench.Peers;

/// <summary>How fast are others with the same records, in the same run, on the same machine?</summary>
internal static class PeersBench
{
    // An approximate search that finds less than this is no peer of an exact one.
    private const double LeastRecall = 0.99;

    public static int Run(string[] args)
    {
        var records = Arguments.Number(args, "--records", 10_000);
        var questions = Arguments.Number(args, "--questions", 200);
        if (records < 10 * PeerData.Part)
        {
            Console.Error.WriteLine($"--records is {records}; a filter leaves one in {PeerData.Part}, so use {10 * PeerData.Part} or more.");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("keepsake-peers-").FullName;
        try
        {
            Say("installing the peers");
            var node = NodePeers.Install();
            Say($"making {records:N0} records");
            var data = PeerData.Make(records, questions);
            data.Write(folder);
            List<PeerResult> systems = [];
            Measure("Keepsake", () => OurLegs.Measure(data));
            Measure("SQLite FTS5", () => SqlitePeers.FullText(data, folder));
            Measure("sqlite-vec", () => SqlitePeers.Vectors(data, folder, node.SqliteVec));
            Measure("usearch", () => node.Usearch(folder, LeastRecall));
            Measure("ChromaDB", () => node.Chroma(folder));
            Print(args.Contains("--json"), new("peers", records, data.Dimensions, questions, Machine.Current, systems, Ratios(systems)));
            return 0;

            void Measure(string name, Func<IEnumerable<PeerResult>> measure)
            {
                Say(name);
                systems.AddRange(measure());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<PeerRatio> Ratios(List<PeerResult> systems) =>
    [
        .. from ours in systems
           where ours.System == OurLegs.Name
           from theirs in systems
           where theirs.Leg == ours.Leg && theirs.System != OurLegs.Name
           select new PeerRatio(ours.Leg, ours.System, theirs.System, Math.Round(ours.P50 / theirs.P50, 4), Math.Round(ours.P95 / theirs.P95, 4)),
    ];

    private static void Say(string what) => Console.Error.WriteLine($"peers: {what}");

    private static void Print(bool json, PeerReport report)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, PeerResult.Json));
            return;
        }

        Console.WriteLine($"{report.Records} records of {report.Dimensions} dimensions, {report.Questions} questions; {report.Machine.Processor}, {report.Machine.Cores} cores");
        Console.WriteLine($"{"",-8} {"",-42} {"build s",8} {"p50 ms",8} {"p95 ms",8} {"recall",7} {"MiB",7}");
        foreach (var s in report.Systems)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"{s.Leg,-8} {s.System,-42} {s.BuildMs / 1000,8:F2} {s.P50,8:F3} {s.P95,8:F3} {s.RecallAt10,7:F3} {s.Bytes / (1024.0 * 1024),7:F0}"));
        }

        foreach (var r in report.Ratios)
        {
            Console.WriteLine(FormattableString.Invariant($"{r.Leg,-8} ours / {r.Theirs,-35} p50 {r.P50:F3}  p95 {r.P95:F3}"));
        }
    }
}
