using System.Globalization;
using Keepsake.Serialization;

namespace Keepsake.Server.Cli;

/// <summary>Waits until a store is encrypted, decrypted or has its new keys, and says so.</summary>
internal static class SealingWait
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits and prints.</summary>
    /// <param name="run">The run.</param>
    /// <param name="stores">The stores.</param>
    /// <param name="store">The store's name.</param>
    /// <param name="begun">How far it is.</param>
    /// <param name="waits">Whether to wait at all.</param>
    /// <param name="cancellationToken">Gives up waiting; the work goes on.</param>
    public static async Task<int> EndAsync(
        CliRun run, IEncryptedStores stores, string store, SealingProgress begun, bool waits, CancellationToken cancellationToken)
    {
        var progress = begun;
        if (waits)
        {
            using ProgressLine line = new(run.Terminal, run.Time, begun.State, "memories");
            while (progress.State is "encrypting" or "decrypting" or "rotating")
            {
                line.Report(progress.Done, progress.Total > 0 ? Math.Min(1, (double)progress.Done / progress.Total) : null);
                await Task.Delay(Poll, run.Time, cancellationToken);
                progress = await stores.SealingProgressAsync(store, cancellationToken);
            }
        }

        if (run.Outlet.IsJson)
        {
            run.Outlet.Json(progress, KeepsakeJson.Default.SealingProgress);
        }
        else if (run.Outlet.IsForPerson)
        {
            run.Outlet.Say($"Store [bold]{Outlet.Safe(store)}[/] is [green]{progress.State}[/]{(progress.Epoch > 0 ? $", its keys are of epoch {progress.Epoch}" : "")}.");
        }
        else
        {
            run.Outlet.Line(store, progress.State, progress.Epoch.ToString(CultureInfo.InvariantCulture));
        }

        return ExitCode.Done;
    }
}
