using Keepsake.Protection.Poisoning;

namespace Keepsake.Capture;

/// <summary>Looks for suspicious text in one thing that is to be written, and does what the store's policy says.</summary>
/// <param name="policy">The policy.</param>
internal sealed class Watcher(PoisoningPolicy policy)
{
    /// <summary>Finds what is suspicious in a record or an event.</summary>
    /// <param name="texts">Its texts.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <returns>The kinds; <see langword="null"/>: nothing is suspicious.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: the store refuses it.</exception>
    public IReadOnlyList<string>? Suspicions(IReadOnlyDictionary<string, MetadataValue>? metadata, params IEnumerable<string?> texts)
    {
        var found = SuspicionFinder.Find(texts.Concat(TextsOf(metadata)));
        return found is null || policy == PoisoningPolicy.Flag
            ? found
            : throw MemoryException.Invalid($"It holds suspicious text, which this store refuses ({string.Join(", ", found)}). Take it out and send it again.");
    }

    private static IEnumerable<string?> TextsOf(IReadOnlyDictionary<string, MetadataValue>? metadata) =>
        metadata is null ? [] : metadata.SelectMany(entry => entry.Value.Value switch
        {
            string text => [entry.Key, text],
            IReadOnlyList<string> list => [entry.Key, .. list],
            _ => (IEnumerable<string>)[entry.Key],
        });
}
