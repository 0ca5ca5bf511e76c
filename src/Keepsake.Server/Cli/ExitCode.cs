namespace Keepsake.Server.Cli;

/// <summary>What a run of the command line says to the shell. Documented in docs/reference/cli.md.</summary>
internal static class ExitCode
{
    /// <summary>Done, an empty answer included.</summary>
    public const int Done = 0;

    /// <summary>Failed.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage or invalid input.</summary>
    public const int Invalid = 2;

    /// <summary>There is no such record, event or store.</summary>
    public const int NotFound = 3;

    /// <summary>Some of it was refused; the rest is done.</summary>
    public const int PartlyRefused = 4;

    /// <summary>Not available to you now: trying again later, or as somebody else, may work.</summary>
    public const int Unavailable = 5;

    /// <summary>Interrupted: by a signal, or because the reader of a pipe went away. 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>The exit code of a failure.</summary>
    public static int Of(MemoryErrorCode code) => code switch
    {
        MemoryErrorCode.InvalidRequest or MemoryErrorCode.TooLarge or MemoryErrorCode.NotSupported => Invalid,
        MemoryErrorCode.NotFound => NotFound,
        MemoryErrorCode.Unauthenticated or MemoryErrorCode.Forbidden or MemoryErrorCode.RateLimited
            or MemoryErrorCode.Unavailable or MemoryErrorCode.ReadOnly or MemoryErrorCode.StorageFull => Unavailable,
        _ => Failed,
    };

    /// <summary>The exit code of a refusal that arrived as a wire name.</summary>
    public static int Of(WriteError error) => MemoryErrorCodes.FromWireName(error.Code) is { } code ? Of(code) : Failed;
}
