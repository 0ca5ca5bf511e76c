namespace Keepsake.Access;

/// <summary>What can be asked of the stores: the members of <see cref="IMemory"/>, <see cref="IMemoryStores"/>, <see cref="IEncryptedStores"/> and <see cref="IAdministration"/>.</summary>
public enum MemoryOperation
{
    /// <summary><see cref="IMemory.RememberAsync"/>.</summary>
    Remember,

    /// <summary><see cref="IMemory.AppendEventAsync"/>.</summary>
    AppendEvent,

    /// <summary><see cref="IMemory.RecallAsync"/>.</summary>
    Recall,

    /// <summary><see cref="IMemory.GetAsync"/>.</summary>
    Get,

    /// <summary><see cref="IMemory.ListAsync"/>.</summary>
    List,

    /// <summary><see cref="IMemory.UpdateAsync"/>.</summary>
    Update,

    /// <summary><see cref="IMemory.ForgetAsync"/>.</summary>
    Forget,

    /// <summary><see cref="IMemory.RestoreAsync"/>.</summary>
    Restore,

    /// <summary><see cref="IMemory.ListEventsAsync"/>.</summary>
    ListEvents,

    /// <summary><see cref="IMemory.ForgetSessionAsync"/>.</summary>
    ForgetSession,

    /// <summary><see cref="IMemory.ForgetPreferenceAsync"/>.</summary>
    ForgetPreference,

    /// <summary><see cref="IMemory.ListActorsAsync"/>.</summary>
    ListActors,

    /// <summary><see cref="IMemory.ListSessionsAsync"/>.</summary>
    ListSessions,

    /// <summary><see cref="IMemory.GetPreferencesAsync"/>.</summary>
    GetPreferences,

    /// <summary><see cref="IMemory.GetPreferenceAsync"/>.</summary>
    GetPreference,

    /// <summary><see cref="IMemory.ExportAsync"/>.</summary>
    Export,

    /// <summary><see cref="IMemory.ImportAsync"/>.</summary>
    Import,

    /// <summary><see cref="IMemory.StatusAsync"/>.</summary>
    Status,

    /// <summary><see cref="IMemoryStores.ListAsync"/>.</summary>
    ListStores,

    /// <summary><see cref="IMemoryStores.CreateAsync"/>.</summary>
    CreateStore,

    /// <summary><see cref="IMemoryStores.DeleteAsync"/>.</summary>
    DeleteStore,

    /// <summary><see cref="IAdministration.CreateKeyAsync"/>.</summary>
    CreateKey,

    /// <summary><see cref="IAdministration.ListKeysAsync"/>.</summary>
    ListKeys,

    /// <summary><see cref="IAdministration.RevokeKeyAsync"/>.</summary>
    RevokeKey,

    /// <summary><see cref="IAdministration.ReadOnlyAsync"/>.</summary>
    GetReadOnly,

    /// <summary><see cref="IAdministration.SetReadOnlyAsync"/>.</summary>
    SetReadOnly,

    /// <summary><see cref="IAdministration.AuditAsync"/>, and asking it to whom memories were handed out.</summary>
    Audit,

    /// <summary><see cref="IAdministration.VerifyAuditAsync"/>.</summary>
    VerifyAudit,

    /// <summary><see cref="IAdministration.AuditAnomaliesAsync"/>.</summary>
    AuditAnomalies,

    /// <summary><see cref="IMemory.ForgetSourceAsync"/>.</summary>
    ForgetSource,

    /// <summary>Asking which keys an encrypted store has, and how far sealing is: <see cref="IEncryptedStores"/>.</summary>
    InspectEncryption,

    /// <summary>Encrypting and decrypting stores, and replacing, exporting and destroying keys: <see cref="IEncryptedStores"/>.</summary>
    ManageEncryption,

    /// <summary><see cref="IMemoryOperations.BenchmarkAsync"/>.</summary>
    Benchmark,

    /// <summary><see cref="IMemoryOperations.ListBenchmarksAsync"/>.</summary>
    ListBenchmarks,

    /// <summary>Asking for backups, what is in quarantine, and what became of a restore: <see cref="IMemoryOperations"/>.</summary>
    InspectOperations,

    /// <summary>Backing up, restoring, quarantine and rebuilding: <see cref="IMemoryOperations"/>.</summary>
    Operate,

    /// <summary>Looking through all that is stored for secrets, and redacting them.</summary>
    Scan,

    /// <summary>Choosing the embedding model of the data folder.</summary>
    UseModel,

    /// <summary>Asking how embedding goes, or how well records are found.</summary>
    InspectModel,
}

/// <summary>The one table of what each operation demands.</summary>
public static class Permissions
{
    /// <summary>The scopes that an operation demands, all of them.</summary>
    /// <remarks>What answers with a stored record demands <see cref="AccessScopes.Read"/> too, or a caller that may only write could read by writing.</remarks>
    public static AccessScopes Of(MemoryOperation operation) => operation switch
    {
        MemoryOperation.Recall or MemoryOperation.Get or MemoryOperation.List or MemoryOperation.ListEvents or MemoryOperation.ListActors
            or MemoryOperation.ListSessions or MemoryOperation.GetPreferences or MemoryOperation.GetPreference or MemoryOperation.Export
            or MemoryOperation.Status or MemoryOperation.ListStores or MemoryOperation.ListBenchmarks => AccessScopes.Read,
        MemoryOperation.Remember or MemoryOperation.AppendEvent or MemoryOperation.Forget or MemoryOperation.ForgetSession
            or MemoryOperation.ForgetPreference or MemoryOperation.ForgetSource => AccessScopes.Write,
        MemoryOperation.Update or MemoryOperation.Restore => AccessScopes.Read | AccessScopes.Write,
        MemoryOperation.Import or MemoryOperation.CreateStore or MemoryOperation.DeleteStore or MemoryOperation.CreateKey or MemoryOperation.ListKeys
            or MemoryOperation.RevokeKey or MemoryOperation.GetReadOnly or MemoryOperation.SetReadOnly or MemoryOperation.Audit
            or MemoryOperation.VerifyAudit or MemoryOperation.AuditAnomalies or MemoryOperation.UseModel or MemoryOperation.InspectModel
            or MemoryOperation.InspectEncryption or MemoryOperation.ManageEncryption or MemoryOperation.Scan
            or MemoryOperation.Benchmark or MemoryOperation.InspectOperations or MemoryOperation.Operate => AccessScopes.Admin,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "This operation demands nothing yet: give it its scopes here."),
    };

    /// <summary>Whether an operation changes what is kept, so that read-only mode refuses it. Leaving that mode is the one exception.</summary>
    public static bool Writes(MemoryOperation operation) => operation is MemoryOperation.Remember or MemoryOperation.AppendEvent or MemoryOperation.Update
        or MemoryOperation.Forget or MemoryOperation.Restore or MemoryOperation.ForgetSession or MemoryOperation.Import or MemoryOperation.CreateStore
        or MemoryOperation.DeleteStore or MemoryOperation.CreateKey or MemoryOperation.RevokeKey or MemoryOperation.UseModel or MemoryOperation.ForgetSource
        or MemoryOperation.ForgetPreference or MemoryOperation.ManageEncryption or MemoryOperation.Benchmark or MemoryOperation.Operate;
}
