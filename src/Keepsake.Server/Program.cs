using System.Runtime.InteropServices;
using Keepsake.Server;
using Keepsake.Server.Cli;

PrivateFiles.Only();
using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);

await using var terminal = Terminal.OfProcess();
var host = Keepsake.Server.Doors.Open(terminal);

// An agent waits for this one, so it does not wait for the command tree to be built.
return McpArguments.TryRead(args) is { } settings
    ? await Guard.RunAsync(new Outlet(terminal, json: false), () => host.McpAsync(settings, interrupted.Token), interrupted.Token, settings.LogLevel)
    : await new CommandLine(host).RunAsync(args, interrupted.Token);

// The first signal asks for an orderly end; the second gets the usual one.
void Interrupt(PosixSignalContext signal)
{
    if (!interrupted.IsCancellationRequested)
    {
        signal.Cancel = true;
        interrupted.Cancel();
    }
}
