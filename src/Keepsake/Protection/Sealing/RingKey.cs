using System.Text.Json.Serialization;

namespace Keepsake.Protection.Sealing;

/// <summary>What a key of a ring is for.</summary>
internal enum KeyKind
{
    /// <summary>The store as a whole: the names of keyed records, and the index.</summary>
    Store,

    /// <summary>A namespace, without those under it.</summary>
    Namespace,

    /// <summary>An actor.</summary>
    Actor,

    /// <summary>A key that was destroyed. Its number is never given again.</summary>
    Destroyed,
}

/// <summary>A line of a ring's file: one key, sealed.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Name">Whose it is; empty for a store's and a destroyed one.</param>
/// <param name="Number">Its number in the ring, from 1.</param>
/// <param name="Uid">The number of the first key of this name. What is sealed for the name says this rather than the name.</param>
/// <param name="Epoch">The ring's epoch when it was made. Of the keys of one name, the one of the highest epoch seals, the others only open.</param>
/// <param name="CreatedAt">When it was made, in UTC.</param>
/// <param name="Master">The id of the master key that it is sealed with.</param>
/// <param name="Sealed">The key and the name's salt, sealed.</param>
internal sealed record RingKey(
    KeyKind Kind, string Name, int Number, int Uid, int Epoch, DateTimeOffset CreatedAt, string Master, byte[] Sealed);

/// <summary>The JSON of a ring's file.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RingKey))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonArray))]
internal sealed partial class RingJson : JsonSerializerContext;
