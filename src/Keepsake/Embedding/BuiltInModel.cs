namespace Keepsake.Embedding;

/// <summary>The model that comes with Keepsake.</summary>
public static class BuiltInModel
{
    /// <summary>Its name.</summary>
    public const string Name = "keepsake-en-1";

    /// <summary>How many numbers its embeddings have.</summary>
    public const int Dimensions = 256;

    /// <summary>Where it is, beside the program.</summary>
    internal static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "models", Name);

    /// <summary>What is known of it without reading it.</summary>
    internal static ModelManifest Manifest { get; } = new(ModelKind.Static, Name, Dimensions, "en", new Dictionary<string, ModelManifest.Entry>());
}
