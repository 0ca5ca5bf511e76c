using System.Text;
using System.Text.Json;
using Keepsake.Server.Mcp.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Keepsake.Server.Mcp;

/// <summary>What a person may start from: a session with what is known, something to remember, a review of what is kept.</summary>
/// <param name="memory">The store.</param>
internal sealed class MemoryPrompts(IMemory memory)
{
    /// <summary>Longest argument, in characters: what a search takes.</summary>
    private const int MaxArgumentLength = RecallRequest.MaxQueryLength;

    /// <summary>Most memories that a prompt brings along.</summary>
    private const int MaxMemories = 10;

    /// <summary>Most records that a review lists.</summary>
    private const int MaxReviewed = 50;

    private static readonly PromptArgument Namespace =
        new() { Name = "namespace", Description = "Where to look, such as codebase. Empty: everywhere." };

    private static readonly IList<Prompt> Prompts =
    [
        new()
        {
            Name = "session_start",
            Title = "Start a session with what is known",
            Description = "Brings the user's preferences and what is remembered about the task.",
            Arguments =
            [
                new() { Name = "task", Description = "What the session is about." },
                new() { Name = "actor_id", Description = "Whose preferences to bring." },
                Namespace,
            ],
        },
        new()
        {
            Name = "remember_this",
            Title = "Remember this",
            Description = "Asks the model to store what matters of the conversation, or what you say, as facts.",
            Arguments =
            [
                new() { Name = "what", Description = "What to remember. Empty: what was learned in this conversation." },
                new() { Name = "namespace", Description = "Where to keep it. Empty: the model chooses." },
            ],
        },
        new()
        {
            Name = "review_memories",
            Title = "Review memories",
            Description = "Lists what is kept, and asks the model to find what is wrong, outdated or double.",
            Arguments = [Namespace],
        },
    ];

    /// <summary>Makes the result of <c>prompts/list</c>. A new one each time: the SDK writes into what it is handed.</summary>
    public static ListPromptsResult NewList() => new()
    {
        TimeToLive = TimeSpan.FromHours(1),
        CacheScope = CacheScope.Public,
        Prompts = Prompts,
    };

    public async ValueTask<GetPromptResult> GetAsync(RequestContext<GetPromptRequestParams> request, CancellationToken cancellationToken)
    {
        var prompt = Prompts.FirstOrDefault(item => item.Name == request.Params.Name) ?? throw new McpProtocolException(
            $"There is no such prompt. The prompts are {string.Join(", ", Prompts.Select(item => item.Name))}.", McpErrorCode.InvalidParams);
        var arguments = Arguments(prompt, request.Params.Arguments);
        try
        {
            var text = prompt.Name switch
            {
                "session_start" => await SessionStartAsync(arguments, cancellationToken),
                "remember_this" => RememberThis(arguments),
                _ => await ReviewAsync(arguments, cancellationToken),
            };
            return new()
            {
                Description = prompt.Description,
                Messages = [new() { Role = Role.User, Content = new TextContentBlock { Text = text } }],
            };
        }
        catch (MemoryException failure)
        {
            throw Errors.ForProtocol(failure, McpErrorCode.InvalidParams);
        }
    }

    private async Task<string> SessionStartAsync(Dictionary<string, string> arguments, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("We start a session.");
        if (arguments.TryGetValue("actor_id", out var actor))
        {
            var preferences = await memory.GetPreferencesAsync(actor, cancellationToken: cancellationToken);
            text.Append("\n\n").Append(ToolText.Of(preferences, actor));
        }

        if (arguments.TryGetValue("task", out var task))
        {
            var known = await memory.RecallAsync(
                new() { Query = task, Namespace = arguments.GetValueOrDefault("namespace"), TopK = MaxMemories }, cancellationToken);
            text.Append("\n\n").Append(ToolText.Of(known)).Append("\n\nThe task:\n").Append(task);
        }

        return text.Append(
            """


            Before you decide anything, search_memories for what bears on it. When you learn something that will still hold tomorrow, store_facts at once. If memory and what you see differ, trust what you see, say so, and correct the memory.
            """).ToString();
    }

    private static string RememberThis(Dictionary<string, string> arguments)
    {
        var what = arguments.TryGetValue("what", out var said)
            ? $"Remember this:\n{said}"
            : "Remember what was learned in this conversation: decisions and their reasons, conventions, fixes and their causes, wishes that last.";
        var where = arguments.TryGetValue("namespace", out var place)
            ? $"Use the namespace {place}."
            : "Choose the namespace that fits, such as codebase/conventions; memory_status lists those in use.";
        return $"""
            {what}

            First search_memories for what is known about it; forget_memories what it makes wrong. Then store_facts: one fact a string, each in a full sentence that makes sense alone, with names and dates. A lasting wish of the user goes to update_preference. Leave secrets out. {where} Then say what was stored and what was refused.
            """;
    }

    private async Task<string> ReviewAsync(Dictionary<string, string> arguments, CancellationToken cancellationToken)
    {
        var place = arguments.GetValueOrDefault("namespace");
        var page = await memory.ListAsync(new() { Namespace = place, Page = new(MaxReviewed) }, cancellationToken);
        var text = new StringBuilder("Review these memories.");
        if (page.Items.Count == 0)
        {
            return $"There are no memories {(place is null ? "yet" : $"in {place}")}: there is nothing to review.";
        }

        var envelope = new Envelope(text);
        foreach (var record in page.Items)
        {
            var origin = Envelope.Origin(record.Provenance, record.Trust, record.Suspicions);
            envelope.Add(FormattableString.Invariant($"- {record.Id}, {record.Namespace.Value}, {record.UpdatedAt.UtcDateTime:yyyy-MM-dd}{origin}"), record.Content);
        }

        envelope.Close().Append(page.NextCursor is null ? "" : $"\nThere are more; these are the first {MaxReviewed}. Name a narrower namespace for the others.");
        return text.Append(
            """


            Find what is wrong, outdated, double, suspicious or no use to anyone. Say for each why, and ask me before you delete. Then forget_memories with the ids and a reason, and store_facts what is right.
            """).ToString();
    }

    private static Dictionary<string, string> Arguments(Prompt prompt, IDictionary<string, JsonElement>? given)
    {
        Dictionary<string, string> arguments = new(StringComparer.Ordinal);
        foreach (var (name, value) in given ?? new Dictionary<string, JsonElement>())
        {
            if (prompt.Arguments!.All(argument => argument.Name != name))
            {
                throw new McpProtocolException(
                    $"The prompt takes {string.Join(", ", prompt.Arguments!.Select(argument => argument.Name))}.", McpErrorCode.InvalidParams);
            }

            if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null) || value.ToString().Length > MaxArgumentLength)
            {
                throw new McpProtocolException($"{name} is not a string of at most {MaxArgumentLength} characters.", McpErrorCode.InvalidParams);
            }

            if (value.GetString() is { Length: > 0 } text)
            {
                arguments[name] = text;
            }
        }

        return arguments;
    }
}
