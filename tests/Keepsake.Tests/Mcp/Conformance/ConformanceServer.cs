#pragma warning disable MCP9005 // Logging is deprecated, and the suites for older revisions ask for it.
using System.Text;
using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using static Keepsake.Tests.Mcp.Conformance.ConformanceJson;

namespace Keepsake.Tests.Mcp.Conformance;

/// <summary>A server with what the official conformance suites ask for, behind our own transport, middleware and limits.</summary>
internal static class ConformanceServer
{
    public const string Path = "/conformance";

    /// <summary>Starts it on a free port.</summary>
    public static Task<MemoryHttpServer> StartAsync(CancellationToken cancellationToken) => MemoryHttpServer.StartAsync(
        new NoStores(),
        ListenAddresses.Parse("http://127.0.0.1:0"),
        app => app.MapMcp(Path, _ => Options()),
        cancellationToken: cancellationToken);

    private static McpServerOptions Options() => new()
    {
        ServerInfo = new() { Name = "conformance", Version = "1.0.0" },
        ScopeRequests = false,
        Capabilities = new()
        {
            Tools = new(),
            Resources = new() { Subscribe = true },
            Prompts = new(),
            Completions = new(),
            Logging = new(),
        },
        Handlers = new()
        {
            ListToolsHandler = static (_, _) => ValueTask.FromResult(ConformanceTools.NewList()),
            CallToolHandler = ConformanceTools.CallAsync,
            ListResourcesHandler = static (_, _) => ValueTask.FromResult(Resources()),
            ListResourceTemplatesHandler = static (_, _) => ValueTask.FromResult(Templates()),
            ReadResourceHandler = static (request, _) => ValueTask.FromResult(ReadResource(request.Params.Uri)),
            SubscribeToResourcesHandler = static (_, _) => ValueTask.FromResult(new EmptyResult()),
            UnsubscribeFromResourcesHandler = static (_, _) => ValueTask.FromResult(new EmptyResult()),
            ListPromptsHandler = static (_, _) => ValueTask.FromResult(Prompts()),
            GetPromptHandler = static (request, _) => ValueTask.FromResult(GetPrompt(request.Params)),
            CompleteHandler = static (_, _) => ValueTask.FromResult(new CompleteResult { Completion = new() { Values = ["paris", "park", "party"], Total = 3 } }),
            SetLoggingLevelHandler = static (_, _) => ValueTask.FromResult(new EmptyResult()),
        },
    };

    private static ListResourcesResult Resources() => Cached(Read<ListResourcesResult>(
        """
        {"resources": [
          {"uri": "test://static-text", "name": "text", "mimeType": "text/plain"}, {"uri": "test://static-binary", "name": "binary", "mimeType": "image/png"},
          {"uri": "test://watched-resource", "name": "watched", "mimeType": "text/plain"}]}
        """));

    private static ListResourceTemplatesResult Templates() => Cached(Read<ListResourceTemplatesResult>(
        """{"resourceTemplates": [{"uriTemplate": "test://template/{id}/data", "name": "template", "mimeType": "application/json"}]}"""));

    private static ListPromptsResult Prompts() => Cached(Read<ListPromptsResult>(
        """
        {"prompts": [{"name": "test_simple_prompt", "description": "Simple"}, {"name": "test_prompt_with_image", "description": "With an image"},
          {"name": "test_prompt_with_arguments", "description": "With arguments", "arguments": [{"name": "arg1", "required": true}, {"name": "arg2", "required": true}]},
          {"name": "test_prompt_with_embedded_resource", "description": "With a resource", "arguments": [{"name": "resourceUri", "required": true}]},
          {"name": "test_input_required_result_prompt", "description": "Asks first"}]}
        """));

    private static ReadResourceResult ReadResource(string uri)
    {
        ResourceContents contents = uri switch
        {
            "test://static-text" or "test://watched-resource" => new TextResourceContents
            {
                Uri = uri,
                MimeType = "text/plain",
                Text = "This is the content of the static text resource.",
            },
            "test://static-binary" => new BlobResourceContents { Uri = uri, MimeType = "image/png", Blob = Encoding.ASCII.GetBytes(Png) },
            _ when uri.Split('/') is ["test:", "", "template", var id, "data"] => new TextResourceContents
            {
                Uri = uri,
                MimeType = "application/json",
                Text = $$"""{"id": "{{id}}", "templateTest": true, "data": "Data for ID: {{id}}"}""",
            },
            _ => throw new McpProtocolException($"There is no {uri}.", McpErrorCode.ResourceNotFound) { Data = { ["uri"] = uri } },
        };
        return Cached(new ReadResourceResult { Contents = [contents] });
    }

    private static GetPromptResult GetPrompt(GetPromptRequestParams call) => call.Name switch
    {
        "test_simple_prompt" => Messages("""{"type": "text", "text": "This is a simple prompt for testing."}"""),
        "test_prompt_with_arguments" => Messages(
            $$"""{"type": "text", "text": "Prompt with arguments: arg1='{{call.Arguments!["arg1"]}}', arg2='{{call.Arguments["arg2"]}}'"}"""),
        "test_prompt_with_image" => Messages(
            $$"""{"type": "image", "data": "{{Png}}", "mimeType": "image/png"}""", """{"type": "text", "text": "Please analyze the image above."}"""),
        "test_prompt_with_embedded_resource" => Messages(
            $$"""{"type": "resource", "resource": {"uri": "{{call.Arguments!["resourceUri"]}}", "mimeType": "text/plain", "text": "Embedded resource content for testing."} }""",
            """{"type": "text", "text": "Please process the embedded resource above."}"""),
        "test_input_required_result_prompt" => IsFilled(call, "user_context")
            ? Messages("""{"type": "text", "text": "With context."}""")
            : throw Ask(null, Form("user_context", "What context should the prompt use?", "context", "string")),
        _ => throw new McpProtocolException("There is no such prompt.", McpErrorCode.InvalidParams),
    };

    private static GetPromptResult Messages(params string[] contents) =>
        new() { Messages = [.. contents.Select(json => new PromptMessage { Role = Role.User, Content = Read<ContentBlock>(json) })] };

    private static T Cached<T>(T result)
        where T : ICacheableResult
    {
        result.TimeToLive = TimeSpan.FromMinutes(1);
        result.CacheScope = CacheScope.Private;
        return result;
    }

    /// <summary>The suites ask for no memory.</summary>
    private sealed class NoStores : IMemoryStores
    {
        public IMemory this[string name] => throw new NotSupportedException();

        public IMemoryStores As(Keepsake.Access.Caller caller) => this;

        public Task<IReadOnlyList<StoreInfo>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<StoreInfo> CreateAsync(string name, string? token, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task DeleteAsync(string name, string? token, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
