namespace Keepsake.Protection.Sealing;

/// <summary>Notes in <c>keys/</c> that a store is being deleted: there from before the deletion is committed until its ring is gone.</summary>
/// <remarks>
/// A ring without a store says nothing by itself: where an older backup was put in place, a newer one still needs the rings of the stores that were made
/// between the two. So only a ring with a note is removed by a later start.
/// </remarks>
/// <param name="keys">The folder.</param>
internal sealed class DeletedRings(KeysFolder keys)
{
    private const string Suffix = ".deleting";

    /// <summary>Gets the ids of the stores whose deletion has not ended, as far as is known.</summary>
    public IReadOnlyList<string> Begun => [.. keys.Names("*" + Suffix).Select(name => name[..^Suffix.Length])];

    /// <summary>Writes down that a store is being deleted, if it has a ring.</summary>
    public void Begin(string store)
    {
        if (new RingFile(keys, store).IsThere)
        {
            keys.Replace(store + Suffix, []);
        }
    }

    /// <summary>Removes the ring of a store, which needs none of its keys.</summary>
    public void Wipe(string store) => new RingFile(keys, store).Wipe();

    /// <summary>Takes a note back: the ring is gone, or the store is not.</summary>
    public void Forget(string store)
    {
        if (!keys.Has(store + Suffix))
        {
            return;
        }

        try
        {
            keys.Remove(store + Suffix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start finds that there is nothing to do for it.
        }
    }

    /// <summary>Takes all notes back.</summary>
    /// <exception cref="IOException">One could not be removed.</exception>
    public void ForgetAll()
    {
        foreach (var store in Begun)
        {
            keys.Remove(store + Suffix);
        }
    }
}
