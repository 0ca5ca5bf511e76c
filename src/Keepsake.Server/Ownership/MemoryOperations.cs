namespace Keepsake.Server.Ownership;

/// <summary>Finds the operations of stores, whoever owns them.</summary>
internal static class MemoryOperations
{
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotSupported"/>: they have none.</exception>
    public static IMemoryOperations Of(IMemoryStores stores) => stores switch
    {
        IMemoryOperations own => own,
        SharedStores shared => shared.Operations,
        SharedStores.SharedView view => view.Operations,
        RemoteMemoryStores remote => remote.Operations,
        _ => throw new MemoryException(MemoryErrorCode.NotSupported, "These stores cannot be measured, backed up or rebuilt."),
    };
}
