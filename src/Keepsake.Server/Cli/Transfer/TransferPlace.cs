using System.Text.Json;
using Keepsake.Protection;

namespace Keepsake.Server.Cli.Transfer;

/// <summary>How far a transfer got, kept beside its file so that the same command goes on from there.</summary>
internal sealed record TransferPlace
{
    /// <summary>How old a place may be. What was listed longer ago may have changed too much to be one export.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(1);

    /// <summary>Gets the id of the store that is read or written.</summary>
    public required string Store { get; init; }

    /// <summary>Gets what else must be the same to go on: an export's scope, an import's file size and time.</summary>
    public required string Of { get; init; }

    /// <summary>Gets when the place was noted, in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the bytes of the file that are done.</summary>
    public long Bytes { get; init; }

    /// <summary>Gets the lines of the file that are done.</summary>
    public long Lines { get; init; }

    /// <summary>Gets the records among them, for an export.</summary>
    public long Records { get; init; }

    /// <summary>Gets the lines among them that were refused, for an import.</summary>
    public long Failed { get; init; }

    /// <summary>Gets where the store's list goes on, for an export.</summary>
    public string? Cursor { get; init; }

    /// <summary>Reads the place of an interrupted run.</summary>
    /// <param name="path">Where it is kept.</param>
    /// <param name="start">The place from which a new run would start.</param>
    /// <returns>The place, or <paramref name="start"/> when there is none, or it is of something else, or too old.</returns>
    public static TransferPlace Load(string path, TransferPlace start)
    {
        try
        {
            var place = JsonSerializer.Deserialize(PlainFile.ReadAllBytes(path), CliJson.Default.TransferPlace);
            return place is not null && place.Store == start.Store && place.Of == start.Of && start.At - place.At < MaxAge ? place : start;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return start;
        }
    }

    /// <summary>Keeps the place. Where it cannot be written, the next run starts anew, which costs time and nothing else.</summary>
    public void Save(string path)
    {
        try
        {
            var temporary = path + ".new";
            if (FileFacts.IsPipeOrDevice(temporary))
            {
                return;
            }

            File.WriteAllText(temporary, CliJson.Line(this, CliJson.Default.TransferPlace));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Removes a place that is done with.</summary>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
