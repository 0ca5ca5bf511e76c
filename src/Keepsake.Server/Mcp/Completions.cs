using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Keepsake.Server.Mcp;

/// <summary>Completes what a person types into a prompt's or a resource's arguments: actors, sessions, namespaces.</summary>
/// <param name="memory">The store.</param>
internal sealed class Completions(IMemory memory)
{
    /// <summary>Most values in one answer; the protocol's own limit.</summary>
    private const int MaxValues = 100;

    /// <summary>The namespaces that agents share by convention: offered before anything is stored in them.</summary>
    private static readonly string[] WellKnown =
    [
        "codebase/architecture", "codebase/conventions", "codebase/dependencies", "codebase/patterns",
        "preferences/project", "preferences/user", "reviews/issues", "reviews/pr", "security/patterns", "testing/patterns",
    ];

    public async ValueTask<CompleteResult> CompleteAsync(RequestContext<CompleteRequestParams> request, CancellationToken cancellationToken)
    {
        ThrowIfUnknown(request.Params.Ref);
        try
        {
            var argument = request.Params.Argument;
            IDictionary<string, string>? known = request.Params.Context?.Arguments;
            var values = argument.Name switch
            {
                "namespace" => await NamespacesAsync(cancellationToken),
                "actor" or "actor_id" => await ActorsAsync(cancellationToken),
                "session" => await SessionsAsync(known is not null && known.TryGetValue("actor", out var actor) ? actor : null, cancellationToken),
                _ => [],
            };
            return Matching(values, argument.Value);
        }
        catch (MemoryException)
        {
            // Completion helps to type; a person who types need not hear that the store is away. The call that follows says it.
            return Matching([], "");
        }
    }

    private static void ThrowIfUnknown(Reference reference)
    {
        var (what, known, named) = reference switch
        {
            PromptReference prompt => ("prompt", MemoryPrompts.NewList().Prompts.Select(p => p.Name), prompt.Name),
            ResourceTemplateReference template => ("resource template", MemoryResources.NewTemplates().ResourceTemplates.Select(t => t.UriTemplate), template.Uri),
            _ => ("reference", ["ref/prompt", "ref/resource"], null),
        };
        if (!known.Contains(named, StringComparer.Ordinal))
        {
            throw new McpProtocolException($"There is no such {what}. Use one of {string.Join(", ", known)}.", McpErrorCode.InvalidParams);
        }
    }

    private async Task<IEnumerable<string>> NamespacesAsync(CancellationToken cancellationToken)
    {
        var status = await memory.StatusAsync(cancellationToken);
        return status.Counts.Namespaces.Select(item => item.Namespace).Union(WellKnown, StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    private async Task<IEnumerable<string>> ActorsAsync(CancellationToken cancellationToken)
    {
        return (await memory.ListActorsAsync(new(PageRequest.MaxLimit), cancellationToken)).Items.Select(item => item.ActorId);
    }

    private async Task<IEnumerable<string>> SessionsAsync(string? actor, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(actor))
        {
            return [];
        }

        var page = await memory.ListSessionsAsync(actor, new(PageRequest.MaxLimit), cancellationToken);
        return page.Items.OrderByDescending(item => item.LastEventAt).Select(item => item.SessionId);
    }

    private static CompleteResult Matching(IEnumerable<string> values, string typed)
    {
        string[] all = [.. values.Where(value => value.Contains(typed, StringComparison.OrdinalIgnoreCase))];
        return new() { Completion = new() { Values = [.. all.Take(MaxValues)], Total = all.Length, HasMore = all.Length > MaxValues } };
    }
}
