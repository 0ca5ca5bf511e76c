using System.CommandLine;
using System.CommandLine.Help;
using Keepsake.Server.Cli.Administration;
using Keepsake.Server.Cli.Eval;
using Keepsake.Server.Cli.Model;
using Keepsake.Server.Cli.Operations;
using Keepsake.Server.Cli.Scan;
using Keepsake.Server.Cli.Transfer;

namespace Keepsake.Server.Cli;

/// <summary>The command line: every verb, what is wrong with a call of it, and the exit code.</summary>
internal sealed class CommandLine
{
    // A text that begins with '@' is a text, not the name of a file with more arguments.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    private readonly CliHost _host;
    private readonly CommonOptions _common = new();
    private readonly Command _root = new("keepsake", "Memory for AI agents that you own.")
    {
        new HelpOption(),
        new VersionOption(),
    };

    public CommandLine(CliHost host)
    {
        _host = host;
        _common.AddTo(_root);
        foreach (var verb in Verbs())
        {
            _root.Add(verb);
        }

        EmptyWords.RefuseIn(_root);

        foreach (var help in _root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }
    }

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code, one of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        if (Parse(args) is not { } parsed)
        {
            return ExitCode.Invalid;
        }

        if (parsed.Errors.Count > 0 || parsed.Action is null || Mistake.UnknownOption(parsed) is not null)
        {
            return Report(parsed, args);
        }

        var configuration = new InvocationConfiguration
        {
            Output = _host.Terminal.Text,
            Error = _host.Terminal.Error,
            EnableDefaultExceptionHandler = false,
            // Signals are the caller's: see Program.
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(configuration, cancellationToken);
    }

    /// <summary>Gives a verb its body, which runs with the settings and the outlet of the call.</summary>
    public void Run(Command verb, Func<CliRun, CancellationToken, Task<int>> body) =>
        verb.SetAction((parsed, cancellationToken) => GuardAsync(parsed, VerbPermissions.Checked(verb, body), cancellationToken));

    /// <summary>Gets the tree of verbs.</summary>
    internal Command Root => _root;

    private IEnumerable<Command> Verbs() =>
    [
        ServeVerb.Create(this, _host),
        McpVerb.Create(this, _host),
        RememberVerb.Create(this),
        RecallVerb.Create(this),
        EventVerbs.CreateAppend(this),
        EventVerbs.CreateList(this),
        ForgetVerb.Create(this),
        RestoreVerb.Create(this),
        ListVerb.Create(this),
        StoreVerbs.Create(this),
        KeysVerbs.Create(this),
        StatusVerb.Create(this),
        ApiKeyVerbs.Create(this),
        ReadOnlyVerbs.Create(this),
        AuditVerb.Create(this),
        BenchmarkVerb.Create(this),
        BackupVerbs.Create(this),
        QuarantineVerb.Create(this),
        RebuildVerb.Create(this),
        ModelVerbs.Create(this),
        ExportVerb.Create(this),
        ImportVerb.Create(this),
        RedactVerb.Create(this),
        ScanVerb.Create(this),
        EvalVerb.Create(this),
    ];

    private async Task<int> GuardAsync(
        ParseResult parsed, Func<CliRun, CancellationToken, Task<int>> body, CancellationToken cancellationToken)
    {
        var settings = _common.Read(parsed);
        var outlet = new Outlet(_host.Terminal, settings.Json);
        return await Guard.RunAsync(
            outlet,
            async () =>
            {
                await using var run = new CliRun(_host, settings, parsed, outlet);
                var code = await body(run, cancellationToken);
                // Also after a signal: an orderly end that was asked for says its last words.
                await _host.Terminal.Text.FlushAsync(CancellationToken.None);
                return code;
            },
            cancellationToken,
            settings.LogLevel);
    }

    private ParseResult? Parse(IReadOnlyList<string> args)
    {
        try
        {
            return _root.Parse(args, Parser);
        }
        catch (InvalidOperationException e)
        {
            // What looks at the value of an option meets here that it has none, such as --export=, before the parser says so.
            OutletOf(args).Fail(MemoryException.Invalid($"{e.Message} Try 'keepsake --help'."));
            return null;
        }
    }

    // After a mistake nothing is bound, so the wish for JSON is looked for in the words themselves.
    private Outlet OutletOf(IReadOnlyList<string> args) => new(_host.Terminal, args.Contains("--json"));

    private int Report(ParseResult parsed, IReadOnlyList<string> args)
    {
        OutletOf(args).Fail(MemoryException.Invalid(Mistake.Explain(parsed)));
        return ExitCode.Invalid;
    }
}
