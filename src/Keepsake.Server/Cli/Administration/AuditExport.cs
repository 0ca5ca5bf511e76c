using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Keepsake.Access;
using Keepsake.Protection.Audit;
using Keepsake.Serialization;

namespace Keepsake.Server.Cli.Administration;

/// <summary>Writes the audit log out, oldest entry first, as lines of JSON: to a file, to standard output, or to the system's log.</summary>
/// <remarks>What is out of the data folder's reach is what shows later that the end of the log was cut off.</remarks>
internal static class AuditExport
{
    private const string Syslog = "syslog";
    private const string SystemSocket = "/dev/log";

    // Facility 13, log audit, and severity 6, informational (RFC 5424, 6.2.1).
    private const string Priority = "<110>1";

    /// <summary>How long one entry waits for whoever reads the socket.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    /// <summary>Writes.</summary>
    /// <param name="run">The call.</param>
    /// <param name="stores">Whose log it is.</param>
    /// <param name="query">Which entries.</param>
    /// <param name="most">The most entries, the newest of them.</param>
    /// <param name="target">A file that is not there yet, <c>-</c>, <c>syslog</c> or <c>syslog:</c> with the path of a socket.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        CliRun run, IAdministration stores, AuditQuery query, int most, string target, CancellationToken cancellationToken)
    {
        // Pages come newest first; the log is bounded, and so is this.
        List<AuditEntry> entries = [];
        var cursor = query.Page.Cursor;
        do
        {
            var page = await stores.AuditAsync(query with { Page = new(Math.Min(PageRequest.MaxLimit, most - entries.Count), cursor) }, cancellationToken);
            entries.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null && entries.Count < most);
        entries.Reverse();

        if (target == Syslog || target.StartsWith(Syslog + ":", StringComparison.Ordinal))
        {
            await SendAsync(entries, target == Syslog ? SystemSocket : target[(Syslog.Length + 1)..], cancellationToken);
        }
        else if (target == "-")
        {
            foreach (var entry in entries)
            {
                await run.Terminal.Text.WriteLineAsync(Line(entry));
            }
        }
        else
        {
            await using var file = Create(target);
            await using var writer = new StreamWriter(file, KeepsakeJson.Utf8);
            foreach (var entry in entries)
            {
                await writer.WriteLineAsync(Line(entry));
            }
        }

        run.Outlet.Note(string.Create(CultureInfo.InvariantCulture, $"{entries.Count} {(entries.Count == 1 ? "entry was" : "entries were")} exported"));
        return ExitCode.Done;
    }

    private static FileStream Create(string path)
    {
        InputFile.CheckFolderOf(path);
        try
        {
            return PrivateFile.Open(path, FileMode.CreateNew);
        }
        catch (IOException e) when (Path.Exists(path))
        {
            throw new MemoryException(MemoryErrorCode.Conflict, $"'{path}' is there already, and an export of the log replaces nothing. Name another file.", e);
        }
    }

    private static string Line(AuditEntry entry) => CliJson.Line(entry, KeepsakeJson.Default.AuditEntry);

    private static async Task SendAsync(List<AuditEntry> entries, string socketPath, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            foreach (var entry in entries)
            {
                var time = entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffK", CultureInfo.InvariantCulture);
                ending.CancelAfter(MaxWait);
                await socket.SendAsync(Encoding.UTF8.GetBytes($"{Priority} {time} - keepsake - audit - {Line(entry)}"), ending.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MemoryException(
                MemoryErrorCode.Unavailable, "Nobody reads the socket of the system's log. Look after what reads it, or export to a file instead.", e);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new MemoryException(MemoryErrorCode.Unavailable, "The system's log does not answer. Export to a file instead, or name its socket: --export syslog:PATH", e);
        }
    }
}
