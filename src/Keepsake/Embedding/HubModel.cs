using Keepsake.Embedding.Bert;

namespace Keepsake.Embedding;

/// <summary>A model of a hub: where it is there, and what is known of its files.</summary>
/// <param name="Name">What to call it here.</param>
/// <param name="Path">Owner and name at the hub, such as <c>sentence-transformers/all-MiniLM-L6-v2</c>.</param>
/// <param name="Known">The SHA-256, in lower-case hexadecimal, and length in bytes of files that are known.</param>
internal sealed record HubModel(string Name, string Path, IReadOnlyDictionary<string, HubModel.Look> Known)
{
    private static readonly HubModel[] All =
    [
        new("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", new Dictionary<string, Look>(StringComparer.Ordinal)
        {
            [StaticEmbeddingModel.WeightsFile] = new("53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db", 90_868_376),
            [StaticEmbeddingModel.VocabularyFile] = new("07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3", null),
        }),
    ];

    /// <summary>The names that need no owner before them.</summary>
    public static IEnumerable<string> Names => All.Select(m => m.Name);

    /// <summary>The files to fetch, the small ones first: they say whether the large one is worth fetching.</summary>
    public static IEnumerable<(string File, bool IsNeeded)> Files =>
    [
        .. BertFolder.Needed.Where(f => f != StaticEmbeddingModel.WeightsFile).Select(f => (f, true)),
        .. BertFolder.Optional.Select(f => (f, false)),
        (StaticEmbeddingModel.WeightsFile, true),
    ];

    /// <summary>Finds a model by a known name, or takes a name of the form <c>OWNER/NAME</c> as it is.</summary>
    /// <returns>The model, or <see langword="null"/> when the name is neither.</returns>
    public static HubModel? Find(string name)
    {
        if (Array.Find(All, m => m.Name == name || m.Path == name) is { } known)
        {
            return known;
        }

        return name.Split('/') is [var owner, var own] && AddedModels.IsName(owner) && AddedModels.IsName(own)
            ? new(own, name, new Dictionary<string, Look>())
            : null;
    }

    /// <summary>What is known of a file.</summary>
    /// <param name="Sha256">Its SHA-256, in lower-case hexadecimal; <see langword="null"/>: not known.</param>
    /// <param name="Bytes">Its length; <see langword="null"/>: not known.</param>
    internal sealed record Look(string? Sha256, long? Bytes);
}
