using Keepsake.Server.Mcp.Tools;
using ModelContextProtocol;

namespace Keepsake.Server.Mcp;

/// <summary>Says a failure of the memory in the protocol's words, where there is no tool result to carry it.</summary>
internal static class Errors
{
    /// <summary>Makes the protocol's error of a memory's.</summary>
    /// <param name="failure">What the memory said.</param>
    /// <param name="notFound">The protocol's code for what is not there.</param>
    public static McpProtocolException ForProtocol(MemoryException failure, McpErrorCode notFound) =>
        new($"{failure.Code.WireName}: {ToolNames.In(failure.Message)}", failure, failure.Code switch
        {
            MemoryErrorCode.NotFound => notFound,
            MemoryErrorCode.InvalidRequest or MemoryErrorCode.TooLarge => McpErrorCode.InvalidParams,
            _ => McpErrorCode.InternalError,
        });
}
