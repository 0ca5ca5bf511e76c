namespace Keepsake.Access;

/// <summary>What a caller may do at all. None implies another.</summary>
[Flags]
public enum AccessScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Search, read and list.</summary>
    Read = 1,

    /// <summary>Store and forget.</summary>
    Write = 2,

    /// <summary>Manage stores, keys, read-only mode and models; import; read the audit log.</summary>
    Admin = 4,

    /// <summary>All of it.</summary>
    All = Read | Write | Admin,
}

/// <summary>The names of scopes: <c>read</c>, <c>write</c>, <c>admin</c>.</summary>
public static class AccessScopeNames
{
    private static readonly (string Name, AccessScopes Scope)[] All =
        [("read", AccessScopes.Read), ("write", AccessScopes.Write), ("admin", AccessScopes.Admin)];

    extension(AccessScopes scopes)
    {
        /// <summary>Gets the names, joined by spaces, as OAuth writes them.</summary>
        public string Names => string.Join(' ', All.Where(one => scopes.HasFlag(one.Scope)).Select(one => one.Name));
    }

    /// <summary>Reads names separated by commas or spaces.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: one is no scope, or there is none.</exception>
    public static AccessScopes Parse(string names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var scopes = AccessScopes.None;
        foreach (var name in names.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            scopes |= Find(name) ?? throw Unknown();
        }

        return scopes == AccessScopes.None ? throw Unknown() : scopes;
    }

    /// <summary>Reads names as a token brings them: those that are no scopes of ours are somebody else's.</summary>
    internal static AccessScopes ParseKnown(string names) =>
        names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(AccessScopes.None, (scopes, name) => scopes | (Find(name) ?? AccessScopes.None));

    private static AccessScopes? Find(string name)
    {
        foreach (var (known, scope) in All)
        {
            if (string.Equals(known, name, StringComparison.Ordinal))
            {
                return scope;
            }
        }

        return null;
    }

    private static MemoryException Unknown() => MemoryException.Invalid("Scopes are read, write and admin, one or more, such as 'read,write'.");
}
