using Keepsake.Capture;
using Keepsake.Engines;

namespace Keepsake;

/// <content>What an actor likes and wants: keyed records of kind preference.</content>
public sealed partial class MemoryStore
{
    /// <inheritdoc/>
    public async Task<PreferencesAnswer> GetPreferencesAsync(
        string actorId, string? @namespace = null, CancellationToken cancellationToken = default)
    {
        var filter = Preferences(actorId, @namespace, key: null);
        List<MemoryRecord> records = [];
        string? cursor = null;
        do
        {
            var page = await _engine.ListAsync(filter, new(PageRequest.MaxLimit, cursor), cancellationToken);
            records.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        var preferences = records
            .Select(r => new Preference(r.Key!, r.Content, r.Id, r.Namespace, r.CreatedAt, r.UpdatedAt) { Trust = r.Trust, Suspicions = r.Suspicions })
            .OrderBy(p => p.Key, StringComparer.Ordinal).ToList();
        return new(preferences, preferences.Count);
    }

    /// <inheritdoc/>
    public async Task<MemoryRecord> GetPreferenceAsync(
        string actorId, string key, string? @namespace = null, CancellationToken cancellationToken = default)
    {
        var filter = Preferences(actorId, @namespace, key);
        string? cursor = null;
        do
        {
            // A page may be empty where what it looked at is damaged. Another of the key may be in a namespace under the one that is meant.
            var page = await _engine.ListAsync(filter, new(PageRequest.DefaultLimit, cursor), cancellationToken);
            if (page.Items.FirstOrDefault(item => item.Namespace.Equals(filter.Scope)) is { } record)
            {
                return Bare(record);
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
        throw MemoryException.NotFound("The actor has no preference with that key. List them without a key to see all.");
    }

    private RecordFilter Preferences(string actorId, string? @namespace, string? key) => new()
    {
        Scope = @namespace is null ? MemoryNamespace.PreferencesOf(Rules.ActorId(actorId)) : MemoryNamespace.Parse(@namespace),
        ActorId = Rules.ActorId(actorId),
        Kind = MemoryKind.Preference,
        Key = key,
        KeyedOnly = true,
        Now = _time.GetUtcNow(),
    };
}
