namespace Keepsake.Tests.Embedding.Bert;

/// <summary>A random BERT of two layers, 48 wide, and copies of it to change and damage.</summary>
internal sealed class TinyBert : IDisposable
{
    public const int Dimensions = 48;

    public TinyBert()
    {
        foreach (var file in (string[])["config.json", "model.safetensors", "vocab.txt"])
        {
            File.Copy(Path.Combine(Folder, file), Path.Combine(Copy, file));
        }
    }

    /// <summary>The folder of the original, with its <c>reference.jsonl</c>.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Embedding", "tiny-bert");

    /// <summary>The folder of the copy.</summary>
    public string Copy { get; } = Directory.CreateTempSubdirectory("keepsake-bert-").FullName;

    public void Write(string file, string text)
    {
        var path = Path.Combine(Copy, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Replaces a piece of <c>config.json</c>, which must be there.</summary>
    public void Configure(string old, string @new)
    {
        var text = File.ReadAllText(Path.Combine(Copy, "config.json"));
        Assert.Contains(old, text, StringComparison.Ordinal);
        Write("config.json", text.Replace(old, @new, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(Copy, recursive: true);
}
