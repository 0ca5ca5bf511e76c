using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>Reads whole numbers as JSON Schema has them: 3.0 is one too, and some clients write it so.</summary>
internal sealed class WholeNumber : JsonConverter<int?>
{
    /// <summary>Takes a number that is whole.</summary>
    /// <returns>Whether it is.</returns>
    public static bool TryOf(decimal number, out int whole)
    {
        var isWhole = number is >= int.MinValue and <= int.MaxValue && decimal.IsInteger(number);
        whole = isWhole ? (int)number : 0;
        return isWhole;
    }

    public override int? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var number) && TryOf(number, out var whole)
            ? whole
            : throw new JsonException("It is not a whole number.");

    public override void Write(Utf8JsonWriter writer, int? value, JsonSerializerOptions options)
    {
        if (value is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
