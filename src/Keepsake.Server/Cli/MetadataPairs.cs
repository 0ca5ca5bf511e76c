using System.CommandLine;
using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Server.Cli;

/// <summary>Metadata as words of a command line: <c>KEY=VALUE</c>, once for each key.</summary>
internal static class MetadataPairs
{
    public static Option<string[]> Option() => new("--metadata")
    {
        Description = "Find only what has this metadata; repeat it for more keys. A VALUE that is a JSON number, true, false, a JSON string or a list of those is that, and any other is a text",
        HelpName = "KEY=VALUE",
    };

    /// <summary>Reads pairs.</summary>
    /// <returns>The metadata, or <see langword="null"/>: there are no pairs.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>.</exception>
    public static Dictionary<string, MetadataValue>? Parse(string[]? pairs)
    {
        if (pairs is null or [])
        {
            return null;
        }

        Dictionary<string, MetadataValue> metadata = new(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var end = pair.IndexOf('=', StringComparison.Ordinal);
            if (end < 1)
            {
                throw MemoryException.Invalid("--metadata takes a key and a value, such as --metadata project=apollo.");
            }

            if (!metadata.TryAdd(pair[..end], Value(pair[(end + 1)..])))
            {
                throw MemoryException.Invalid($"--metadata names '{pair[..end]}' twice. A record has one value of a key; name each key once.");
            }
        }

        return metadata;
    }

    private static MetadataValue Value(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, KeepsakeJson.Default.MetadataValue) ?? MetadataValue.Of(text);
        }
        catch (JsonException)
        {
            return MetadataValue.Of(text);
        }
    }
}
