using System.Text.Json;

namespace Keepsake.Embedding;

/// <summary>Steps through the JSON of a model's files token by token: next to nothing is compiled and nothing built for a few lines that are read once.</summary>
internal static class JsonSteps
{
    /// <summary>Goes on to the next token.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static JsonTokenType Next(this ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw new InvalidDataException("The JSON ends too early.");

    /// <summary>Goes on to the next token, which must be of one type.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="type">The type.</param>
    /// <param name="what">What is read, for the message.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidDataException">It is of another type, or there is none.</exception>
    public static void Expect(this ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (reader.Next() != type)
        {
            throw new InvalidDataException($"{what} is not the JSON it should be.");
        }
    }

    /// <summary>The text of a name or a string.</summary>
    /// <exception cref="InvalidDataException">It is none: half of a surrogate pair, written as an escape, is the one string that the reader accepts and cannot give.</exception>
    public static string Text(this ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException("The JSON has a string that is not text.", e);
        }
    }

    /// <summary>Goes on to the next token, a string, and gives its text.</summary>
    /// <inheritdoc cref="Expect"/>
    public static string NextText(this ref Utf8JsonReader reader, string what)
    {
        reader.Expect(JsonTokenType.String, what);
        return reader.Text();
    }

    /// <summary>Goes on to the next token, a whole number.</summary>
    /// <inheritdoc cref="Expect"/>
    public static long NextNumber(this ref Utf8JsonReader reader, string what)
    {
        reader.Expect(JsonTokenType.Number, what);
        return reader.TryGetInt64(out var number) ? number : throw new InvalidDataException($"{what} is not a whole number.");
    }
}
