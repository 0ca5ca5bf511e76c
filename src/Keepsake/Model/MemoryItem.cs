using System.Text.Json.Serialization;

namespace Keepsake;

/// <summary>A record or an event: what a store keeps, and one line of an export.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(MemoryRecord), "record")]
[JsonDerivedType(typeof(MemoryEvent), "event")]
public abstract record MemoryItem
{
    private protected MemoryItem()
    {
    }
}
