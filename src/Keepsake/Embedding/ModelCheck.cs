using System.Globalization;
using System.Text;

namespace Keepsake.Embedding;

/// <summary>Tells a damaged model from a whole one. Files that have the length and the time that they had when every byte was right are not read again.</summary>
/// <remarks>Only to list models: whoever loads one reads it all, and a change that leaves length and time is found then.</remarks>
internal static class ModelCheck
{
    /// <summary>What the files were like when they were right; not one of the model's own.</summary>
    public const string NoteFile = ".checked";

    /// <summary>Whether a model's files are not those that its manifest tells of.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="readsAll">Whether they are read whatever was noted.</param>
    public static bool IsDamaged(string folder, bool readsAll)
    {
        try
        {
            var manifest = ModelManifest.Read(folder);
            var looks = LooksOf(folder, manifest);
            if (!readsAll && Noted(folder) == looks)
            {
                return false;
            }

            foreach (var file in manifest.Files.Keys)
            {
                manifest.Verify(file, ModelFile.Read(folder, file));
            }

            Note(folder, looks);
            return false;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or MemoryException)
        {
            return true;
        }
    }

    // One that is written while it is looked at differs from what is noted, and is read the next time.
    private static string LooksOf(string folder, ModelManifest manifest)
    {
        var looks = new StringBuilder();
        foreach (var file in manifest.Files.Keys.Append(ModelManifest.FileName).Order(StringComparer.Ordinal))
        {
            var info = new FileInfo(Path.Combine(folder, file));
            looks.Append(CultureInfo.InvariantCulture, $"{file}\t{info.Length}\t{info.LastWriteTimeUtc.Ticks}\n");
        }

        return looks.ToString();
    }

    private static string? Noted(string folder) => Path.Combine(folder, NoteFile) is var note && File.Exists(note) ? PlainFile.ReadAllText(note) : null;

    private static void Note(string folder, string looks)
    {
        try
        {
            var next = Path.Combine(folder, $"{NoteFile}-{Environment.ProcessId}");
            using (var file = PrivateFile.Open(next, FileMode.Create))
            {
                file.Write(Encoding.UTF8.GetBytes(looks));
            }

            File.Move(next, Path.Combine(folder, NoteFile), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next list reads the files again.
        }
    }
}
