namespace Keepsake.Bench.Report;

/// <summary>Recall at 10 of others on the collections that quality is reported on: published, or run by us as their makers ship them.</summary>
/// <remarks>LoCoMo's are over all ten conversations, scored by turn without a language model, categories 1 to 5; BEAM's over the ten
/// chats of the 100K part that were used in development.</remarks>
internal static class Anchors
{
    public const string Locomo = "locomo";
    public const string Beam = "beam";

    /// <summary>What stands beside our own bar; empty for a collection that nobody else was measured on.</summary>
    public static IReadOnlyList<BarChart.Bar> Of(string collection) => collection switch
    {
        Locomo =>
        [
            new("text-embedding-3-small (self-reported)", 0.694, IsOurs: false),
            new("DRAGON (the LoCoMo paper)", 0.662, IsOurs: false),
            new("BM25 of the turn", 0.632, IsOurs: false),
            new("mcp-memory-service 12.2.0, hybrid search", 0.516, IsOurs: false),
            new("mcp-memory-service 12.2.0, vector search", 0.425, IsOurs: false),
            new("mem0 2.2.1, embedded, all-MiniLM-L6-v2", 0.425, IsOurs: false),
        ],
        Beam =>
        [
            new("mcp-memory-service 12.2.0, vector search", 0.510, IsOurs: false),
            new("mcp-memory-service 12.2.0, hybrid search", 0.457, IsOurs: false),
            new("BM25 of the message", 0.396, IsOurs: false),
        ],
        _ => [],
    };

    /// <summary>What a reader must know to read the bars rightly.</summary>
    public static string Note(string collection) => collection switch
    {
        Locomo => "The others' figures are over all ten conversations, as published or as run by us; ours over the conversations of the file that was measured.",
        Beam => "All on the same chats of BEAM's 100K part, those that the ranking was developed on.",
        _ => "",
    };
}
