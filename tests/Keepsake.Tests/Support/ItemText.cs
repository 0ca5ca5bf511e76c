using System.Text.Json;
using Keepsake.Engines;
using Keepsake.Serialization;

namespace Keepsake.Tests.Support;

/// <summary>Items and answers as text that holds all of them, so that comparing texts compares everything.</summary>
internal static class ItemText
{
    /// <summary>Everything but <see cref="MemoryRecord.Order"/>, which is an engine's own.</summary>
    public static string Of(MemoryItem? item) => item is null ? "nothing" : JsonSerializer.Serialize(item, KeepsakeJson.Default.MemoryItem);

    public static IEnumerable<string> Of(IEnumerable<MemoryItem?> items) => items.Select(Of);

    public static string Of(IReadOnlyList<WriteOutcome> outcomes) => JsonSerializer.Serialize(outcomes, KeepsakeJson.Default.IReadOnlyListWriteOutcome);

    public static IEnumerable<string> Of(IEnumerable<MemoryChange> changes) => changes.Select(change => $"{change.Id}: {Of(change.Item)}");
}
