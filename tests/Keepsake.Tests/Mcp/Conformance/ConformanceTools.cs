#pragma warning disable MCP9005 // Logging and sampling are deprecated, and the suites for older revisions ask for them.
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using static Keepsake.Tests.Mcp.Conformance.ConformanceJson;

namespace Keepsake.Tests.Mcp.Conformance;

/// <summary>The tools that the conformance suites call by name.</summary>
internal static class ConformanceTools
{
    private const string NoArguments = """{"type": "object", "properties": {}}""";

    private const string Schema2020 =
        """
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
         "$defs": {"address": {"$anchor": "addressDef", "type": "object", "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
         "properties": {"name": {"type": "string"}, "address": {"$ref": "#/$defs/address"},
           "contactMethod": {"type": "string", "enum": ["phone", "email"]}, "phone": {"type": "string"}, "email": {"type": "string"}},
         "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
         "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
         "then": {"required": ["phone"]}, "else": {"required": ["email"]}, "additionalProperties": false}
        """;

    private static readonly Dictionary<string, string> Fixed = new()
    {
        ["test_simple_text"] = """{"content": [{"type": "text", "text": "This is a simple text response for testing."}]}""",
        ["test_image_content"] = $$"""{"content": [{"type": "image", "data": "{{Png}}", "mimeType": "image/png"}]}""",
        ["test_audio_content"] = $$"""{"content": [{"type": "audio", "data": "{{Wav}}", "mimeType": "audio/wav"}]}""",
        ["test_embedded_resource"] =
            """
            {"content": [{"type": "resource", "resource": {"uri": "test://embedded-resource", "mimeType": "text/plain",
             "text": "This is an embedded resource content."}}]}
            """,
        ["test_multiple_content_types"] =
            $$"""
            {"content": [{"type": "text", "text": "Multiple content types test:"}, {"type": "image", "data": "{{Png}}", "mimeType": "image/png"},
             {"type": "resource", "resource": {"uri": "test://mixed-content-resource", "mimeType": "application/json", "text": "{\"test\": \"data\", \"value\": 123}"} }]}
            """,
        ["test_error_handling"] =
            """{"isError": true, "content": [{"type": "text", "text": "This tool intentionally returns an error for testing"}]}""",
        ["test_streaming_elicitation"] = """{"content": [{"type": "text", "text": "Nothing but this result."}]}""",
        ["json_schema_2020_12_tool"] = """{"content": [{"type": "text", "text": "Taken."}]}""",
    };

    private static readonly Dictionary<string, string> Forms = new()
    {
        ["test_elicitation"] =
            """
            {"mode": "form", "message": "", "requestedSchema": {"type": "object", "properties": {
              "username": {"type": "string", "description": "User's response"}, "email": {"type": "string", "description": "User's email address"}},
             "required": ["username", "email"]}}
            """,
        ["test_elicitation_sep1034_defaults"] =
            """
            {"mode": "form", "message": "Please review", "requestedSchema": {"type": "object", "properties": {
              "name": {"type": "string", "default": "John Doe"}, "age": {"type": "integer", "default": 30}, "score": {"type": "number", "default": 95.5},
              "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"}, "verified": {"type": "boolean", "default": true}}}}
            """,
        ["test_elicitation_sep1330_enums"] =
            """
            {"mode": "form", "message": "Please choose", "requestedSchema": {"type": "object", "properties": {
              "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
              "titledSingle": {"type": "string", "oneOf": [{"const": "value1", "title": "First Option"}, {"const": "value2", "title": "Second Option"}, {"const": "value3", "title": "Third Option"}]},
              "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"]},
              "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
              "titledMulti": {"type": "array", "items": {"anyOf": [{"const": "value1", "title": "First Choice"}, {"const": "value2", "title": "Second Choice"}, {"const": "value3", "title": "Third Choice"}]}}}}}
            """,
    };

    private static readonly Dictionary<string, string> Schemas = new()
    {
        ["test_sampling"] = """{"type": "object", "properties": {"prompt": {"type": "string"}}, "required": ["prompt"]}""",
        ["test_elicitation"] = """{"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}""",
        ["json_schema_2020_12_tool"] = Schema2020,
    };

