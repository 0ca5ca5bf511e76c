using System.Diagnostics.CodeAnalysis;

namespace Keepsake.Access;

/// <summary>The part of a store that one caller reaches. Nothing downstream widens it.</summary>
/// <remarks>
/// A memory is reached when its namespace is, and when its actor is; a record about nobody has no actor to be kept from. An event without a
/// namespace is its actor's, so only a caller that is bound to actors, or to nothing, reaches it. Under <c>preferences/user/</c>, and where a
/// namespace was given with <c>{actorId}</c>, a memory is that actor's whatever it says.
/// </remarks>
internal sealed class Reach
{
    /// <summary>What a namespace of a caller may hold for each of its actors.</summary>
    public const string ActorPart = "{actorId}";

    private const string PreferencesRoot = "preferences/user";

    private readonly HashSet<string>? _actors;
    private readonly HashSet<string>? _stores;

    // Path and, where the path is one actor's own, that actor.
    private readonly (string Path, string? Actor)[]? _paths;
    private readonly Dictionary<string, string>? _preferences;

    private Reach(HashSet<string>? stores, HashSet<string>? actors, (string Path, string? Actor)[]? paths)
    {
        (_stores, _actors, _paths) = (stores, actors, paths);
        _preferences = actors?.ToDictionary(MemoryNamespace.EscapeSegment, actor => actor, StringComparer.Ordinal);
    }

    /// <summary>Gets the reach of those who reach everything.</summary>
    public static Reach Everything { get; } = new(null, null, null);

    /// <summary>Gets whether all of a store is reached.</summary>
    public bool IsWhole => _paths is null && _actors is null;

    /// <summary>Gets whether every store is reached.</summary>
    public bool ReachesEveryStore => _stores is null;

    /// <summary>Gets whether the actor of a memory counts, beside its namespace.</summary>
    public bool IsByActor => _actors is not null;

    /// <summary>Gets the actors whose memories are reached, in ordinal order; <see langword="null"/>: all.</summary>
    public IReadOnlyList<string>? Actors => _actors?.Order(StringComparer.Ordinal).ToList();

    /// <summary>Works out what a caller reaches.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: a namespace or an actor is none; the message says why.</exception>
    public static Reach Of(Caller caller)
    {
        CheckCount(caller.Namespaces, "namespaces");
        CheckCount(caller.Actors, "actors");
        CheckCount(caller.Stores, "stores");
        if ((caller.Namespaces ?? []).Concat(caller.Actors ?? []).Concat(caller.Stores ?? []).Sum(entry => (long)entry.Length) > Caller.MaxReachLength)
        {
            throw MemoryException.Invalid($"The namespaces, actors and stores have more than {Caller.MaxReachLength} characters together. Name fewer.");
        }

        foreach (var actor in caller.Actors ?? [])
        {
            _ = Capture.Rules.ActorId(actor);
        }

        return caller is { Stores: null, Namespaces: null, Actors: null }
            ? Everything
            : new(
                caller.Stores?.ToHashSet(StringComparer.Ordinal),
                caller.Actors?.ToHashSet(StringComparer.Ordinal),
                caller.Namespaces is null ? null : [.. caller.Namespaces.SelectMany(n => PathsOf(n, caller.Actors))]);
    }

    /// <summary>Whether a store is reached.</summary>
    public bool ReachesStore(string name) => _stores is null || _stores.Contains(name);

    /// <summary>Whether an actor's memories are reached.</summary>
    public bool ReachesActor(string actorId) => _actors is null || _actors.Contains(actorId);

    /// <summary>Whether a record or event is reached.</summary>
    public bool Sees(MemoryItem item) => item switch
    {
        MemoryRecord record => Sees(record.Namespace.Path, record.ActorId),
        MemoryEvent { Namespace: null } item2 => SeesEvent(item2.ActorId),
        MemoryEvent item2 => ReachesActor(item2.ActorId) && Sees(item2.Namespace.Path, item2.ActorId),
        _ => false,
    };

    /// <summary>Whether an actor's events without a namespace are reached.</summary>
    public bool SeesEvent(string actorId) => _actors?.Contains(actorId) ?? _paths is null;

    /// <summary>Whether what lies in a namespace, about or for an actor, is reached.</summary>
    public bool Sees(string path, string? actorId) =>
        (actorId is null || ReachesActor(actorId)) && TryFind(path, out var owner) && (owner is null || actorId is null || owner == actorId);

