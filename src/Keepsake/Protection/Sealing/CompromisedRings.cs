namespace Keepsake.Protection.Sealing;

/// <summary>Notes in <c>keys/</c> that somebody may have the old keys of a store: there from before new ones are made until the old ones are destroyed.</summary>
/// <remarks>
/// Not in the database: who can change that must not have keys destroyed, or kept that are to be destroyed, and an older one that is put in its place
/// does not know of it.
/// </remarks>
/// <param name="keys">The folder.</param>
internal sealed class CompromisedRings(KeysFolder keys)
{
    private const string Suffix = ".compromised";

    /// <summary>Whether the old keys of a store are to be destroyed.</summary>
    public bool IsBegun(string store) => keys.Has(store + Suffix);

    /// <summary>Writes down that they are.</summary>
    /// <exception cref="MemoryException">It could not be written.</exception>
    public void Begin(string store) => keys.Replace(store + Suffix, []);

    /// <summary>Takes the note back: they are destroyed, or the store has no keys any more.</summary>
    public void End(string store)
    {
        if (!IsBegun(store))
        {
            return;
        }

        try
        {
            keys.Remove(store + Suffix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start finds that there is nothing left to destroy.
        }
    }
}
