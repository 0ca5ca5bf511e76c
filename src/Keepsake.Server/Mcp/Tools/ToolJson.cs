using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>The tools' JSON: the library's shapes in snake_case, nothing written that is null, strict when read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(WholeNumber.OfInt), typeof(WholeNumber.OfLong)])]
[JsonSerializable(typeof(StoreEventArguments))]
[JsonSerializable(typeof(RecallEventsArguments))]
[JsonSerializable(typeof(SearchMemoriesArguments))]
[JsonSerializable(typeof(StoreFactsArguments))]
[JsonSerializable(typeof(ForgetMemoriesArguments))]
[JsonSerializable(typeof(GetPreferencesArguments))]
[JsonSerializable(typeof(UpdatePreferenceArguments))]
[JsonSerializable(typeof(ClearSessionArguments))]
[JsonSerializable(typeof(EventAnswer))]
[JsonSerializable(typeof(RecallEventsAnswer))]
[JsonSerializable(typeof(RecallAnswer))]
[JsonSerializable(typeof(RememberAnswer))]
[JsonSerializable(typeof(DeleteAnswer))]
[JsonSerializable(typeof(PreferencesAnswer))]
[JsonSerializable(typeof(UpdatePreferenceAnswer))]
[JsonSerializable(typeof(MemoryStatus))]
[JsonSerializable(typeof(MemoryRecord))]
[JsonSerializable(typeof(MemoryFact))]
[JsonSerializable(typeof(IReadOnlyList<NamespaceCounts>))]
internal sealed partial class ToolJson : JsonSerializerContext;

/// <summary>The same JSON for text that a person or a model reads: letters of any language stay letters, which costs fewer tokens.</summary>
internal static class ReadableJson
{
    // Apart from ToolJson, because the order in which the initialisers of a partial class run is not defined.
    public static ToolJson Context { get; } =
        new(new(ToolJson.Default.RecallAnswer.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true });
}
