using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keepsake.Serialization;

/// <summary>Writes an enumeration's names in lower case, words joined by underscores, and takes no numbers.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class LowerCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
