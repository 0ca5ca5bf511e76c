using Keepsake.Access;

namespace Keepsake.Server.Access;

/// <summary>What an administrator asks of stores that have an administration.</summary>
internal static class AdministrationOf
{
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotSupported"/>: they have none.</exception>
    public static IAdministration Administration(this IMemoryStores stores) => stores as IAdministration
        ?? throw new MemoryException(MemoryErrorCode.NotSupported, "These stores have no keys and no audit log of their own.");
}
