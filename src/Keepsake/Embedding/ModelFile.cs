using Keepsake.Protection;

namespace Keepsake.Embedding;

/// <summary>Reads the files of models.</summary>
internal static class ModelFile
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="name">The file's name there.</param>
    /// <param name="maxBytes">Longest file accepted, in bytes.</param>
    /// <exception cref="InvalidDataException">It is longer, was cut short meanwhile, or is a pipe or a device. The message names no path.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string folder, string name, long? maxBytes = null)
    {
        if (FileFacts.IsPipeOrDevice(Path.Combine(folder, name)))
        {
            throw new InvalidDataException($"{name} is a pipe, a socket or a device, and no file.");
        }

        // Read whole, not mapped: a mapped file that is cut short later would take the process down.
        using var handle = File.OpenHandle(Path.Combine(folder, name), options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(handle);
        var most = maxBytes ?? Array.MaxLength;
        if (length > most)
        {
            throw new InvalidDataException($"{name} has {length} bytes; the most is {most}.");
        }

        var content = GC.AllocateUninitializedArray<byte>((int)length);
        var read = 0;
        while (read < content.Length)
        {
            var more = RandomAccess.Read(handle, content.AsSpan(read), read);
            if (more == 0)
            {
                throw new InvalidDataException($"{name} was cut short while it was read.");
            }

            read += more;
        }

        return content;
    }
}
