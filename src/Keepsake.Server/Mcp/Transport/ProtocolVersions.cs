namespace Keepsake.Server.Mcp.Transport;

/// <summary>The revisions of the protocol that are spoken here. They are dates, so later ones sort after earlier ones.</summary>
internal static class ProtocolVersions
{
    /// <summary>The first revision without a handshake and without sessions.</summary>
    public const string FirstWithoutSessions = "2026-07-28";

    /// <summary>Gets those that begin with <c>initialize</c>.</summary>
    public static IReadOnlyList<string> WithSessions { get; } = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
}
