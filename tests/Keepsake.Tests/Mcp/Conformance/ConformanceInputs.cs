using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using static Keepsake.Tests.Mcp.Conformance.ConformanceJson;

namespace Keepsake.Tests.Mcp.Conformance;

/// <summary>The tools that need an answer of the client before they give theirs, in the protocol without sessions.</summary>
internal static class ConformanceInputs
{
    private const string SignedState = "state-1.0f5e8a";

    private static readonly (string Key, string Json) Question = ("capital_question",
        """
        {"method": "sampling/createMessage", "params": {"maxTokens": 100,
         "messages": [{"role": "user", "content": {"type": "text", "text": "What is the capital of France?"}}]}}
        """);

    private static readonly (string Key, string Json) Roots = ("client_roots", """{"method": "roots/list", "params": {}}""");

    public static (string Key, string Json) Name { get; } = Form("user_name", "What is your name?", "name", "string");

    public static CallToolResult Call(string tool, CallToolRequestParams call, ClientCapabilities? client) => tool switch
    {
        "test_input_required_result_elicitation" => IsFilled(call, Name.Key) ? Text("Hello!") : throw Ask(null, Name),
        "test_input_required_result_sampling" => Has(call, Question.Key) ? Text("The model said so.") : throw Ask(null, Question),
        "test_input_required_result_list_roots" => Has(call, Roots.Key) ? Text("The roots are known.") : throw Ask(null, Roots),
        "test_input_required_result_request_state" => Confirm(call, "state-0", "state-ok"),
        "test_input_required_result_tampered_state" => Confirm(call, SignedState, "The state is as it was."),
        "test_input_required_result_multiple_inputs" =>
            IsFilled(call, Name.Key) && Has(call, Question.Key) && Has(call, Roots.Key) ? Text("All three came.") : throw Ask("three", Name, Question, Roots),
        "test_input_required_result_multi_round" => Rounds(call),
        "test_input_required_result_capabilities" => Capable(call, client),
        _ => throw new McpProtocolException("No such tool.", McpErrorCode.InvalidParams),
    };

    private static CallToolResult Confirm(CallToolRequestParams call, string state, string done)
    {
        if (call.RequestState is null)
        {
            throw Ask(state, Form("confirm", "Please confirm", "ok", "boolean"));
        }

        return call.RequestState == state ? Text(done) : throw new McpProtocolException("The state was changed.", McpErrorCode.InvalidParams);
    }

    private static CallToolResult Rounds(CallToolRequestParams call) => call.RequestState switch
    {
        "round-1" => throw Ask("round-2", Form("step2", "Step 2: What is your favorite color?", "color", "string")),
        "round-2" => Text("Both steps are done."),
        _ => throw Ask("round-1", Form("step1", "Step 1: What is your name?", "name", "string")),
    };

    private static CallToolResult Capable(CallToolRequestParams call, ClientCapabilities? client)
    {
        List<(string, string)> asked = [];
#pragma warning disable MCP9005 // The suite asks for it.
        if (client?.Sampling is not null)
#pragma warning restore MCP9005
        {
            asked.Add(Question);
        }

        if (client?.Elicitation is not null)
        {
            asked.Add(Name);
        }

        return call.InputResponses is { Count: > 0 } || asked.Count == 0 ? Text("Nothing more is needed.") : throw Ask(null, [.. asked]);
    }

    private static bool Has(CallToolRequestParams call, string key) => call.InputResponses?.ContainsKey(key) is true;
}
