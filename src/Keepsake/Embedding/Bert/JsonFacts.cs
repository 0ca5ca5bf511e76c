using System.Text.Json;

namespace Keepsake.Embedding.Bert;

/// <summary>A JSON object of a model's folder, read with the mistakes that people and tools make in mind.</summary>
internal sealed class JsonFacts
{
    /// <summary>Longest file, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    private readonly string _file;
    private readonly JsonElement _object;

    private JsonFacts(string file, JsonElement element) => (_file, _object) = (file, element);

    /// <summary>Reads a file that holds an object.</summary>
    /// <returns>The object, or <see langword="null"/> when there is no such file.</returns>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static JsonFacts? Read(string folder, string file) => Parse(folder, file) is { } root
        ? root.ValueKind == JsonValueKind.Object ? new(file, root) : throw Damaged(file, null)
        : null;

    /// <summary>Reads a file that holds a list of objects. Empty when there is no such file.</summary>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static IEnumerable<JsonFacts> ReadList(string folder, string file) => Parse(folder, file) is { } root
        ? root.ValueKind == JsonValueKind.Array && root.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? root.EnumerateArray().Select(item => new JsonFacts(file, item))
            : throw Damaged(file, null)
        : [];

    /// <summary>A whole number.</summary>
    /// <exception cref="InvalidDataException">It is missing, or not from <paramref name="least"/> to <paramref name="most"/>.</exception>
    public int Number(string name, int least, int most, int? otherwise = null)
    {
        if (Find(name) is not { } value)
        {
            return otherwise ?? throw new InvalidDataException($"{_file} has no {name}.");
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw new InvalidDataException($"{_file} has a {name} that is not a whole number from {least} to {most}.");
    }

    /// <summary>A small positive number.</summary>
    public float Small(string name, float otherwise)
    {
        if (Find(name) is not { } value)
        {
            return otherwise;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var number) && number is > 0 and < 1
            ? number
            : throw new InvalidDataException($"{_file} has a {name} that is not a number between 0 and 1.");
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool otherwise) => Find(name) is not { } value ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.ValueKind == JsonValueKind.True
        : throw new InvalidDataException($"{_file} has a {name} that is not true or false.");

    /// <summary>The names that begin so and are true.</summary>
    public IEnumerable<string> Flags(string prefix) => _object.EnumerateObject()
        .Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal) && p.Value.ValueKind == JsonValueKind.True).Select(p => p.Name);

    /// <summary>A text; <see langword="null"/>: there is none.</summary>
    public string? Text(string name, int maxLength)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return TextOf(value) is { } text && text.Length <= maxLength
            ? text
            : throw new InvalidDataException($"{_file} has a {name} that is not a text of at most {maxLength} characters.");
    }

    /// <summary>An object inside; <see langword="null"/>: there is none.</summary>
    public JsonFacts? Object(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new(_file, value)
        : throw new InvalidDataException($"{_file} has a {name} that is not an object.");

    // Half of a surrogate pair is JSON and no text.
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private JsonElement? Find(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonElement? Parse(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(ModelFile.Read(folder, file, MaxBytes));
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw Damaged(file, e);
        }
    }

    private static InvalidDataException Damaged(string file, Exception? cause) => new($"{file} is not the JSON it should be.", cause);
}
