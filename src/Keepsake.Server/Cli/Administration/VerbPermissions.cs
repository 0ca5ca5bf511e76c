using System.CommandLine;
using Keepsake.Access;

namespace Keepsake.Server.Cli.Administration;

/// <summary>The one table of what each verb asks of the stores. A verb that is not in it does not run.</summary>
/// <remarks>Who runs the program owns the data folder, so nobody is refused here: the stores check each call, as for every other door.</remarks>
internal static class VerbPermissions
{
    private static readonly Dictionary<string, MemoryOperation[]> All = new(StringComparer.Ordinal)
    {
        ["serve"] = [],
        ["mcp"] = [],
        ["remember"] = [MemoryOperation.Remember],
        ["recall"] = [MemoryOperation.Recall],
        ["event"] = [MemoryOperation.AppendEvent],
        ["events"] = [MemoryOperation.ListEvents],
        ["forget"] = [MemoryOperation.Forget, MemoryOperation.ForgetSession, MemoryOperation.ForgetSource, MemoryOperation.ManageEncryption],
        ["restore"] = [MemoryOperation.Restore],
        ["list"] = [MemoryOperation.List],
        ["store create"] = [MemoryOperation.CreateStore],
        ["store list"] = [MemoryOperation.ListStores],
        ["store delete"] = [MemoryOperation.DeleteStore],
        ["store encrypt"] = [MemoryOperation.ManageEncryption, MemoryOperation.InspectEncryption],
        ["store decrypt"] = [MemoryOperation.ManageEncryption, MemoryOperation.InspectEncryption],
        ["keys list"] = [MemoryOperation.InspectEncryption],
        ["keys rotate"] = [MemoryOperation.ManageEncryption, MemoryOperation.InspectEncryption],
        ["keys export"] = [MemoryOperation.ManageEncryption],
        ["keys import"] = [MemoryOperation.ManageEncryption],
        ["status"] = [MemoryOperation.Status],
        ["model add"] = [],
        ["model use"] = [MemoryOperation.UseModel, MemoryOperation.InspectModel],
        ["model list"] = [],
        ["model remove"] = [],
        ["export"] = [MemoryOperation.Export],
        ["import"] = [MemoryOperation.Import],
        ["redact"] = [],
        ["benchmark"] = [MemoryOperation.Benchmark, MemoryOperation.ListBenchmarks],
        ["backup create"] = [MemoryOperation.Operate],
        ["backup list"] = [MemoryOperation.InspectOperations],
        ["backup verify"] = [MemoryOperation.InspectOperations],
        ["backup restore"] = [MemoryOperation.Operate, MemoryOperation.InspectOperations],
        ["quarantine"] = [MemoryOperation.Operate, MemoryOperation.InspectOperations, MemoryOperation.Status],
        ["rebuild"] = [MemoryOperation.Operate],
        ["scan"] = [MemoryOperation.Scan],
        ["eval locomo"] = [],
        ["eval conversations"] = [],
        ["eval beir"] = [],
        ["apikey create"] = [MemoryOperation.CreateKey],
        ["apikey list"] = [MemoryOperation.ListKeys],
        ["apikey revoke"] = [MemoryOperation.RevokeKey],
        ["readonly on"] = [MemoryOperation.SetReadOnly],
        ["readonly off"] = [MemoryOperation.SetReadOnly],
        ["readonly status"] = [MemoryOperation.GetReadOnly],
        ["audit"] = [MemoryOperation.Audit, MemoryOperation.VerifyAudit, MemoryOperation.AuditAnomalies],
    };

    /// <summary>Gets the verbs.</summary>
    public static IReadOnlyCollection<string> Verbs => All.Keys;

    /// <summary>What a verb asks of the stores.</summary>
    /// <returns>The operations; <see langword="null"/>: nobody has said.</returns>
    public static IReadOnlyList<MemoryOperation>? Of(string verb) => All.GetValueOrDefault(verb);

    /// <summary>A verb's words, such as <c>store create</c>.</summary>
    public static string NameOf(Command verb) =>
        verb.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand && parent.Parents.Any() ? $"{NameOf(parent)} {verb.Name}" : verb.Name;

    /// <summary>The body of a verb that has declared what it asks.</summary>
    public static Func<CliRun, CancellationToken, Task<int>> Checked(Command verb, Func<CliRun, CancellationToken, Task<int>> body) =>
        (run, cancellationToken) => Of(NameOf(verb)) is not null
            ? body(run, cancellationToken)
            : throw new InvalidOperationException($"The verb '{NameOf(verb)}' has not declared what it asks of the stores.");
}