    private static readonly string[] Others =
    [
        "test_tool_with_logging", "test_tool_with_progress", "test_sampling", "test_reconnection", "test_missing_capability", "test_logging_tool",
        "test_input_required_result_elicitation", "test_input_required_result_sampling", "test_input_required_result_list_roots",
        "test_input_required_result_request_state", "test_input_required_result_tampered_state", "test_input_required_result_multiple_inputs",
        "test_input_required_result_multi_round", "test_input_required_result_capabilities",
    ];

    public static ListToolsResult NewList() => new()
    {
        TimeToLive = TimeSpan.FromMinutes(1),
        CacheScope = CacheScope.Public,
        Tools = [.. Fixed.Keys.Concat(Forms.Keys).Concat(Others).Select(name => new Tool
        {
            Name = name,
            Description = $"The suites call {name}.",
            InputSchema = JsonElement.Parse(Schemas.GetValueOrDefault(name, NoArguments)),
        })],
    };

    public static async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var name = request.Params.Name;
        if (Fixed.TryGetValue(name, out var answer))
        {
            return Read<CallToolResult>(answer);
        }

        if (Forms.TryGetValue(name, out var form))
        {
            return await ElicitAsync(request, form, cancellationToken);
        }

        return name switch
        {
            "test_tool_with_logging" => await LogAsync(request, cancellationToken),
            "test_tool_with_progress" => await ProgressAsync(request, cancellationToken),
            "test_sampling" => await SampleAsync(request, cancellationToken),
            "test_reconnection" => await ReconnectAsync(request, cancellationToken),
            "test_missing_capability" => NeedSampling(request),
            "test_logging_tool" => await LogAsync(request, cancellationToken),
            _ => ConformanceInputs.Call(name, request.Params, request.JsonRpcRequest.Context?.ClientCapabilities),
        };
    }

    private static async Task<CallToolResult> LogAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        using var loggers = request.Server.AsClientLoggerProvider();
        var logger = loggers.CreateLogger("conformance");
        foreach (var text in (string[])["Tool execution started", "Tool processing data", "Tool execution completed"])
        {
#pragma warning disable CA1848, CA2254 // Three lines that a suite waits for.
            logger.LogInformation(text);
#pragma warning restore CA1848, CA2254
            await Task.Delay(50, cancellationToken);
        }

        return Text("Logged.");
    }

    private static async Task<CallToolResult> ProgressAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        foreach (var done in (int[])[0, 50, 100])
        {
            if (request.Params.ProgressToken is { } token)
            {
                await request.Server.NotifyProgressAsync(token, new() { Progress = done, Total = 100 }, cancellationToken: cancellationToken);
            }

            await Task.Delay(50, cancellationToken);
        }

        return Text("Progressed.");
    }

    private static async Task<CallToolResult> SampleAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var question = new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = request.Params.Arguments!["prompt"].GetString()! }] };
        var answer = await request.Server.SampleAsync(new CreateMessageRequestParams { Messages = [question], MaxTokens = 100 }, cancellationToken);
        return Text($"LLM response: {answer.Content.OfType<TextContentBlock>().First().Text}");
    }

    private static async Task<CallToolResult> ElicitAsync(
        RequestContext<CallToolRequestParams> request, string form, CancellationToken cancellationToken)
    {
        var asked = Read<ElicitRequestParams>(form);
        if (request.Params.Arguments?.TryGetValue("message", out var message) is true)
        {
            asked.Message = message.GetString()!;
        }

        var answer = await request.Server.ElicitAsync(asked, cancellationToken);
        return Text($"Elicitation completed: action={answer.Action}, content={JsonSerializer.Serialize(answer.Content)}");
    }

    private static async Task<CallToolResult> ReconnectAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        await request.EnablePollingAsync(TimeSpan.FromMilliseconds(500), cancellationToken);
        await Task.Delay(100, cancellationToken);
        return Text("Still here.");
    }

    private static CallToolResult NeedSampling(RequestContext<CallToolRequestParams> request) =>
        request.Server.ClientCapabilities?.Sampling is not null
            ? Text("Declared.")
            : throw new MissingRequiredClientCapabilityException(new() { Sampling = new() });
}
