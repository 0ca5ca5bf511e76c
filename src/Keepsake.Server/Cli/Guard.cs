namespace Keepsake.Server.Cli;

/// <summary>Turns what went wrong in a verb into one line and an exit code: the one place where the command line maps failures.</summary>
internal static class Guard
{
    /// <summary>Runs the body of a verb.</summary>
    /// <param name="outlet">Where a failure is told.</param>
    /// <param name="body">The body, which returns an exit code.</param>
    /// <param name="interrupted">What a signal cancels.</param>
    /// <param name="logLevel">The least that is logged; from <see cref="LogLevel.Debug"/> on a mistake of ours says where it is.</param>
    public static async Task<int> RunAsync(Outlet outlet, Func<Task<int>> body, CancellationToken interrupted, LogLevel? logLevel = null)
    {
        try
        {
            return await body();
        }
        catch (MemoryException e)
        {
            outlet.Fail(e);
            return ExitCode.Of(e.Code);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (IOException e) when (FileFault.IsBrokenPipe(e))
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var fault = FileFault.Explain(e);
            outlet.Fail(fault);
            return ExitCode.Of(fault.Code);
        }
#pragma warning disable CA1031 // The edge of the program: what nobody foresaw is a mistake of ours, and is told as one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Not its message: it may quote what was to be stored.
            outlet.Fail(new WriteError("internal_error", $"This is a mistake in Keepsake ({e.GetType().Name}); please report it, with what --log-level debug adds."));
            if (logLevel <= LogLevel.Debug)
            {
                outlet.Note(e.StackTrace ?? "");
            }

            return ExitCode.Failed;
        }
    }
}
