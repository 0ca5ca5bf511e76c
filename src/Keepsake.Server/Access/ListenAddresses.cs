using System.Net;

namespace Keepsake.Server.Access;

/// <summary>An address of this machine to serve on.</summary>
/// <param name="Address">The address; <see langword="null"/>: <c>localhost</c>, which is both loopback addresses.</param>
/// <param name="Port">The port; 0: any free one.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>Gets whether only this machine reaches it.</summary>
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);
}

/// <summary>Reads the addresses to serve on, and takes one that another machine could reach only where callers must prove who they are.</summary>
internal static class ListenAddresses
{
    /// <summary>Where the server listens when nothing is said.</summary>
    public const string Default = "http://127.0.0.1:3333";

    /// <summary>Most addresses.</summary>
    public const int MaxAddresses = 8;

    private const string Advice = "Use http://127.0.0.1:PORT, http://[::1]:PORT or http://localhost:PORT.";

    /// <summary>Reads addresses separated by <c>;</c>.</summary>
    /// <param name="urls">The addresses.</param>
    /// <param name="hasKeys">Whether callers can prove who they are: there is an API key, or an issuer whose tokens are trusted.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: one will not do.</exception>
    public static IReadOnlyList<ListenAddress> Parse(string urls, bool hasKeys = false)
    {
        ArgumentNullException.ThrowIfNull(urls);

        var parts = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length is 0 or > MaxAddresses)
        {
            throw MemoryException.Invalid($"There are {parts.Length} addresses to serve on; give 1 to {MaxAddresses}. {Advice}");
        }

        return [.. parts.Select(part => ParseOne(part, hasKeys))];
    }

    private static ListenAddress ParseOne(string text, bool hasKeys)
    {
        const string Scheme = "http://";
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw MemoryException.Invalid($"An address to serve on does not begin with {Scheme}. {Advice}");
        }

        // By hand: Uri takes '+' and '*' for errors, and shortened or octal addresses for loopback ones.
        var authority = text.AsSpan(Scheme.Length).TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        if (authority.EndsWith(']') || colon < 0)
        {
            throw MemoryException.Invalid($"An address to serve on has no port. {Advice}");
        }

        if (!ushort.TryParse(authority[(colon + 1)..], System.Globalization.NumberStyles.None, null, out var port))
        {
            throw MemoryException.Invalid($"The port of an address to serve on is not 0 to {ushort.MaxValue}. {Advice}");
        }

        return authority[..colon] switch
        {
            "127.0.0.1" => new(IPAddress.Loopback, port),
            "[::1]" => new(IPAddress.IPv6Loopback, port),
            var host when host.Equals("localhost", StringComparison.OrdinalIgnoreCase) => port != 0
                ? new(null, port)
                : throw MemoryException.Invalid("localhost is two addresses, so it needs a port. Use http://127.0.0.1:0 for any free one."),
            var host when hasKeys && AddressOf(host) is { } address => new(address, port),
            _ when hasKeys => throw MemoryException.Invalid(
                $"An address to serve on is none of this machine's. {Advice} For other machines, use an address such as http://0.0.0.0:PORT."),
            _ => throw MemoryException.Invalid(
                "Serving other machines needs API keys, or whoever reaches the port could read and delete every memory. Make one first "
                + $"with 'keepsake apikey create NAME --scopes read,write'. {Advice}"),
        };
    }

    // Written in full: a shortened or octal address is another one than it looks.
    private static IPAddress? AddressOf(ReadOnlySpan<char> host)
    {
        var isBracketed = host is ['[', .., ']'];
        return IPAddress.TryParse(isBracketed ? host[1..^1] : host, out var address) && !address.IsIPv4MappedToIPv6
            && isBracketed == (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            && host.Equals(isBracketed ? $"[{address}]" : address.ToString(), StringComparison.OrdinalIgnoreCase)
            ? address
            : null;
    }
}
