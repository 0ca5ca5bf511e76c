using Keepsake.Access;

namespace Keepsake.Server.Access;

/// <summary>What a route demands of its caller. One that declares nothing is refused to everybody.</summary>
/// <param name="IsForAnybody">Whether even nobody in particular may call it.</param>
/// <param name="Operations">What it asks of the stores.</param>
internal sealed record Permission(bool IsForAnybody, IReadOnlyList<MemoryOperation> Operations)
{
    /// <summary>Gets the scopes that all of it demands.</summary>
    public AccessScopes Scopes { get; } = Operations.Aggregate(AccessScopes.None, (scopes, operation) => scopes | Permissions.Of(operation));
}

/// <summary>Declares what routes demand.</summary>
internal static class PermissionExtensions
{
    /// <summary>Says what a route asks of the stores.</summary>
    public static T Needs<T>(this T route, params MemoryOperation[] operations)
        where T : IEndpointConventionBuilder => route.WithMetadata(new Permission(IsForAnybody: false, operations));

    /// <summary>Says that a route asks for nothing that not every known caller may know.</summary>
    public static T NeedsCaller<T>(this T route)
        where T : IEndpointConventionBuilder => route.Needs();

    /// <summary>Says that a route tells nothing that not everybody may know.</summary>
    public static T NeedsNobody<T>(this T route)
        where T : IEndpointConventionBuilder => route.WithMetadata(new Permission(IsForAnybody: true, []));
}
