using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>One value of a record's or an event's metadata: a string, a number, a boolean or a list of strings.</summary>
/// <remarks>A number is an IEEE double, as JSON readers commonly have it.</remarks>
[JsonConverter(typeof(MetadataValueConverter))]
public sealed class MetadataValue : IEquatable<MetadataValue>
{
    /// <summary>Longest string, also within a list, in characters.</summary>
    public const int MaxStringLength = 1_000;

    /// <summary>Most strings in a list.</summary>
    public const int MaxListItems = 64;

    private MetadataValue(object value) => Value = value;

    /// <summary>Gets the value: a <see cref="string"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="IReadOnlyList{T}"/> of strings.</summary>
    public object Value { get; }

    /// <summary>Makes a value of a string.</summary>
    public static MetadataValue Of(string value) => new(value ?? throw new ArgumentNullException(nameof(value)));

    /// <summary>Makes a value of a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public static MetadataValue Of(double value) => double.IsFinite(value)
        ? new(value)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A metadata number is finite.");

    /// <summary>Makes a value of a boolean.</summary>
    public static MetadataValue Of(bool value) => new(value);

    /// <summary>Makes a value of strings.</summary>
    public static MetadataValue Of(IReadOnlyList<string> value) => new(value ?? throw new ArgumentNullException(nameof(value)));

    /// <inheritdoc/>
    public bool Equals(MetadataValue? other) => other is not null && (Value, other.Value) switch
    {
        (IReadOnlyList<string> a, IReadOnlyList<string> b) => a.SequenceEqual(b, StringComparer.Ordinal),
        (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
        var (a, b) => a.Equals(b),
    };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MetadataValue);

    /// <inheritdoc/>
    public override int GetHashCode() => Value is IReadOnlyList<string> list ? list.Count : Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value is IReadOnlyList<string> list ? string.Join(", ", list) : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Value}");
}
