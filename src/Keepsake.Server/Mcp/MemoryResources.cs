using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Keepsake.Server.Mcp.Tools;
using Keepsake.Server.Mcp.Transport;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Keepsake.Server.Mcp;

/// <summary>What a client may attach to a conversation: the store's state, a record, a session.</summary>
/// <param name="memory">The store.</param>
internal sealed class MemoryResources(IMemory memory)
{
    public const string RecordTemplate = "memory://record/{id}";

    public const string SessionTemplate = "memory://session/{actor}/{session}";

    private const string StatusUri = "memory://status";
    private const string NamespacesUri = "memory://namespaces";
    private const string MimeType = "application/json";

    private static readonly TimeSpan ListTimeToLive = TimeSpan.FromHours(1);

    /// <summary>Makes the result of <c>resources/list</c>. A new one each time: the SDK writes into what it is handed.</summary>
    public static ListResourcesResult NewList() => new()
    {
        TimeToLive = ListTimeToLive,
        CacheScope = CacheScope.Public,
        Resources =
        [
            new()
            {
                Uri = StatusUri,
                Name = "status",
                Title = "Memory status",
                Description = "Whether the memory works, how it is searched, and how much it holds.",
                MimeType = MimeType,
            },
            new()
            {
                Uri = NamespacesUri,
                Name = "namespaces",
                Title = "Namespaces",
                Description = "The namespaces that hold memories, with records, events and bytes in each.",
                MimeType = MimeType,
            },
        ],
    };

    /// <summary>Makes the result of <c>resources/templates/list</c>.</summary>
    public static ListResourceTemplatesResult NewTemplates() => new()
    {
        TimeToLive = ListTimeToLive,
        CacheScope = CacheScope.Public,
        ResourceTemplates =
        [
            new()
            {
                UriTemplate = RecordTemplate,
                Name = "record",
                Title = "Memory record",
                Description = "One long-term record with its provenance, by id.",
                MimeType = MimeType,
            },
            new()
            {
                UriTemplate = SessionTemplate,
                Name = "session",
                Title = "Session",
                Description = "The newest 100 events of one session, oldest of them first.",
                MimeType = MimeType,
            },
        ],
    };

    public async ValueTask<ReadResourceResult> ReadAsync(
        RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        var uri = request.Params.Uri;
        try
        {
            return new()
            {
                Contents = [new TextResourceContents { Uri = uri, MimeType = MimeType, Text = await ReadAsync(uri, cancellationToken) }],
                TimeToLive = TimeSpan.Zero,
                CacheScope = CacheScope.Private,
            };
        }
        catch (MemoryException failure)
        {
            throw Errors.ForProtocol(failure, AbsentTo(request));
        }
    }

    // The protocol gave its own code up with its sessions.
    private static McpErrorCode AbsentTo(RequestContext<ReadResourceRequestParams> request) =>
        string.CompareOrdinal(request.JsonRpcRequest.Context?.ProtocolVersion ?? request.Server.NegotiatedProtocolVersion, ProtocolVersions.FirstWithoutSessions) >= 0
            ? McpErrorCode.InvalidParams
            : McpErrorCode.ResourceNotFound;

    private async Task<string> ReadAsync(string uri, CancellationToken cancellationToken)
    {
        // Segments are decoded after they are split, so that an id may hold an encoded slash.
        var path = uri.StartsWith("memory://", StringComparison.Ordinal) ? uri["memory://".Length..].Split('/') : [];
        return path switch
        {
            ["status"] => Text(await memory.StatusAsync(cancellationToken), ReadableJson.Context.MemoryStatus),
            ["namespaces"] => Text((await memory.StatusAsync(cancellationToken)).Counts.Namespaces, ReadableJson.Context.IReadOnlyListNamespaceCounts),
            ["record", var id] when id.Length > 0 =>
                Text(await memory.GetAsync(Uri.UnescapeDataString(id), cancellationToken), ReadableJson.Context.MemoryRecord),
            ["session", var actor, var session] when actor.Length > 0 && session.Length > 0 =>
                Text(await SessionAsync(actor, session, cancellationToken), ReadableJson.Context.RecallEventsAnswer),
            _ => throw MemoryException.NotFound(
                $"There is no such resource. The resources are {StatusUri}, {NamespacesUri}, {RecordTemplate} and {SessionTemplate}."),
        };
    }

    private async Task<RecallEventsAnswer> SessionAsync(string actor, string session, CancellationToken cancellationToken)
    {
        var query = new EventQuery { ActorId = Uri.UnescapeDataString(actor), SessionId = Uri.UnescapeDataString(session) };
        return RecallEventsAnswer.Of(await memory.ListEventsAsync(query, cancellationToken));
    }

    private static string Text<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}