    /// <summary>The parts of a scope that are reached.</summary>
    /// <returns>The paths, none under another; <see langword="null"/>: the scope as it is.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>: none of it is.</exception>
    public IReadOnlyList<string>? Within(MemoryNamespace scope)
    {
        if (_paths is null)
        {
            return TryFind(scope.Path, out _) ? null : throw Outside();
        }

        if (_paths.Any(p => MemoryNamespace.ContainsPath(p.Path, scope.Path)))
        {
            return TryFind(scope.Path, out _) ? [scope.Path] : throw Outside();
        }

        List<string> parts = [.. _paths.Select(p => p.Path).Where(path => MemoryNamespace.ContainsPath(scope.Path, path)).Distinct(StringComparer.Ordinal)];
        parts.RemoveAll(path => parts.Exists(other => other.Length < path.Length && MemoryNamespace.ContainsPath(other, path)));
        parts.Sort(StringComparer.Ordinal);
        return parts.Count > 0 ? parts : throw Outside();
    }

    /// <summary>The actor that a memory written to a namespace gets.</summary>
    /// <param name="path">The namespace.</param>
    /// <param name="actorId">The actor that the call names.</param>
    /// <returns>That actor, or the one whose own namespace it is.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>: the namespace or the actor is not reached.</exception>
    public string? ActorIn(string path, string? actorId)
    {
        if (!TryFind(path, out var owner))
        {
            throw Outside();
        }

        return (actorId is null || ReachesActor(actorId)) && (owner is null || actorId is null || owner == actorId) ? actorId ?? owner : throw OtherActor();
    }

    /// <summary>Refuses an actor whose memories are not reached.</summary>
    public void DemandActor(string actorId)
    {
        if (!ReachesActor(actorId))
        {
            throw OtherActor();
        }
    }

    /// <summary>Refuses a caller that reaches events only through their namespaces: lists of actors and sessions have none.</summary>
    public void DemandEventsAtAll()
    {
        if (_actors is null && _paths is not null)
        {
            throw new MemoryException(
                MemoryErrorCode.Forbidden, "Your key is for some namespaces only, and actors and sessions belong to none. Ask for the events of one session.");
        }
    }

    public static MemoryException NeedsNamespace() => new(
        MemoryErrorCode.Forbidden, "Your key is for some namespaces only. Give the event one of them.");

    public static MemoryException Outside() => new(
        MemoryErrorCode.Forbidden, "Your key does not reach this namespace. Name one that it was made for, or leave the namespace out to use all of them.");

    private static MemoryException OtherActor() => new(
        MemoryErrorCode.Forbidden, "Your key is bound to other actors. Name the actor that it was made for.");

    // Whether a namespace is reached, and whose own it is. The most specific path says whose.
    private bool TryFind(string path, out string? owner)
    {
        owner = null;
        if (_paths is not null)
        {
            var best = -1;
            foreach (var (granted, actor) in _paths)
            {
                if (granted.Length > best && MemoryNamespace.ContainsPath(granted, path))
                {
                    (best, owner) = (granted.Length, actor);
                }
            }

            if (best < 0)
            {
                return false;
            }
        }

        if (_preferences is not null && path.Length > PreferencesRoot.Length && MemoryNamespace.ContainsPath(PreferencesRoot, path))
        {
            var segment = path[(PreferencesRoot.Length + 1)..].Split('/')[0];
            return _preferences.TryGetValue(segment, out owner);
        }

        return true;
    }

    private static IEnumerable<(string Path, string? Actor)> PathsOf(string template, IReadOnlyList<string>? actors)
    {
        if (!template.Contains(ActorPart, StringComparison.Ordinal))
        {
            return [(MemoryNamespace.ParseScope(template) is { Path.Length: > 0 } open ? open.Path : throw MemoryException.Invalid(
                "A namespace to reach is empty. Leave namespaces out to reach all of them."), null)];
        }

        return actors is { Count: > 0 }
            ? actors.Select(actor => (MemoryNamespace.ParseScope(template.Replace(
                ActorPart, MemoryNamespace.EscapeSegment(actor), StringComparison.Ordinal)).Path, (string?)actor))
            : throw MemoryException.Invalid($"A namespace with {ActorPart} needs the actors that it stands for.");
    }

    private static void CheckCount([NotNullIfNotNull(nameof(entries))] IReadOnlyList<string>? entries, string name)
    {
        if (entries is { Count: 0 or > Caller.MaxEntries })
        {
            throw MemoryException.Invalid($"There are {entries.Count} {name}; give 1 to {Caller.MaxEntries}, or leave them out to reach all.");
        }
    }
}
