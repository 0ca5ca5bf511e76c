namespace Keepsake.Server.Cli.Transfer;

/// <summary>What an export wrote.</summary>
/// <param name="File">Where to; <c>-</c> is standard output.</param>
/// <param name="Records">How many records.</param>
/// <param name="Events">How many events.</param>
/// <param name="Bytes">How many bytes.</param>
internal sealed record ExportAnswer(string File, long Records, long Events, long Bytes);

/// <summary>What an import did.</summary>
internal sealed record ImportAnswer
{
    /// <summary>Gets whether nothing was refused.</summary>
    public required bool Success { get; init; }

    /// <summary>Gets how many lines were read, those of an earlier, interrupted run included.</summary>
    public required long Lines { get; init; }

    /// <summary>Gets how many records and events of this run came to each outcome.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>Gets how many lines were refused, unreadable ones and those of an earlier, interrupted run included.</summary>
    public required long Failed { get; init; }

    /// <summary>Gets the reasons of the first refusals, each with its line.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>Gets how many secrets of each kind were replaced.</summary>
    public required IReadOnlyDictionary<string, int> Redactions { get; init; }
}
