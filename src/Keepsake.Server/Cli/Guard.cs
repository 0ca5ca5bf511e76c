namespace Keepsake.Server.Cli;

/// <summary>Turns what went wrong in a verb into one line and an exit code: the one place where the command line maps failures.</summary>
internal static class Guard
{
    /// <summary>Runs the body of a verb.</summary>
    /// <param name="outlet">Where a failure is told.</param>
    /// <param name="body">The body, which returns an exit code.</param>
    /// <param name="interrupted">What a signal cancels.</param>
    public static async Task<int> RunAsync(Outlet outlet, Func<Task<int>> body, CancellationToken interrupted)
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
            outlet.Fail(new WriteError("internal_error", $"This is a mistake in Keepsake; please report it. {e}"));
            return ExitCode.Failed;
        }
    }
}
