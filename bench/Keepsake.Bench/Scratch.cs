using Keepsake.Recall;
using Keepsake.Recall.Signals;
namespace Keepsake.Bench;
internal static class Scratch
{
    public static Ranker Ranker()
    {
        var w = new Dictionary<string, double>();
        foreach (var kv in (Environment.GetEnvironmentVariable("W") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)) { var p = kv.Split('='); w[p[0]] = double.Parse(p[1], System.Globalization.CultureInfo.InvariantCulture); }
        double G(string n, double d) => w.TryGetValue(n, out var v) ? v : d;
        return new([new PassageBm25Signal(G("b", .25)), new WindowBm25Signal(G("wb", .15)), new SessionBm25Signal(G("sb", .15)), new VectorSignal(G("v", .25)), new WindowVectorSignal(G("wv", .2)), new SpeakerSignal(G("sp", .1)), new StatementSignal(G("st", .05)), new FirstPersonSignal(G("fp", 0))]);
    }
}
