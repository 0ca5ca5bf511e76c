using System.Globalization;

namespace Keepsake.Server.Cli;

/// <summary>The outcome of a write in words.</summary>
internal static class OutcomeText
{
    /// <summary>The outcome's name on the wire.</summary>
    public static string Word(WriteResult outcome) => outcome switch
    {
        WriteResult.Created => "created",
        WriteResult.Merged => "merged",
        WriteResult.Replaced => "replaced",
        WriteResult.Unchanged => "unchanged",
        WriteResult.Queued => "queued",
        _ => "refused",
    };

    /// <summary>Counts by kind for a program: <c>aws_key=1,jwt=2</c>.</summary>
    public static string Counts(IReadOnlyDictionary<string, int> redactions) =>
        string.Join(',', redactions.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key}={r.Value}")));

    /// <summary>Kinds of suspicious text as one more field for a program: <c>secrecy,tool-order</c>; no field when there are none.</summary>
    public static IEnumerable<string> Kinds(IReadOnlyList<string>? suspicions) => suspicions is null ? [] : [string.Join(',', suspicions)];

    /// <summary>A sentence for a person, in markup, with a space before it; empty when nothing is suspicious.</summary>
    public static string Suspicious(IReadOnlyList<string>? suspicions) =>
        suspicions is null ? "" : $" [yellow]Suspicious: {Outlet.Safe(string.Join(", ", suspicions))}.[/]";

    /// <summary>A sentence for a person, in markup, with a space before it; empty when nothing was redacted.</summary>
    public static string Redacted(IReadOnlyDictionary<string, int> redactions) => redactions.Count == 0
        ? ""
        : $" [yellow]Redacted: {Outlet.Safe(string.Join(", ", redactions.Select(r => $"{r.Value:N0} × {r.Key}")))}.[/]";
}
