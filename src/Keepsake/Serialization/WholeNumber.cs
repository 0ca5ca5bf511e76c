using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keepsake.Serialization;

/// <summary>Whole numbers as JSON Schema has them: 3.0 and 3e0 are 3, and some clients write it so.</summary>
internal static class WholeNumber
{
    /// <summary>Takes a number that is whole.</summary>
    /// <returns>Whether it is, and within the range of <see langword="long"/>.</returns>
    public static bool TryOf(decimal number, out long whole)
    {
        var isWhole = number is >= long.MinValue and <= long.MaxValue && decimal.IsInteger(number);
        whole = isWhole ? (long)number : 0;
        return isWhole;
    }

    private static long Read(ref Utf8JsonReader reader, long least, long most) =>
        reader.TokenType == JsonTokenType.Number
        && (reader.TryGetInt64(out var whole) || (reader.TryGetDecimal(out var number) && TryOf(number, out whole)))
        && whole >= least && whole <= most
            ? whole
            : throw new JsonException("The value is not a whole number.");

    /// <summary>Reads <see langword="int"/> wherever JSON has one.</summary>
    internal sealed class OfInt : JsonConverter<int>
    {
        /// <inheritdoc/>
        public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            (int)WholeNumber.Read(ref reader, int.MinValue, int.MaxValue);

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }

    /// <summary>Reads <see langword="long"/> wherever JSON has one.</summary>
    internal sealed class OfLong : JsonConverter<long>
    {
        /// <inheritdoc/>
        public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            WholeNumber.Read(ref reader, long.MinValue, long.MaxValue);

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }
}
