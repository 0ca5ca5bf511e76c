using System.Buffers;
using System.Globalization;
using System.Text;

namespace Keepsake.Capture;

/// <summary>What a caller may write, checked where it enters. Each failure says what would have worked.</summary>
internal static class Rules
{
    /// <summary>Longest actor id, in characters.</summary>
    public const int MaxActorIdLength = 255;

    /// <summary>Longest session id, in characters.</summary>
    public const int MaxSessionIdLength = 100;

    private static readonly SearchValues<char> SessionCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.@+");

    private static readonly SearchValues<char> ActorCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.@+/:");

    /// <summary>A content of which a person would see something. What was stored before this was asked comes back from an export all the same.</summary>
    public static string Seen(string? content, string name = "content")
    {
        var text = Content(content, name);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format))
            {
                return text;
            }
        }

        throw MemoryException.Invalid($"{name} holds nothing but characters that nobody can see. Say what to remember in plain words.");
    }

    public static string Content(string? content, string name = "content")
    {
        if (string.IsNullOrWhiteSpace(content))
        {
            throw MemoryException.Invalid($"{name} is empty. Say what to remember in plain words.");
        }

        if (content.Length > MemoryRecord.MaxContentLength)
        {
            throw new MemoryException(
                MemoryErrorCode.TooLarge,
                $"{name} has {content.Length} characters; at most {MemoryRecord.MaxContentLength} are kept. Split it into several.");
        }

        return WellFormed(content, name);
    }

    /// <summary>An optional short text.</summary>
    /// <returns>The text, or <see langword="null"/> when there is none.</returns>
    public static string? Text(string? text, int max, string name)
    {
        if (string.IsNullOrEmpty(text))
        {
            return text is null ? null : throw MemoryException.Invalid($"{name} is empty. Leave it out where there is none.");
        }

        return text.Length <= max
            ? WellFormed(text, name)
            : throw MemoryException.Invalid($"{name} has {text.Length} characters; at most {max} are allowed.");
    }

    /// <summary>An optional name: a short text without control characters.</summary>
    public static string? Name(string? text, int max, string name) => Text(text, max, name) is not { } valid || !valid.Any(char.IsControl)
        ? text
        : throw MemoryException.Invalid($"{name} holds a control character. Use printable characters only.");

    public static string ActorId(string? id) => Id(
        id, MaxActorIdLength, ActorCharacters, "actorId", "letters, digits, '-', '_', '.', '@', '+', '/' and ':'");

    public static string SessionId(string? id) => Id(
        id, MaxSessionIdLength, SessionCharacters, "sessionId", "letters, digits, '-', '_', '.', '@' and '+'");

    public static double Share(double? value, double @default, string name) => value switch
    {
        null => @default,
        >= 0 and <= 1 => value.Value,
        _ => throw MemoryException.Invalid($"{name} is {value}; use a number from 0 to 1."),
    };

    /// <summary>An id that a call names: not empty, not absurdly long, no control characters.</summary>
    public static string GivenId(string? id)
    {
        const int MaxLength = 128;
        return !string.IsNullOrEmpty(id) && id.Length <= MaxLength && !id.Any(char.IsControl)
            ? WellFormed(id, "id")
            : throw MemoryException.Invalid($"An id has 1 to {MaxLength} printable characters, such as 'mem-…'.");
    }

    /// <summary>The ids of what a record was derived from.</summary>
    public static IReadOnlyList<string>? Parents(IReadOnlyList<string>? ids)
    {
        foreach (var id in Few(ids ?? []))
        {
            GivenId(id);
        }

        return ids;
    }

    /// <summary>What a record was derived from: not too much of it.</summary>
    public static IReadOnlyList<string> Few(IReadOnlyList<string> sources) => sources.Count <= Provenance.MaxSources
        ? sources
        : throw new MemoryException(
            MemoryErrorCode.TooLarge, $"{sources.Count} are named as what it was derived from; at most {Provenance.MaxSources} are kept. Name the most important.");

    /// <summary>What a call names as the source of what it is about.</summary>
    public static string Source(string? source) =>
        Text(source, Provenance.MaxLength, "source") ?? throw MemoryException.Invalid("source is missing. Name it as it was named when it was written.");

    public static IReadOnlyDictionary<string, MetadataValue>? Metadata(IReadOnlyDictionary<string, MetadataValue>? metadata)
    {
        if (metadata is null || metadata.Count == 0)
        {
            return null;
        }

        if (metadata.Count > MemoryRecord.MaxMetadataEntries)
        {
            throw MemoryException.Invalid($"metadata has {metadata.Count} entries; at most {MemoryRecord.MaxMetadataEntries} are allowed.");
        }

        foreach (var (key, value) in metadata)
        {
            _ = Name(key.Length == 0 ? "" : key, MemoryRecord.MaxMetadataKeyLength, "A metadata key");
            switch (value?.Value)
            {
                case null:
                    throw MemoryException.Invalid("A metadata value is null. Leave the key out where there is none.");
                case string text:
                    MetadataText(text);
                    break;
                case IReadOnlyList<string> list when list.Count > MetadataValue.MaxListItems:
                    throw MemoryException.Invalid(
                        $"A list in metadata has {list.Count} strings; at most {MetadataValue.MaxListItems} are allowed.");
                case IReadOnlyList<string> list:
                    foreach (var item in list)
                    {
                        MetadataText(item);
                    }

                    break;
            }
        }

        return metadata;
    }

    /// <summary>Refuses text that cannot be written as UTF-8.</summary>
    public static string WellFormed(string text, string name)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
            {
                throw MemoryException.Invalid($"{name} holds half of a surrogate pair at character {i}. Send well-formed Unicode.");
            }

            i++;
        }

        return text;
    }

    private static void MetadataText(string? text)
    {
        if (text is null || text.Length > MetadataValue.MaxStringLength)
        {
            throw MemoryException.Invalid($"A string in metadata has more than {MetadataValue.MaxStringLength} characters, or is null.");
        }

        WellFormed(text, "A string in metadata");
    }

    private static string Id(string? id, int max, SearchValues<char> allowed, string name, string allowedInWords)
    {
        if (string.IsNullOrEmpty(id))
        {
            throw MemoryException.Invalid($"{name} is empty. Use 1 to {max} characters: {allowedInWords}.");
        }

        if (id.Length > max)
        {
            throw MemoryException.Invalid($"{name} has {id.Length} characters; at most {max} are allowed.");
        }

        if (id.AsSpan().ContainsAnyExcept(allowed) || !char.IsAsciiLetterOrDigit(id[0]) || id[^1] == ':' || id.Contains("::", StringComparison.Ordinal))
        {
            throw MemoryException.Invalid($"{name} starts with a letter or digit and holds only {allowedInWords}.");
        }

        return id;
    }
}
