using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Keepsake.Server.Mcp.Transport;
using Keepsake.Tests.Support;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Keepsake.Tests.Mcp;

/// <summary>The stdio door over two pipes in memory, on real stores of its own or on any memory.</summary>
internal sealed class McpPipes : IAsyncDisposable
{
    private readonly Pipe _input = new();
    private readonly Pipe _output = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly StreamReader _lines;
    private TemporaryStores? _stores;

    private McpPipes() => _lines = new(_output.Reader.AsStream(), Encoding.UTF8);

    public IMemory Memory { get; private set; } = null!;

    /// <summary>Gets what an operator does to the stores of its own.</summary>
    public IMemoryOperations Operations => (IMemoryOperations)_stores!.Stores;

    /// <summary>Gets the door's task, which ends when it has stopped serving.</summary>
    public Task Serving { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens the door.</summary>
    /// <param name="memory">The memory; <see langword="null"/>: a store of its own.</param>
    /// <param name="time">The door's clock; <see langword="null"/>: one that stands still, so that a machine that is slow answers all the same.</param>
    public static async Task<McpPipes> OpenAsync(IMemory? memory = null, TimeProvider? time = null)
    {
        var pipes = new McpPipes();
        if (memory is null)
        {
            pipes._stores = new();
            await pipes._stores.OpenAsync();
            memory = pipes._stores.Stores["default"];
        }

        pipes.Memory = memory;
        pipes.Serving = StdioDoor.RunStdioAsync(
            memory, pipes._input.Reader.AsStream(), pipes._output.Writer.AsStream(), time: time ?? new ManualTime(), cancellationToken: pipes._stopping.Token);
        return pipes;
    }

    /// <summary>Connects the SDK's own client.</summary>
    public Task<McpClient> ConnectAsync(McpClientOptions? options = null) => McpClient.CreateAsync(
        new StreamClientTransport(_input.Writer.AsStream(), _output.Reader.AsStream()), options, cancellationToken: Cancellation);

    public Task WriteAsync(byte[] bytes) => _input.Writer.WriteAsync(bytes, Cancellation).AsTask();

    public Task WriteLineAsync(string line) => WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    public Task CloseInputAsync() => _input.Writer.CompleteAsync().AsTask();

    public async Task<JsonNode> ReadAsync() =>
        JsonNode.Parse(await _lines.ReadLineAsync(Cancellation) ?? throw new EndOfStreamException("The door closed its output."))!;

    /// <summary>Sends one line and gives the line that answers.</summary>
    public async Task<JsonNode> AskAsync(string line)
    {
        await WriteLineAsync(line);
        return await ReadAsync();
    }

    public async Task InitializeAsync(string version = "2025-11-25")
    {
        var answer = await AskAsync(
            $$$"""{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"{{{version}}}","capabilities":{},"clientInfo":{"name":"t","version":"1"} } }""");
        Assert.Equal(version, (string?)answer["result"]!["protocolVersion"]);
        await WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Serving;
        _lines.Dispose();
        _stopping.Dispose();
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }
    }
}
