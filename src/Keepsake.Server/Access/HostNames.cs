using System.Net;

namespace Keepsake.Server.Access;

/// <summary>By what names this server is reached, besides those of loopback.</summary>
/// <param name="names">The names of the settings, with or without a port.</param>
/// <param name="isOpen">Whether other machines reach it.</param>
internal sealed class HostNames(IEnumerable<string> names, bool isOpen)
{
    private readonly string[] _names = [.. names];

    /// <summary>Whether a <c>Host</c> is one of the names, or the address that was called.</summary>
    public bool IsOwn(string host, IPAddress? called) => IsNamed(host) || (isOpen && called is not null && IsAddress(host, called));

    /// <summary>Whether an <c>Origin</c> is that of a page of one of the names.</summary>
    public bool IsOwnOrigin(string origin)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["http://", "https://"])
        {
            if (origin.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return IsNamed(origin[scheme.Length..]);
            }
        }

        return false;
    }

    private bool IsNamed(string host) => _names.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static bool IsAddress(string host, IPAddress called)
    {
        var address = called.IsIPv4MappedToIPv6 ? called.MapToIPv4() : called;
        var text = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        return host.StartsWith(text, StringComparison.OrdinalIgnoreCase) && HostOriginRules.IsPort(host.AsSpan(text.Length));
    }
}
