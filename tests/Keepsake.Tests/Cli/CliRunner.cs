using System.Text;
using Keepsake.Server.Cli;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Cli;

/// <summary>Runs command lines in this process, on a scripted store and a terminal of bytes.</summary>
internal sealed class CliRunner
{
    public CliRunner() => Stores = new(Memory);

    public ScriptedMemory Memory { get; } = new();

    public ScriptedStores Stores { get; }

    /// <summary>Gets what the doors were opened with.</summary>
    public List<object> Opened { get; } = [];

    /// <summary>Gets or sets what opens the stores; <see langword="null"/>: the scripted ones.</summary>
    public Func<CommonSettings, IMemoryStores>? OpenStores { get; set; }

    public bool IsOutPerson { get; set; }

    public bool IsErrorPerson { get; set; }

    public bool IsInPerson { get; set; }

    public byte[] In { get; set; } = [];

    public Task<CliResult> RunAsync(params string[] args) => RunUntilAsync(TestContext.Current.CancellationToken, args);

    /// <summary>Runs a command line that a signal may interrupt.</summary>
    public async Task<CliResult> RunUntilAsync(CancellationToken interrupted, params string[] args)
    {
        using var input = new MemoryStream(In);
        using var output = new MemoryStream();
        var error = new StringWriter();
        await using var terminal = new Terminal(input, output, error)
        {
            IsOutPerson = IsOutPerson,
            IsErrorPerson = IsErrorPerson,
            IsInPerson = IsInPerson,
            Width = 120,
        };
        var host = new CliHost
        {
            Terminal = terminal,
            OpenStoresAsync = (settings, _) => Open(settings, OpenStores?.Invoke(settings) ?? Stores),
            ServeAsync = (settings, _) => Open(settings, 0),
            McpAsync = (settings, _) => Open(settings, 0),
        };
        var code = await new CommandLine(host).RunAsync(args, interrupted);
        return new(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private Task<T> Open<T>(object settings, T answer)
    {
        Opened.Add(settings);
        return Task.FromResult(answer);
    }
}

/// <summary>What a command line did.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Out">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record CliResult(int Code, string Out, string Error);
