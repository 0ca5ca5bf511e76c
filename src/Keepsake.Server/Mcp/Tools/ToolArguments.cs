using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake.Server.Mcp.Tools;

// One record per tool, in the words of tools.json. SchemaCheck has looked at them before they are read, so what is required is there.
internal sealed record StoreEventArguments
{
    public required string Content { get; init; }

    public required string ActorId { get; init; }

    public required string SessionId { get; init; }

    public string? EventType { get; init; }

    public string? Role { get; init; }

    public string? Namespace { get; init; }

    public IReadOnlyDictionary<string, MetadataValue>? Metadata { get; init; }

    public string? ClientToken { get; init; }
}

internal sealed record RecallEventsArguments
{
    public const int DefaultLimit = 20;

    public required string ActorId { get; init; }

    public required string SessionId { get; init; }

    public int? Limit { get; init; }

    public string? Namespace { get; init; }
}

internal sealed record SearchMemoriesArguments
{
    public const string Full = "full";

    public required string Query { get; init; }

    public required string Namespace { get; init; }

    public int? TopK { get; init; }

    public double? MinRelevance { get; init; }

    public string? Detail { get; init; }

    public string? Why { get; init; }
}

internal sealed record StoreFactsArguments
{
    [JsonConverter(typeof(FactsConverter))]
    public required IReadOnlyList<MemoryFact> Facts { get; init; }

    public required string Namespace { get; init; }

    public string? Source { get; init; }

    public MemoryOrigin? Origin { get; init; }

    public string? Agent { get; init; }

    public string? ClientToken { get; init; }
}

internal sealed record ForgetMemoriesArguments
{
    public required IReadOnlyList<string> Ids { get; init; }

    public string? Reason { get; init; }
}

internal sealed record GetPreferencesArguments
{
    public required string ActorId { get; init; }

    public string? Namespace { get; init; }
}

internal sealed record UpdatePreferenceArguments
{
    public required string ActorId { get; init; }

    public required string Key { get; init; }

    public required string Value { get; init; }

    public string? Namespace { get; init; }
}

internal sealed record ClearSessionArguments
{
    public required string ActorId { get; init; }

    public required string SessionId { get; init; }
}
