using Keepsake.Embedding;

namespace Keepsake.Tests.Embedding;

/// <summary>A copy of the built-in model in a folder of its own, to damage.</summary>
internal sealed class ModelCopy : IDisposable
{
    public ModelCopy() => Restore();

    public string Folder { get; } = Directory.CreateTempSubdirectory("keepsake-model-").FullName;

    public void Restore()
    {
        foreach (var file in Directory.EnumerateFiles(BuiltInModel.Folder))
        {
            File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)), overwrite: true);
        }
    }

    /// <summary>Flips one bit at a position from 0 (the start) to 1 (the end).</summary>
    public void Flip(string file, double position)
    {
        var path = Path.Combine(Folder, file);
        var content = File.ReadAllBytes(path);
        content[(int)(content.Length * position)] ^= 1;
        File.WriteAllBytes(path, content);
    }

    public void Cut(string file, int length)
    {
        using var stream = File.Open(Path.Combine(Folder, file), FileMode.Open);
        stream.SetLength(length);
    }

    public void Delete(string file) => File.Delete(Path.Combine(Folder, file));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
