using System.IO.Compression;
using System.Text;

namespace Keepsake.Tests.Cli;

/// <summary>A temporary folder for small collections made by hand.</summary>
internal sealed class EvalFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keepsake-tests-");

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Writes a file, compressed where its name ends in <c>.gz</c>.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using Stream file = File.Create(path);
        using var zip = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Compress) : null;
        (zip ?? file).Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
