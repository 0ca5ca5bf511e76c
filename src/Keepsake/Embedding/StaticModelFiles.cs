namespace Keepsake.Embedding;

/// <summary>How the files of a model look from outside: enough to see that they were replaced, without reading them.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Weights">The weights.</param>
/// <param name="Vocabulary">The vocabulary.</param>
internal sealed record StaticModelFiles(StaticModelFiles.Look Manifest, StaticModelFiles.Look Weights, StaticModelFiles.Look Vocabulary)
{
    /// <summary>Looks at a folder. Files that cannot be seen count as missing.</summary>
    public static StaticModelFiles Of(string folder) => new(
        LookAt(folder, ModelManifest.FileName), LookAt(folder, StaticEmbeddingModel.WeightsFile), LookAt(folder, StaticEmbeddingModel.VocabularyFile));

    private static Look LookAt(string folder, string name)
    {
        try
        {
            FileInfo file = new(Path.Combine(folder, name));
            return file.Exists ? new(file.Length, file.LastWriteTimeUtc) : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>One file's length in bytes and its last change.</summary>
    internal readonly record struct Look(long Length, DateTime ChangedAt);
}
