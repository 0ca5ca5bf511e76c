using Keepsake.Embedding.Bert;

namespace Keepsake.Embedding;

/// <summary>Loads a model of either kind from a folder with a manifest.</summary>
internal static class LocalModel
{
    /// <summary>Loads a model, and checks each byte of it against the manifest.</summary>
    /// <exception cref="InvalidDataException">A file is damaged or does not belong to the others. The message names no path.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ILocalModel Load(string folder)
    {
        var manifest = ModelManifest.Read(folder);
        if (manifest.Kind == ModelKind.Static)
        {
            return StaticEmbeddingModel.Load(folder, manifest);
        }

        // Weights and vocabulary are checked as they are read; the others are a few hundred bytes each.
        foreach (var file in manifest.Files.Keys.Where(f => f is not (StaticEmbeddingModel.WeightsFile or StaticEmbeddingModel.VocabularyFile)))
        {
            manifest.Verify(file, ModelFile.Read(folder, file));
        }

        var model = BertEmbeddingModel.Load(folder, manifest.Name, VectorWidths.Best, manifest);
        return model.Dimensions == manifest.Dimensions
            ? model
            : throw new InvalidDataException($"The model's manifest says {manifest.Dimensions} dimensions, its configuration {model.Dimensions}.");
    }
}
